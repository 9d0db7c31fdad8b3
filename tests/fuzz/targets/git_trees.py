"""Any bytes are a tree object of git's, or are refused."""

import contextlib

from gnomon.io.git_tree import Damaged, entries

SEEDS = (
    b"100644 a.py\0" + bytes(20) + b"40000 b\0" + bytes(range(20)),
    b"120000 l\0" + bytes(20) + b"160000 s\0" + bytes(20),
    b"100755 \xff\xfe\0" + bytes(32),
)


def once(data: bytes) -> None:
    """Each entry has a name and an id of the right length."""
    for digits in (40, 64):
        with contextlib.suppress(Damaged):
            for entry in entries(data, digits):
                assert len(entry.id) == digits
                assert "\0" not in entry.name
