"""A tar stream -> its members, one after the other.

The format: https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html. The standard library's reader keeps
headers of any size in memory, recurses per header and takes a damaged header for the end. This one reads a stream that
nobody vouches for, so it bounds each, and tells a torn archive from a whole one.
"""

import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from gnomon.io.inflate import Stream, TooMuch

Kind = Literal["file", "symlink", "hardlink", "folder", "special"]

_BLOCK = 512
_MAX_HEADER_BYTES = 1 << 20
_CHECKSUM = slice(148, 156)
_SPARSE = b"S"
_KINDS: dict[bytes, Kind] = {
    b"0": "file",
    b"\0": "file",
    b"7": "file",
    b"1": "hardlink",
    b"2": "symlink",
    b"5": "folder",
}
_WITHOUT_DATA = frozenset({b"1", b"2", b"3", b"4", b"5", b"6"})
"""Types of links, devices, folders and pipes: no data follows, whatever the header's size says."""
_OCTAL = re.compile(rb"[0-7]+")
_RECORD = re.compile(rb"(\d{1,7}) ([^=\n]{1,64})=")


class Torn(Exception):
    """The archive can't be read beyond this place; the message is the reason, in one line."""


class Member(Struct, frozen=True):
    """One entry; its data is next in the stream."""

    name: str
    kind: Kind
    size: int
    link: str = ""
    modified: int = 0
    """Seconds since the epoch; 0 if that can't be read."""


class _Said(Struct):
    """What extension headers say about the member that follows them."""

    name: str | None = None
    link: str | None = None
    size: int | None = None
    sparse: bool = False


def members(stream: Stream, limit: int) -> Iterator[Member]:
    """Every member; what of a file's data was not read is passed over. Raises Torn, TooMuch and what `stream` raises.

    A member may have an extension header, so that `limit` members are at most twice as many headers.
    """
    said = _Said()
    headers = 0
    while header := stream.read(_BLOCK):
        headers += 1
        if headers > 2 * limit:
            raise TooMuch(f"it has more than {limit:,} entries; the rest was not read")
        if not header.strip(b"\0"):
            return
        _check(header)
        match header[156:157]:
            case b"x" | b"X":
                _read_pax(_extension(stream, header), said)
            case b"g":
                _extension(stream, header)
            case b"L":
                said.name = _text(_extension(stream, header))
            case b"K":
                said.link = _text(_extension(stream, header))
            case _:
                yield from _member(stream, header, said)
                said = _Said()
    raise Torn("it ends without its end mark; something may be missing")


def _check(header: bytes) -> None:
    """Raises Torn unless the header's checksum is right; some old programs took the bytes for signed."""
    if len(header) == _BLOCK:
        total = sum(header) - sum(header[_CHECKSUM]) + 8 * ord(" ")
        said = _number(header[_CHECKSUM])
        if said == total or said == total - 256 * _high_bytes(header):
            return
    raise Torn("a header can't be read")


def _high_bytes(header: bytes) -> int:
    return sum(byte > 127 for byte in header[:148] + header[156:])


def _number(data: bytes) -> int:
    """Octal digits, or GNU's big-endian bytes after a mark. Raises Torn."""
    if data[0] == 0x80:
        return int.from_bytes(data[1:], "big")
    digits = data.partition(b"\0")[0].strip() or b"0"
    if not _OCTAL.fullmatch(digits):
        raise Torn("a header can't be read")
    return int(digits, 8)


def _modified(data: bytes) -> int:
    """A date that can't be read is no damage."""
    try:
        return _number(data)
    except Torn:
        return 0


def _name(header: bytes) -> str:
    name = _text(header[:100])
    if header[257:265] == b"ustar\x0000" and header[345]:
        return f"{_text(header[345:500])}/{name}"
    return name


def _member(stream: Stream, header: bytes, said: _Said) -> Iterator[Member]:
    type_ = header[156:157]
    if type_ == _SPARSE:
        _pass_sparse_map(stream, header)
    name = _name(header) if said.name is None else said.name
    link = _text(header[157:257]) if said.link is None else said.link
    kind = "special" if said.sparse else _KINDS.get(type_, "special")
    if kind == "file" and name.endswith("/"):  # how folders were written before they had a type
        kind = "folder"
    size = _number(header[124:136]) if said.size is None else said.size
    end = stream.position + (0 if type_ in _WITHOUT_DATA else -(-size // _BLOCK) * _BLOCK)
    yield Member(name, kind, size, link, _modified(header[136:148]))
    if not stream.skip(end - stream.position):
        raise Torn("it ends in the middle of a file")


def _extension(stream: Stream, header: bytes) -> bytes:
    """An extension header's data."""
    size = _number(header[124:136])
    if size > _MAX_HEADER_BYTES:
        raise Torn(f"an extension header of {size:,} bytes")
    data = stream.read(size)
    if len(data) < size or not stream.skip(-size % _BLOCK):
        raise Torn("it ends in the middle of a header")
    return data


def _read_pax(data: bytes, said: _Said) -> None:
    """Adds what the records say, each `length key=value` and a line end, the length counting itself."""
    position = 0
    while match := _RECORD.match(data, position):
        length = int(match[1])
        value = data[match.end() : position + length - 1]
        if length <= match.end() - position:
            raise Torn("an extension header can't be read")
        match match[2]:
            case b"path":
                said.name = _text(value)
            case b"linkpath":
                said.link = _text(value)
            case b"GNU.sparse.name":
                said.name, said.sparse = _text(value), True
            case key if key.startswith(b"GNU.sparse."):
                said.sparse = True
            case b"size" if value.isdigit() and len(value) < 20:
                said.size = int(value)
            case _:
                pass
        position += length


def _pass_sparse_map(stream: Stream, header: bytes) -> None:
    """Old GNU sparse files say at a fixed place whether another block of their map follows."""
    more = header[482]
    while more:
        block = stream.read(_BLOCK)
        if len(block) < _BLOCK:
            raise Torn("it ends in the middle of a header")
        more = block[504]


def _text(data: bytes) -> str:
    return data.partition(b"\0")[0].decode("utf-8", "surrogateescape")
