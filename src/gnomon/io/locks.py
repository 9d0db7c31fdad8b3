"""Locks on files, that processes of one machine share, and that end with whoever holds them."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LOOK_S = 0.05


def held(handle: int) -> bool:
    """Takes the lock of an open file; False if another has it. It ends when the file is closed."""
    try:
        import fcntl
    except ImportError:  # Windows: there everybody holds every lock
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextmanager
def waited_for(path: Path, *, patience_s: float) -> Iterator[bool]:
    """Holds the lock of the file, which is made if there is none; False if another has it all that time.

    Raises OSError if the file can't be made.
    """
    handle = _opened(path)
    until = time.monotonic() + patience_s
    try:
        while not (mine := held(handle)) and time.monotonic() < until:
            time.sleep(_LOOK_S)
        yield mine
    finally:
        os.close(handle)


@contextmanager
def one_of(paths: list[Path], *, patience_s: float) -> Iterator[bool]:
    """Holds the lock of any of the files, the first that is free; False if none is all that time."""
    handles = [_opened(path) for path in paths]
    until = time.monotonic() + patience_s
    try:
        while not (mine := any(map(held, handles))) and time.monotonic() < until:
            time.sleep(_LOOK_S)
        yield mine
    finally:
        for handle in handles:
            os.close(handle)


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
