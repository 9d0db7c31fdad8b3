"""What a hostile input is: a folder with a flawed neighbour, and what must not get lost in it."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from msgspec import Struct

FLAWED = (
    b"import pickle, zmq\ns = zmq.Context().socket(zmq.PULL)\ns.bind('tcp://*:5555')\nobj = pickle.loads(s.recv())\n"
)
"""A server that unpickles what any host sends; its load is on line 4."""
OUTSIDE = FLAWED.replace(b"obj", b"outside_the_root")
"""The same in a file beside the folder, to which only links lead."""
RAN = "scanned-code-ran"
"""The file that appears in the folder if something of it is run."""

Kind = Literal["parse", "bytes", "size", "file system", "archives", "trust"]


class Case(Struct, frozen=True, kw_only=True):
    """A folder to make and to scan. Nothing in it is a payload: only shapes."""

    name: str
    kind: Kind
    make: Callable[[Path], None]
    targets: tuple[str, ...] = (".",)
    """What is scanned, relative to the folder; in each the neighbour must be reported."""
    neighbour: str = "ok.py"
    """The flawed file that must be reported on line 4, relative to the target."""
    flawed: tuple[str, ...] = ()
    """Other files with a flaw: each must be reported or listed as skipped."""
    skipped: tuple[str, ...] = ()
    """What must be listed as skipped."""
    unrest: Callable[[Path], None] | None = None
    """Done to the folder again and again while it is scanned."""


def write(folder: Path, files: dict[str, bytes]) -> None:
    """Writes the files, with the folders they are in."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def written(files: dict[str, bytes]) -> Callable[[Path], None]:
    """What makes a folder of just these files."""
    return lambda folder: write(folder, files)


@contextlib.contextmanager
def disturbed(case: Case, folder: Path) -> Iterator[None]:
    """Meanwhile the folder changes, if that belongs to the case."""
    over = threading.Event()

    def run() -> None:
        while case.unrest is not None and not over.wait(0.0005):
            case.unrest(folder)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
