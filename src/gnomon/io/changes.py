"""Changed and new files put into a folder: all of them or none, and only where nobody else changed anything meanwhile.

1. Every file is looked at before the first is touched: it lies in the folder with no link on the way, is a regular
   file that may be written, and has the bytes that it had when it was read. A new one does not exist.
2. The new bytes are written beside each file, with its mode, and reach the disk.
3. Each takes its file's place at once, so that at any time there is the old file or the new one. What was there is kept
   beside it until all are in place, and comes back if one of them fails.
"""

import contextlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from gnomon.core.errors import GnomonError
from gnomon.io import files

_NEW_MODE = 0o666


class _Change(Struct, frozen=True):
    path: Path
    fresh: Path
    """Where the new bytes are until they take the file's place."""
    former: Path | None
    """Where the old ones are kept meanwhile; None for a new file."""


def put(folder: Path, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> None:
    """Writes the files of `after`, paths relative to the folder; those not in `before` are new. Raises GnomonError."""
    modes = {path: _mode(folder, path, before.get(path)) for path in sorted(after)}  # 1
    changes = {path: _change(folder / path, is_new=path not in before) for path in modes}
    placed: list[_Change] = []
    at = ""
    try:
        for at, change in changes.items():  # 2
            _write(change.fresh, after[at], modes[at])
            if change.former is not None:
                _write(change.former, before[at], modes[at])
        for at, change in changes.items():  # 3
            _mode(folder, at, before.get(at))
            change.fresh.replace(change.path)
            placed.append(change)
    except BaseException as error:
        for change in reversed(placed):
            _restore(change)
        if isinstance(error, OSError):
            raise _refused(at, files.reason(error)) from error
        raise
    finally:
        for change in changes.values():
            _clear(change)


def _mode(folder: Path, path: str, before: bytes | None) -> int:
    """The file's permissions. Raises GnomonError if it may not be written."""
    file = folder / path
    parts = path.split("/")
    if not path or Path(path).is_absolute() or any(part in ("", ".", "..") for part in parts):
        raise _refused(path, "it does not lie in the target")
    if os.path.realpath(file.parent) != str(Path(os.path.realpath(folder)).joinpath(*parts[:-1])):
        raise _refused(path, "there is a symbolic link on the way to it")
    try:
        status = file.lstat()
    except FileNotFoundError:
        if before is not None:
            raise _refused(path, "it is gone") from None
        return _NEW_MODE & ~_umask()
    except OSError as error:
        raise _refused(path, files.reason(error)) from error
    _check(file, path, status.st_mode, before)
    return stat.S_IMODE(status.st_mode)


def _check(file: Path, path: str, mode: int, before: bytes | None) -> None:
    if before is None:
        raise _refused(path, "there is such a file already")
    if stat.S_ISLNK(mode):
        raise _refused(path, "it is a symbolic link")
    if not mode & 0o222 or not os.access(file, os.W_OK):
        raise _refused(path, "it is read-only")
    try:
        now = files.content(str(file), max(len(before), 1))
    except files.Unreadable:
        now = None
    if now != before:
        raise _refused(path, "it has changed since it was read")


def _change(file: Path, *, is_new: bool) -> _Change:
    beside = f".{file.name}.{os.getpid()}"
    return _Change(file, file.with_name(f"{beside}.new"), None if is_new else file.with_name(f"{beside}.old"))


def _write(file: Path, data: bytes, mode: int) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
        stream.flush()
        file.chmod(mode)
        os.fsync(handle)


def _restore(change: _Change) -> None:
    if change.former is not None:
        change.former.replace(change.path)
    else:
        change.path.unlink(missing_ok=True)


def _clear(change: _Change) -> None:
    for leftover in (change.fresh, change.former):
        if leftover is not None:
            with contextlib.suppress(OSError):
                leftover.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _refused(path: str, reason: str) -> GnomonError:
    return GnomonError(f"nothing was written: {path}: {reason}.", remedy="gnomon fix, without --write, for the diff")
