"""Zstandard as Python 3.14 has it, or its backport, an extra: https://peps.python.org/pep-0784/."""

import sys
from collections.abc import Iterator

from gnomon.core.errors import MissingExtra

try:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
except ImportError:  # a Python may also be built without it
    raise MissingExtra("it is compressed with zstd", remedy="pip install 'gnomon[images]'") from None

_WINDOW_LOG = 27
"""128 MiB, what `zstd -d` allows by default."""


def new() -> zstd.ZstdDecompressor:
    """Inflates one frame."""
    return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _WINDOW_LOG})


def checked(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same blocks. Raises OSError for a damaged frame, as the other decompressors do."""
    try:
        yield from blocks
    except zstd.ZstdError as error:
        raise OSError(str(error)) from None
