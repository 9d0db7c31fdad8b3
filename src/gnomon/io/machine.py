"""What this machine has to work with."""

import os
from contextlib import suppress
from pathlib import Path

_CONTAINER = Path("/sys/fs/cgroup/memory.max")
"""What a container may take (https://docs.kernel.org/admin-guide/cgroup-v2.html); `max` for no limit."""
_UNKNOWN = 4_000_000_000


def memory_bytes() -> int:
    """Memory of this machine, or of the container it is seen from."""
    total = _UNKNOWN
    with suppress(OSError, ValueError, AttributeError):  # Windows has no sysconf
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with suppress(OSError, ValueError):
        total = min(total, int(_CONTAINER.read_text()))
    return total
