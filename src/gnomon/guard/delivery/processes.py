"""Marks a process as covered by guard, so that everybody who may look into it can tell.

A covered process has a file of the run's folder mapped into its memory. That tells the truth in each case: a fork
inherits the mapping, exec drops it, closing all files leaves it, and nothing remains when the process ends.
"""

import mmap
import os
from typing import Final

from . import procfs

_MARK: Final = "covered"
_held: list[mmap.mmap] = []


def register(folder: str, mode: str, digest: str) -> None:
    """This process and those that it forks count as covered until they start another program. Raises OSError."""
    plain = "".join(char if char.isalnum() else "-" for char in ascii(digest)[1:-1])
    path = os.path.join(folder, f"{_MARK}.{mode}.{plain}")
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if os.fstat(file).st_size == 0:
            os.ftruncate(file, 1)
        held = mmap.mmap(file, 1, flags=mmap.MAP_SHARED, prot=mmap.PROT_READ)
    finally:
        os.close(file)
    _held.append(held)
    # The interpreter lets go of its hooks last of all, and so of the mapping. That has a descriptor of its own: where
    # the program closed it unknowingly, its number is another file's by now, which must have been written before.
    os.register_at_fork(after_in_child=held.__len__)


def mark(folder: str, pid: int) -> tuple[str, str] | None:
    """Mode and digest with which a process is covered by that run; None if it is not, or is hidden from us."""
    mapped = procfs.mapped(pid)
    start = os.fsencode(os.path.join(folder, _MARK)) + b"."
    at = mapped.find(start)
    if at < 0:
        return None
    name = mapped[at + len(start) :].split(b"\n", 1)[0].split(b" ", 1)[0]
    mode, _, digest = os.fsdecode(name).partition(".")
    return mode, digest.replace("-", ":", 1)
