"""Bytes kept between runs, in a folder that only its owner can have written.

Any number of runs may read and write one store at once, and any of them may be killed at any moment: an entry appears
whole or not at all, and one that is damaged, or in a place that others can write to, is as good as none.
"""

import contextlib
import hashlib
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

_OTHERS = 0o077
"""Permission bits of everybody but the owner."""
_NEW = ".new-"
_LEAST_BYTES = 16_384
_ABANDONED_S = 60
"""A file that is still being written after so long belongs to a run that was killed."""
# What lies in an entry's place may be a link or a pipe. Windows knows neither flag.
_FLAGS = (
    os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
)  # fmt: skip


class Store(Struct, frozen=True, kw_only=True):
    """Entries by key, of which those used last stay. Keys are names made of letters and digits, such as a hash."""

    name: str
    """The folder below the user's cache folder."""
    max_bytes: int
    """What all entries together may take; each counts for 16 KB at least, so that the folder stays quick to list."""

    def get(self, key: str) -> bytes | None:
        """What was kept under `key`; None if there is nothing, or it is damaged or could be somebody else's."""
        file = folder(self.name) / key
        try:
            if not is_private(file.parent):
                return None
            data = _read(file)
            whole = data[:32] == _checksum(key, data[32:])
            if whole:
                _touch(file)
                return data[32:]
            file.unlink(missing_ok=True)
        except OSError:
            return None
        return None

    def put(self, key: str, data: bytes) -> None:
        """Keeps `data` for later runs; where nothing can be written it is not kept, and that is no error."""
        place = folder(self.name)
        if len(data) + 32 > self.max_bytes:
            return
        with contextlib.suppress(OSError):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            if is_private(place):
                _write(place / key, _checksum(key, data) + data)
                self._trim(place)

    def _trim(self, place: Path) -> None:
        """Removes what was not used for longest until the rest fits. Two runs that do so at once remove the same."""
        entries = sorted(_entries(place), key=lambda entry: entry.used_at)
        left = sum(entry.size for entry in entries)
        now = time.time()
        for entry in entries:
            abandoned = entry.path.name.startswith(_NEW) and now - entry.used_at > _ABANDONED_S
            if left > self.max_bytes or abandoned:
                entry.path.unlink(missing_ok=True)
                left -= entry.size


class _Entry(Struct, frozen=True):
    path: Path
    size: int
    used_at: float
    """Seconds since the epoch."""


def folder(name: str) -> Path:
    """A folder of that name in `GNOMON_CACHE_DIR`, else in the user's cache folder; it need not exist."""
    if chosen := os.environ.get("GNOMON_CACHE_DIR"):
        return Path(chosen) / name
    import platformdirs  # here, since the variable spares a run the import

    return Path(platformdirs.user_cache_dir("gnomon")) / name


def is_private(path: Path) -> bool:
    """True if the path is ours, not a link, and closed to others (where the system knows owners). Raises OSError."""
    return _is_ours(path.lstat())


def _is_ours(status: os.stat_result) -> bool:
    if not hasattr(os, "getuid"):
        return True
    return status.st_uid == os.getuid() and not stat.S_ISLNK(status.st_mode) and not status.st_mode & _OTHERS


def _read(file: Path) -> bytes:
    """The file's bytes; none if it is not a regular file of ours. Raises OSError."""
    handle = os.open(file, _FLAGS)
    with os.fdopen(handle, "rb") as opened:
        status = os.fstat(handle)
        return opened.read() if stat.S_ISREG(status.st_mode) and _is_ours(status) else b""


def _touch(file: Path) -> None:
    """Marks the entry as used now, in a store that can be written; another run may have removed it meanwhile."""
    with contextlib.suppress(OSError):
        os.utime(file)


def _write(file: Path, data: bytes) -> None:
    """Puts a file in its place in one step. Raises OSError, and then leaves nothing behind."""
    import tempfile  # here, since a run that finds what it looks for never writes

    handle, name = tempfile.mkstemp(dir=file.parent, prefix=_NEW)  # with mode 0600
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(data)
        Path(name).replace(file)
    finally:
        Path(name).unlink(missing_ok=True)


def _entries(place: Path) -> Iterator[_Entry]:
    with os.scandir(place) as listing:
        for entry in listing:
            with contextlib.suppress(FileNotFoundError):
                status = entry.stat(follow_symlinks=False)
                yield _Entry(Path(entry.path), max(status.st_size, _LEAST_BYTES), status.st_mtime)


def _checksum(key: str, data: bytes) -> bytes:
    """32 bytes that fit this content under this key alone."""
    return hashlib.sha256(key.encode() + b"\0" + data).digest()
