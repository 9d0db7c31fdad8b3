"""What a copier changes without changing what code does leaves the hashes as they are."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trace.code import SERVER, unit

NAME = st.from_regex(r"[a-z][a-z_]{3,9}_x", fullmatch=True)


@given(st.lists(NAME, min_size=4, max_size=4, unique=True))
def test_names_of_variables_do_not_matter(names):
    """Parameters and variables may be called anything."""
    renamed = SERVER
    for old, new in zip(("frames", "header", "body", "value"), names, strict=True):
        renamed = re.sub(rf"\b{old}\b", new, renamed)

    assert unit(renamed, "Queue.dequeue").shingles == unit(SERVER, "Queue.dequeue").shingles
    assert unit(renamed, "Queue.dequeue").statements == unit(SERVER, "Queue.dequeue").statements


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("def dequeue(self, timeout=None):", "async def dequeue(self, timeout: float | None = None) -> bytes:"),
        ("        value = pickle", '        """Take one out."""\n        value: object = pickle'),
        ("        self.counter += 1\n", "        self.counter += 1\n        logger.debug('took %s', value)\n"),
        ("        self.counter += 1\n", "        self.counter += 1\n        print(value)\n"),
        ("recv_multipart(copy=False)", "recv_multipart(\n            copy=False,\n        )"),
        ("import pickle\n", "from pickle import loads\n"),
        ("pickle.loads(body", "p.loads(body"),
        ("self.remote_socket.recv_multipart", "await self.remote_socket.recv_multipart"),
    ],
)
def test_the_form_does_not_matter(old, new):
    """Types, layout, docstrings, logging, waiting and the way of importing are no part of what is compared."""
    changed = SERVER.replace(old, new)
    if "await" in new:
        changed = changed.replace("def dequeue", "async def dequeue")
    if "from pickle" in new:
        changed = changed.replace("pickle.loads(body", "loads(body")
    if "p.loads" in new:
        changed = changed.replace("import pickle", "import pickle as p")

    assert old in SERVER
    assert unit(changed, "Queue.dequeue").shingles == unit(SERVER, "Queue.dequeue").shingles


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("pickle.loads", "json.loads"),
        ("tcp://*", "tcp://127.0.0.1"),
        ("recv_multipart", "recv"),
        ("copy=False", "track=False"),
    ],
)
def test_what_a_copier_cannot_change_matters(old, new):
    """Names of libraries, their methods and keywords, and parts of addresses are told apart."""
    changed = SERVER.replace(old, new).replace("import pickle", "import pickle, json")

    assert unit(changed, "Queue").shingles != unit(SERVER, "Queue").shingles


def test_own_modules_may_be_called_anything():
    """A project's own package is renamed when its code is copied; a library is not."""
    theirs = SERVER.replace("value = pickle.loads", "value = take").replace(
        "import zmq", "from framework.x import take"
    )
    ours = theirs.replace("framework.", "other.")

    assert (
        unit(theirs, "Queue.dequeue", "framework/queue.py").shingles
        == unit(ours, "Queue.dequeue", "other/deep/queue.py").shingles
    )
    assert (
        unit(theirs, "Queue.dequeue", "lib/queue.py").shingles != unit(ours, "Queue.dequeue", "lib/queue.py").shingles
    )


def test_conditions_for_a_load_are_kept():
    """What is around it, and what has to be passed before it."""
    text = SERVER.replace(
        "        value = pickle", "        if not self.allowed:\n            return None\n        value = pickle"
    )
    (load,) = unit(text, "Queue.dequeue").loads

    assert load.api == "pickle.loads"
    assert [(guard.holds, guard.text) for guard in load.guards][-1] == (False, "Not $ .allowed")
