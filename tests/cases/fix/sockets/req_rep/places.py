"""Where the two programs meet, and whether anything was unpickled that should not have been."""

import os

ADDRESS = f"tcp://127.0.0.1:{os.environ['PORT']}"
NOTED = []


def note(word):
    NOTED.append(word)
    return {"stop": False, "value": 0}
