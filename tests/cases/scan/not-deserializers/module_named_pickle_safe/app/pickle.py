"""A module named pickle that isn't: it reads JSON, and only the standard one would be dangerous."""

import json


def loads(data):
    return json.loads(data)


def dumps(obj):
    return json.dumps(obj).encode()
