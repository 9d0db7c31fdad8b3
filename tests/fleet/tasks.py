"""What the nodes are asked in these tests."""

import hashlib
import os
import time
from pathlib import Path

import msgspec

from gnomon.core.survey import Tools

HERE = Tools(gnomon="1", knowledge="2", signatures="3", python="3")
DEADLINE_S = 20


def ready(python):
    """As if there were nothing to load."""
    return msgspec.msgpack.encode(msgspec.structs.replace(HERE, python=python))


def held(folder, target):
    """A digest of the target; one that is called held… says which worker has it, and waits until a file is there."""
    with (Path(folder) / "begun").open("a") as begun:
        begun.write(f"{target} {os.getppid()}\n")
    deadline = time.monotonic() + DEADLINE_S
    while target.startswith("held") and not (Path(folder) / "gate").exists():
        if time.monotonic() > deadline:
            raise TimeoutError(target)
        time.sleep(0.02)
    return digest(target)


def digest(target):
    """The right answer."""
    return hashlib.sha256(target.encode()).digest()
