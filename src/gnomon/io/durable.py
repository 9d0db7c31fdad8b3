"""Files that are there whole or not at all, and still there after a loss of power."""

import os
from pathlib import Path

SUFFIX = ".new"
"""Of what a run was writing when it was killed: its name begins with a dot and ends so."""


def replace(path: Path, data: bytes) -> None:
    """Puts a file in its place in one step, after it has reached the disk. Raises OSError."""
    beside = path.with_name(f".{path.name}{SUFFIX}")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    if hasattr(os, "O_DIRECTORY"):  # the new name is kept only with its folder
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
