"""Downloaded releases kept between runs, in a folder that only its owner can have written."""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

from gnomon.core.errors import TargetError

_OTHERS = 0o077
"""Permission bits of everybody but the owner."""


class Kept(Struct, frozen=True, kw_only=True):
    """What was downloaded for a release."""

    filename: str
    sha256: str


def folder() -> Path:
    """Where downloads are kept: `GNOMON_CACHE_DIR`, else the user's cache folder."""
    if chosen := os.environ.get("GNOMON_CACHE_DIR"):
        return Path(chosen) / "downloads"
    import platformdirs  # here, since the variable spares a run the import

    return Path(platformdirs.user_cache_dir("gnomon")) / "downloads"


def kept(release: str) -> tuple[Kept, Path] | None:
    """What is kept for `release` (a name made by the caller), its content verified; None if there is none."""
    try:
        if not _is_private(folder()):
            return None
        answer = msgspec.json.decode((folder() / f"{release}.json").read_bytes(), type=Kept)
        path = file_of(answer)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, msgspec.MsgspecError):
        return None
    return (answer, path) if digest == answer.sha256 else None


def file_of(answer: Kept) -> Path:
    """Where that file is kept: under its hash, since its name was chosen by somebody else."""
    return folder() / f"{answer.sha256}{'.whl' if answer.filename.endswith('.whl') else '.archive'}"


@contextlib.contextmanager
def arriving() -> Iterator[tuple[IO[bytes], Path]]:
    """A private file for a download, and its path; gone afterwards unless `keep` moved it. Raises TargetError."""
    prepare(folder())
    handle, name = tempfile.mkstemp(dir=folder(), prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as opened:
            yield opened, Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def keep(release: str, answer: Kept, arrived: Path) -> Path:
    """Moves a verified download to its place: it appears whole or not at all."""
    path = file_of(answer)
    arrived.replace(path)
    note = arrived.with_suffix(".json")
    note.write_bytes(msgspec.json.encode(answer))
    note.replace(folder() / f"{release}.json")
    return path


def prepare(path: Path) -> None:
    """Makes the folder, if need be, so that only its owner can write to it. Raises TargetError."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_private(path):
            return
        problem = "others can write to it"
    except OSError as error:
        problem = (error.strerror or type(error).__name__).lower()
    raise TargetError(
        f"downloads can't be kept in {path}: {problem}.", remedy="set GNOMON_CACHE_DIR to a folder of your own"
    )


def _is_private(path: Path) -> bool:
    """True if the folder is ours, not a link, and closed to others (where the system knows owners)."""
    status = path.lstat()
    if not hasattr(os, "getuid"):
        return True
    return status.st_uid == os.getuid() and not path.is_symlink() and not status.st_mode & _OTHERS
