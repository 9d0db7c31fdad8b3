"""A file without a name, for code that takes paths: nothing is written to disk."""

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path


@cache
def _handle() -> int:
    return os.memfd_create("input")


def with_file(data: bytes, use: Callable[[Path], object]) -> None:
    """Calls `use` with the path of a file that holds `data`."""
    handle = _handle()
    os.ftruncate(handle, 0)
    os.pwrite(handle, data, 0)
    use(Path(f"/proc/self/fd/{handle}"))
