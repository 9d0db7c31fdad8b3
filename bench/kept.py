"""One run of a bench, kept as a JSON file that is read as a change is reviewed."""

from pathlib import Path
from typing import TypeVar

import msgspec

Run = TypeVar("Run", bound=msgspec.Struct)


def write(run: msgspec.Struct, path: Path) -> None:
    """Keep a run."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(run), indent=1) + b"\n")


def read(path: Path, kind: type[Run]) -> Run:
    """The run that a file keeps. Raises msgspec.ValidationError for a file of another bench."""
    return msgspec.json.decode(path.read_bytes(), type=kind)
