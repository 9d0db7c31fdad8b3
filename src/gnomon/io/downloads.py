"""Downloaded releases kept between runs, in a folder that only its owner can have written."""

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

from gnomon import store
from gnomon.core.errors import TargetError, Unavailable
from gnomon.io import locks
from gnomon.io.limits import megabytes

_NEW = ".new-"
_ABANDONED_S = 60
"""A file is locked within less after it was made."""
_LOOK_S = 1.0
PIECE = 64_000_000
"""Bytes between two looks at the free space, where the size of what comes is not known."""


class Kept(Struct, frozen=True, kw_only=True):
    """What was downloaded for a release."""

    filename: str
    sha256: str
    uploaded: str = ""
    """ISO 8601 day; "" if the index did not tell."""
    passing: bool = False
    """Downloaded for one look: whoever asked for it removes it afterwards."""


def folder() -> Path:
    """Where downloads are kept: `GNOMON_CACHE_DIR`, else the user's cache folder."""
    return store.folder("downloads")


def kept(release: str) -> tuple[Kept, Path] | None:
    """What is kept for `release` (a name made by the caller), its content verified; None if there is none."""
    try:
        if not store.is_private(folder()):
            return None
        answer = msgspec.json.decode((folder() / f"{release}.json").read_bytes(), type=Kept)
        path = file_of(answer)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return (answer, path) if digest == answer.sha256 else None


def file_of(answer: Kept) -> Path:
    """Where that file is kept: under its hash, since its name was chosen by somebody else."""
    return folder() / f"{answer.sha256}{'.whl' if answer.filename.endswith('.whl') else '.archive'}"


@contextlib.contextmanager
def arriving() -> Iterator[tuple[IO[bytes], Path]]:
    """A private file for a download, and its path; gone afterwards unless `keep` moved it. Raises TargetError."""
    prepare(folder())
    _sweep()
    handle, name = tempfile.mkstemp(dir=folder(), prefix=_NEW)
    try:
        with os.fdopen(handle, "wb") as opened:
            locks.held(handle)
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


def make_room(file: IO[bytes], size: int, spare_bytes: int, patience_s: float) -> None:
    """Takes the room for a download of that size (0: not known) at once, so that two don't count on the same.

    Waits as long as others may make room. Raises Unavailable if less than `spare_bytes` would be left free.
    """
    until = time.monotonic() + patience_s
    while not _took(file, size, spare_bytes):
        if time.monotonic() > until:
            raise Unavailable(
                f"a download of {megabytes(size)} would leave less than {megabytes(spare_bytes)} free in {folder()}.",
                remedy="make room there, or set GNOMON_CACHE_DIR to a folder on another disk",
            )
        time.sleep(_LOOK_S)


def _took(file: IO[bytes], size: int, spare_bytes: int) -> bool:
    with locks.waited_for(_turns() / "room", patience_s=_LOOK_S) as mine:
        if not mine or shutil.disk_usage(folder()).free - (size or PIECE) < spare_bytes:
            return False
        with contextlib.suppress(OSError):  # a file system that can't: then two may count on the same room
            if size and hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, size)
    return True


def _turns() -> Path:
    """The folder of locks, made if need be."""
    place = store.folder("turns")
    prepare(place)
    return place


def drop(release: str, answer: Kept) -> None:
    """Removes what was kept for `release`; what is not there any more is no error."""
    for path in (folder() / f"{release}.json", file_of(answer)):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _sweep() -> None:
    """Removes what was arriving when a run was killed: nobody holds its lock any more."""
    for path in folder().glob(f"{_NEW}*"):
        with contextlib.suppress(OSError), path.open("rb") as file:
            if time.time() - path.stat().st_mtime > _ABANDONED_S and locks.held(file.fileno()):
                path.unlink(missing_ok=True)


def prepare(path: Path) -> None:
    """Makes the folder, if need be, so that only its owner can write to it. Raises TargetError."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if store.is_private(path):
            return
        problem = "others can write to it"
    except OSError as error:
        problem = (error.strerror or type(error).__name__).lower()
    raise TargetError(
        f"downloads can't be kept in {path}: {problem}.", remedy="set GNOMON_CACHE_DIR to a folder of your own"
    )
