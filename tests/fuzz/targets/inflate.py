"""Any bytes inflate to a bounded stream, or are damaged."""

import bz2
import contextlib
import gzip
import io
import lzma

from gnomon.io.inflate import Budget, Damage, Inflated, TooMuch

_TEXT = b"some text, " * 200
SEEDS = (
    gzip.compress(_TEXT) + gzip.compress(b"more"),
    bz2.compress(_TEXT) + b"\0\0" + bz2.compress(b"more"),
    lzma.compress(_TEXT),
    gzip.compress(bytes(300_000)),
    _TEXT,
)
_ALLOWED = 200_000


def once(data: bytes) -> None:
    """The stream never hands out more than it may, and its position is what it handed out."""
    read = 0
    with contextlib.suppress(TooMuch, *Damage):
        stream = Inflated(io.BufferedReader(io.BytesIO(data)), Budget(_ALLOWED))
        while part := stream.read(1000):
            read += len(part)
            assert stream.position == read <= _ALLOWED
            read += 10 * stream.skip(10)
            read = stream.position
