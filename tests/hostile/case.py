"""What a hostile case is: a folder with a flawed neighbour, and what must not get lost in it."""

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

FLAWED = (
    b"import pickle, zmq\ns = zmq.Context().socket(zmq.PULL)\ns.bind('tcp://*:5555')\nobj = pickle.loads(s.recv())\n"
)
"""A server that unpickles what any host sends; its load is on line 4."""


class Case(Struct, frozen=True, kw_only=True):
    """A folder to make and to scan. Nothing in it is a payload: only shapes."""

    name: str
    make: Callable[[Path], None]
    target: str = "."
    """What is scanned, relative to the folder."""
    neighbour: str = "ok.py"
    """The flawed file that must be reported on line 4, relative to the target."""
    flawed: tuple[str, ...] = ()
    """Other files with a flaw: each must be reported or listed as skipped."""
    skipped: tuple[str, ...] = ()
    """What must be listed as skipped."""
