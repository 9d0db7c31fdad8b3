"""Makes hostile input, a folder for each case: `python -m tests.hostile.make FOLDER`. All shapes, no payloads."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.hostile.case import FLAWED, Case
from tests.hostile.folders import folders
from tests.hostile.packed import packed
from tests.hostile.sources import sources


def cases() -> Iterator[Case]:
    """Every case, names all different."""
    yield from folders()
    yield from packed()
    for name, text in sources():
        yield Case(name=name, make=_beside_flawed(text), flawed=("a.py",))


def make(case: Case, parent: Path) -> Path:
    """The case's folder, made below `parent`."""
    folder = parent / case.name
    folder.mkdir(parents=True)
    if case.target == ".":
        (folder / case.neighbour).write_bytes(FLAWED)
    case.make(folder)
    return folder


def _beside_flawed(text: str | bytes) -> Callable[[Path], None]:
    """Writes the text behind a flawed server, in one file, so that it can't be passed over."""

    def write(folder: Path) -> None:
        (folder / "a.py").write_bytes(FLAWED + (text.encode() if isinstance(text, str) else text))

    return write


if __name__ == "__main__":
    for each in cases():
        print(make(each, Path(sys.argv[1])))  # noqa: T201 (its output is the list of folders)
