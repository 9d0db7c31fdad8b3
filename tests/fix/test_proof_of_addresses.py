"""A narrower address holds if the scan sees another endpoint: where a default decides, the finding is as severe."""

from msgspec.structs import replace

from gnomon.fix.proof import shortfalls
from gnomon.fix.recipes.endpoints import offer
from gnomon.fix.sources import Sources
from tests.fix.scanned import applied, found, tree

SERVER = """\
import os
import pickle

import zmq


def main():
    host = os.environ.get("WORKER_HOST", "0.0.0.0")
    socket = zmq.Context().socket(zmq.PULL)
    socket.bind(f"tcp://{host}:5555")
    return pickle.loads(socket.recv())
"""


def test_a_narrow_default_holds():
    """Somebody may still set the variable, so the finding stays, and what it says has changed."""
    files = {"server.py": SERVER}
    before = found(tree(files))
    made = offer(None, before, Sources(tree(files)))

    after = found(tree(applied(files, made.patch)))

    assert after[0].severity == before[0].severity
    assert shortfalls([made], before, after) == ()


def test_a_change_that_nobody_sees_does_not():
    """The endpoint is what it was, or there is a second finding."""
    before = found(tree({"server.py": SERVER}))
    made = offer(None, before, Sources(tree({"server.py": SERVER})))
    other = replace(before[0], endpoint=replace(before[0].endpoint, address="tcp://127.0.0.1:5555"))

    assert "is still there" in shortfalls([made], before, before)[0]
    assert "is still there" in shortfalls([made], before, (other, other))[0]
