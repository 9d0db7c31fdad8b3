"""Too much of something: bytes, lines, cells, files, folders, flaws."""

from collections.abc import Iterator
from pathlib import Path

from tests.hostile.case import FLAWED, Case, write

_LIMIT = 5_000_000
"""Bytes of the largest file that is read."""


def sizes() -> Iterator[Case]:
    """Every input that is large."""
    for name, make, flawed, skipped in (
        ("line-of-100-mb", _line_of_100_mb, (), ("a.py",)),
        ("file-of-100-mb", _file_of_100_mb, (), ("a.py",)),
        ("statements-of-50-mb", _statements_of_50_mb, (), ("a.py",)),
        ("sparse-terabyte", _sparse_terabyte, (), ("a.py", "a.ipynb")),
        ("just-below-the-limit", _just_below_the_limit, tuple(f"{name}.py" for name in FULL), ()),
        ("hundred-thousand-files", _hundred_thousand_files, (), ()),
        ("ten-thousand-folders", _ten_thousand_folders, (), ()),
        ("notebook-of-a-million-cells", _notebook_of_a_million_cells, ("a.ipynb",), ()),
        ("nothing-but-flaws", _nothing_but_flaws, ("m0.py", "m299.py"), ()),
    ):
        yield Case(name=name, kind="size", make=make, flawed=flawed, skipped=skipped)


def _fill(path: Path, head: bytes, piece: bytes, megabytes: int, tail: bytes = b"") -> None:
    with path.open("wb") as file:
        file.write(head)
        for _ in range(megabytes):
            file.write(piece * (1_000_000 // len(piece)))
        file.write(tail)


def _line_of_100_mb(folder: Path) -> None:
    _fill(folder / "a.py", FLAWED + b"x = '", b"A", 100, b"'\n")


def _file_of_100_mb(folder: Path) -> None:
    _fill(folder / "a.py", FLAWED, b"# a comment, and nothing else\n", 100)


def _statements_of_50_mb(folder: Path) -> None:
    _fill(folder / "a.py", FLAWED, b"x = foo(1, 2, [3, 4], {'a': 5})\n", 50)


def _sparse_terabyte(folder: Path) -> None:
    """Files of a terabyte that take no room."""
    for name in ("a.py", "a.ipynb"):
        with (folder / name).open("wb") as file:
            file.truncate(10**12)


FULL = {
    "string": b"x = '" + b"A" * 4_000_000 + b"'\n",
    "comment": b"#" + b"x" * 4_000_000 + b"\n",
    "blank": b"\n" * 4_000_000,
    "statements": b"x = 1;" * 300_000 + b"\n",
    "lines": b"x=1\n" * 600_000,
    "exactly": b"#" * (_LIMIT - len(FLAWED)),
}


def _just_below_the_limit(folder: Path) -> None:
    """Files as large as may be read, each of one thing."""
    write(folder, {f"{name}.py": FLAWED + text for name, text in FULL.items()})


def _hundred_thousand_files(folder: Path) -> None:
    for hundred in range(1000):
        (folder / f"p{hundred}").mkdir()
        for number in range(100):
            (folder / f"p{hundred}" / f"m{number}.py").write_bytes(b"x = 1\n")


def _ten_thousand_folders(folder: Path) -> None:
    for number in range(10_000):
        (folder / f"d{number}").mkdir()


def _notebook_of_a_million_cells(folder: Path) -> None:
    code = FLAWED.decode().replace("\n", "\\n").encode()
    cell = b'{"cell_type":"code","source":"a"},\n'
    flawed = b'{"cell_type":"code","source":"' + code + b'"}'
    (folder / "a.ipynb").write_bytes(b'{"cells":[\n' + cell * 1_000_000 + flawed + b"]}")


def _nothing_but_flaws(folder: Path) -> None:
    """Every file has something to find, and one function name is defined and called everywhere."""
    for number in range(300):
        same = b"import pickle\ndef load(b):\n    return pickle.loads(b)\ndef go(b):\n    load(b)\n"
        write(folder, {f"m{number}.py": FLAWED + f"x = {number}\n".encode(), f"p{number}/a.py": same})
