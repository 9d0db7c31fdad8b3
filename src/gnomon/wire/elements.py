"""What arrays and tensors have in common on the wire: type of elements, shape, and the numbers as they lie in memory.

The numbers are right behind their description, or in a frame of their own.
"""

import struct
import sys
from math import prod
from typing import Protocol, TypeAlias, cast

from msgspec.msgpack import Ext

from gnomon.wire.errors import EncodeError, Refused
from gnomon.wire.plan import Buffer, Incoming, Outgoing


class Element(Protocol):
    """What numpy's and torch's types of elements have in common."""

    itemsize: int


Types: TypeAlias = dict[int, tuple[Element, int]]
"""A library's types of elements by number, with their bytes."""

# Number, name of numpy's, name of torch's. Part of the format: a number never gets another meaning.
ELEMENTS = (
    (1, "bool", "bool"),
    (2, "uint8", "uint8"),
    (3, "int8", "int8"),
    (4, "uint16", "uint16"),
    (5, "int16", "int16"),
    (6, "uint32", "uint32"),
    (7, "int32", "int32"),
    (8, "uint64", "uint64"),
    (9, "int64", "int64"),
    (10, "float16", "float16"),
    (11, "float32", "float32"),
    (12, "float64", "float64"),
    (13, "complex64", "complex64"),
    (14, "complex128", "complex128"),
    (15, "", "bfloat16"),
    (16, "", "float8_e4m3fn"),
    (17, "", "float8_e5m2"),
)
_BOOL = 1
_INLINE, _APART = 0, 1
_MOST_DIMENSIONS = 32
# Element type, where the numbers are, dimensions, zero; then each dimension. In eights, so that what follows is
# aligned.
_HEADERS = tuple(struct.Struct(f"<BBHI{dimensions}Q") for dimensions in range(_MOST_DIMENSIONS + 1))


def inline(extension: int, code: int, shape: tuple[int, ...], memory: Buffer) -> Ext:
    """The extension with the numbers in it, which lie in `memory` in C order."""
    return Ext(extension, b"".join((_header(code, _INLINE, shape), memory)))


def apart(extension: int, code: int, shape: tuple[int, ...], memory: memoryview, out: Outgoing) -> Ext:
    """The extension of numbers that get a frame of their own: `memory`, as bytes in C order."""
    out.frames.append(memory)
    return Ext(extension, _header(code, _APART, shape))


def _header(code: int, place: int, shape: tuple[int, ...]) -> bytes:
    dimensions = len(shape)
    if dimensions > _MOST_DIMENSIONS:
        raise EncodeError(f"has {dimensions} dimensions, more than {_MOST_DIMENSIONS}", "")
    return _HEADERS[dimensions].pack(code, place, dimensions, 0, *shape)


def code_of(value: Ext) -> int:
    """Number of the element type."""
    return cast("bytes", value.data)[0]


def opened(value: Ext, types: Types, source: Incoming) -> tuple[Element, list[int], Buffer, int]:
    """Element type, shape, memory, and where in it the numbers start. Their number and the memory's length agree."""
    data: bytes = value.data  # type: ignore[assignment]  # what is decoded is bytes
    try:
        header = _HEADERS[data[2]]
        code, place, _, zero, *shape = header.unpack_from(data)
        element, width = types[code]
    except (IndexError, KeyError, struct.error) as error:
        raise Refused("bad-buffer", "its description is cut off, or has elements of an unknown type") from error
    start = header.size
    memory: Buffer = data
    there = len(data) - start
    if place == _APART and not there:
        memory, start = memoryview(source.take()).toreadonly(), 0
        there = memory.nbytes
    elif place != _INLINE:
        raise Refused("bad-buffer", "its numbers are neither behind its description nor apart")
    if zero or prod(shape) * width != there or (not there and prod(filter(None, shape)) * width > sys.maxsize):
        raise Refused("bad-buffer", f"{there} bytes are not {shape} elements of {width} bytes")
    if code == _BOOL and bytes(memory[start:]).strip(b"\0\1"):
        raise Refused("bad-buffer", "a truth value that is neither 0 nor 1")
    return element, shape, memory, start
