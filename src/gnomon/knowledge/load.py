"""The rule and model files, read into one checked value."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from gnomon import __version__
from gnomon.core.errors import KnowledgeError
from gnomon.core.model import Knowledge
from gnomon.knowledge.cache import keep, kept

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

PARTS = ("rules", "models")
"""Folders of what `load` reads."""


def load(extra: Iterable["Path | Traversable"] = ()) -> Knowledge:
    """All rules and models that come with gnomon, and those in `extra`: folders laid out as `data` is.

    Raises KnowledgeError naming file and field. What was once built and checked is kept in the user's cache.
    """
    found = [file for part in PARTS for file in read_files(data_folder(), part, prefix="")]
    for folder in extra:
        found += (file for part in PARTS for file in read_files(folder, part, prefix=f"{folder}/"))
    digest = digest_of(found)
    known = kept(digest)
    if known is None:
        from gnomon.knowledge.build import build  # here, since a run that finds the cache needs no TOML parser

        known = build(found, version=f"sha256:{digest[:12]}")
        keep(digest, known)
    return known


def data_folder() -> "Path | Traversable":
    """The folder of gnomon's own knowledge."""
    beside = Path(__file__).with_name("data")
    if beside.is_dir():
        return beside
    from importlib.resources import files  # here, since it takes as long as the rest: only inside of a zip file

    return files("gnomon.knowledge") / "data"


def read_files(folder: "Path | Traversable", part: str, prefix: str) -> Iterator[tuple[str, bytes]]:
    """Name, after `prefix`, and content of each `<part>/<id>.toml` in the folder. Raises KnowledgeError."""
    directory = folder / part
    if not directory.is_dir():
        return
    for file in sorted(directory.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".toml"):
            yield f"{prefix}{part}/{file.name}", _content(file, f"{prefix}{part}/{file.name}")


def _content(file: "Path | Traversable", name: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise KnowledgeError(f"{name}: can't be read: {error.strerror}", remedy="make it a file you can read") from None


def digest_of(found: Iterable[tuple[str, bytes]]) -> str:
    """Identity of the knowledge: the same files under the same gnomon, and only they, give the same digest."""
    digest = sha256(__version__.encode())
    for name, data in found:
        digest.update(f"\0{name}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()
