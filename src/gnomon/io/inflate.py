"""A compressed stream, inflated a block at a time: no input can make it hold more than a block, or run on for ever."""

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol

from gnomon.io.limits import too_much

_CHUNK = 1 << 16
_BLOCK = 1 << 20
_LZMA_MEMORY = 256 << 20
"""The largest window that `xz -9` asks for is 64 MiB."""
_ZSTD, _ZSTD_SKIPPED = b"\x28\xb5\x2f\xfd", b"\x2a\x4d\x18"
Damage = (EOFError, OSError, zlib.error, lzma.LZMAError)
"""What reading a damaged stream raises."""


class Peekable(Protocol):
    """A file that is read once, from its beginning on."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes, none only at the end."""

    def peek(self, size: int = 0, /) -> bytes:
        """The next bytes, at least `size` of them if there are as many, without moving."""


class Hash(Protocol):
    """What the stream's content is added to as it is read."""

    def update(self, data: bytes, /) -> None:
        """Adds bytes."""


class Stream(Protocol):
    """Bytes that are read in order."""

    position: int

    def read(self, size: int) -> bytes:
        """The next `size` bytes, fewer only at the end."""

    def skip(self, size: int) -> bool:
        """Passes over `size` bytes; False if the stream ends before."""


class Decompressor(Protocol):
    """What bz2, lzma and zstd have in common."""

    @property
    def eof(self) -> bool:
        """True at the end of a stream."""

    @property
    def needs_input(self) -> bool:
        """True if there is nothing left to give without more data."""

    @property
    def unused_data(self) -> bytes:
        """What came after the end."""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Up to `max_length` bytes."""


class TooMuch(Exception):
    """The stream inflates to more than it may; the message is the reason, in one line."""


class Budget:
    """What an archive may still unpack to."""

    def __init__(self, allowed: int) -> None:
        self._allowed = allowed
        self._left = allowed

    def spend(self, size: int) -> None:
        """Raises TooMuch when nothing is left."""
        self._left -= size
        if self._left < 0:
            raise TooMuch(too_much(self._allowed))


class Inflated:
    """Sequential reading of what a file inflates to. Raises TooMuch, or one of Damage."""

    def __init__(self, file: Peekable, budget: Budget, seen: Hash | None = None) -> None:
        """The compression is told by the file's first bytes; everything inflated is added to `seen`.

        Raises MissingExtra for a compression that needs one.
        """
        self.position = 0
        self._budget = budget
        self._seen = seen
        self._blocks = _inflate(file)
        self._rest = b""
        self._at = 0

    def read(self, size: int) -> bytes:
        """The next `size` bytes, fewer only at the end."""
        parts = []
        wanted = size
        while wanted and self._fill():
            part = self._rest[self._at : self._at + wanted]
            self._at += len(part)
            wanted -= len(part)
            parts.append(part)
        self.position += size - wanted
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def skip(self, size: int) -> bool:
        """Passes over `size` bytes; False if the stream ends before."""
        wanted = size
        while wanted and self._fill():
            step = min(wanted, len(self._rest) - self._at)
            self._at += step
            wanted -= step
        self.position += size - wanted
        return not wanted

    def _fill(self) -> bool:
        """True if there is something left to read."""
        while self._at == len(self._rest):
            block = next(self._blocks, None)
            if block is None:
                return False
            self._budget.spend(len(block))
            if self._seen is not None:
                self._seen.update(block)
            self._rest, self._at = block, 0
        return True


class Stored:
    """Sequential reading of a file as it is: what is passed over is never read. Raises OSError."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self.position = 0
        self._file = file
        self._size = size

    def read(self, size: int) -> bytes:
        """The next `size` bytes, fewer only at the end."""
        self._file.seek(self.position)
        data = self._file.read(max(min(size, self._size - self.position), 0))
        self.position += len(data)
        return data

    def skip(self, size: int) -> bool:
        """Passes over `size` bytes; False if the file ends before."""
        end = self.position + size
        self.position = min(end, self._size)
        return end <= self._size


def _inflate(file: Peekable) -> Iterator[bytes]:
    """Blocks of at most `_BLOCK` bytes."""
    magic = file.peek(6)[:6]
    if magic.startswith(b"\x1f\x8b"):
        return _gzip(file)
    if magic.startswith(b"BZh"):
        return _blocks(file, bz2.BZ2Decompressor)
    if magic.startswith(b"\xfd7zXZ\0"):
        return _blocks(file, lambda: lzma.LZMADecompressor(memlimit=_LZMA_MEMORY))
    if magic.startswith(_ZSTD) or (magic[1:4] == _ZSTD_SKIPPED and magic[0] >> 4 == 5):
        return _zstd(file)
    return iter(lambda: file.read(_BLOCK), b"")


def _gzip(file: Peekable) -> Iterator[bytes]:
    """Gzip members, one after the other; their checksums are verified by zlib."""
    inflater = zlib.decompressobj(31)
    while data := file.read(_CHUNK):
        while data:
            block = inflater.decompress(data, _BLOCK)
            yield block
            data = inflater.unconsumed_tail
            if inflater.eof:
                data = inflater.unused_data.lstrip(b"\0")
                if not data:
                    data = file.read(_CHUNK).lstrip(b"\0")
                    if not data:
                        return
                inflater = zlib.decompressobj(31)
    yield inflater.flush()
    if not inflater.eof:
        raise EOFError("the compressed data ends too early")


def _zstd(file: Peekable) -> Iterator[bytes]:
    """Frames of zstd. Raises MissingExtra at once, OSError on damage."""
    from gnomon.io import zstd

    return zstd.checked(_blocks(file, zstd.new))


def _blocks(file: Peekable, new: Callable[[], Decompressor]) -> Iterator[bytes]:
    """Streams of bzip2, xz or zstd, one after the other."""
    inflater = new()
    data = file.read(_CHUNK)
    while data or not inflater.needs_input:
        yield inflater.decompress(data, _BLOCK)
        data = b""
        if inflater.eof:
            data = inflater.unused_data.lstrip(b"\0") or file.read(_CHUNK).lstrip(b"\0")
            if not data:
                return
            inflater = new()
        elif inflater.needs_input:
            data = file.read(_CHUNK)
    raise EOFError("the compressed data ends too early")
