"""One file on disk, read without ever waiting on it: only regular files, only up to a limit."""

import os
import stat
from typing import BinaryIO

from gnomon.io.limits import too_large

# A pipe or device put in a file's place would block the open; a link would lead elsewhere. Windows knows neither flag.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)
_WORDS = {
    PermissionError: "permission denied",
    FileNotFoundError: "it is gone",
}


class Unreadable(Exception):
    """A file can't be read; the message is the reason, in one line."""


def content(path: str, limit: int) -> bytes:
    """The file's bytes. Raises Unreadable if it is larger than `limit`, not a regular file, or can't be read."""
    try:
        handle = os.open(path, _FLAGS)
    except OSError as error:
        raise Unreadable(reason(error)) from None
    try:
        return _read(handle, limit)
    except OSError as error:
        raise Unreadable(reason(error)) from None
    finally:
        os.close(handle)


def opened(path: str) -> BinaryIO:
    """The file, open for reading. Raises Unreadable if it is not a regular file, or can't be opened."""
    try:
        handle = os.open(path, _FLAGS)
    except OSError as error:
        raise Unreadable(reason(error)) from None
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        raise Unreadable(f"{kind_of_mode(mode)}, not a file")
    return os.fdopen(handle, "rb")


def head(path: str, size: int) -> bytes:
    """Up to `size` bytes from the file's beginning. Raises Unreadable."""
    try:
        handle = os.open(path, _FLAGS)
    except OSError as error:
        raise Unreadable(reason(error)) from None
    try:
        return os.read(handle, size) if stat.S_ISREG(os.fstat(handle).st_mode) else b""
    except OSError as error:
        raise Unreadable(reason(error)) from None
    finally:
        os.close(handle)


def kind_of_mode(mode: int) -> str:
    """What a file that is neither a regular file nor a folder is, with its article."""
    if stat.S_ISFIFO(mode):
        return "a named pipe"
    if stat.S_ISSOCK(mode):
        return "a socket"
    return "a device"


def reason(error: OSError) -> str:
    """The system's words, without the path."""
    return _WORDS.get(type(error)) or (error.strerror or type(error).__name__).lower()


def _read(handle: int, limit: int) -> bytes:
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        raise Unreadable(f"{kind_of_mode(status.st_mode)}, not a file")
    if status.st_size > limit:
        raise Unreadable(too_large(status.st_size, limit))
    parts = []
    left = limit + 1  # the file may grow while it is read
    wanted = status.st_size + 1
    while left and (part := os.read(handle, min(left, wanted))):
        parts.append(part)
        left -= len(part)
        wanted = 65_536
    if not left:
        raise Unreadable(too_large(limit + 1, limit))
    return b"".join(parts)
