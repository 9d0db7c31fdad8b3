"""The files of the toy server that the demo runs: those of the repository's examples, as they were installed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gnomon.knowledge.load import data_folder

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

_ENDING = ".txt"
"""What their names have after `.py`, so that nothing takes them for modules of gnomon."""


def toy_files() -> dict[str, bytes]:
    """Content by path: `toy/server.py`, `stranger.py`."""
    return dict(_below(data_folder() / "demo", ""))


def _below(folder: "Path | Traversable", prefix: str) -> Iterator[tuple[str, bytes]]:
    for file in folder.iterdir():
        if file.is_dir():
            yield from _below(file, f"{prefix}{file.name}/")
        elif file.name.endswith(_ENDING):
            yield f"{prefix}{file.name.removesuffix(_ENDING)}", file.read_bytes()
