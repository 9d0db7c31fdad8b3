"""Makes the 64 hostile inputs, a folder for each: `python -m tests.hostile.make FOLDER`. All shapes, no payloads."""

import sys
from collections.abc import Iterator
from pathlib import Path

from tests.hostile.case import FLAWED, OUTSIDE, Case
from tests.hostile.encodings import encodings
from tests.hostile.folders import folders
from tests.hostile.packed import packed
from tests.hostile.sizes import sizes
from tests.hostile.sources import sources
from tests.hostile.trust import trust


def cases() -> Iterator[Case]:
    """Every case, names all different."""
    yield from sources()
    yield from encodings()
    yield from sizes()
    yield from folders()
    yield from packed()
    yield from trust()


def make(case: Case, parent: Path) -> Path:
    """The case's folder, made below `parent`."""
    folder = parent / case.name
    folder.mkdir(parents=True)
    (parent / "outside.py").write_bytes(OUTSIDE)
    if "." in case.targets:
        (folder / case.neighbour).write_bytes(FLAWED)
    case.make(folder)
    return folder


if __name__ == "__main__":
    for each in cases():
        print(make(each, Path(sys.argv[1])))  # noqa: T201 (its output is the list of folders)
