"""What arrays and tensors have in common on the wire: type of elements, shape, and the numbers as they lie in memory.

The numbers are right behind their description, or in a frame of their own.
"""

import struct
import sys
from collections.abc import Callable
from functools import lru_cache
from math import prod
from typing import NamedTuple, Protocol, TypeAlias

from msgspec.msgpack import Ext

from gnomon.wire.errors import EncodeError, Refused
from gnomon.wire.plan import Buffer, Incoming, Outgoing


class Element(Protocol):
    """What numpy's and torch's types of elements have in common."""

    itemsize: int


class Layout(NamedTuple):
    """What a description says."""

    element: Element
    shape: tuple[int, ...]
    size: int
    """Bytes that the numbers take."""
    step: int
    """Those and the zeros behind them, where they are among the numbers of small arrays."""
    apart: bool
    """They have a frame of their own."""
    truth: bool
    """They are truth values, each 0 or 1."""


Layouts: TypeAlias = Callable[[bytes], Layout]
"""What descriptions say, for the types of elements that one library has."""

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
_EIGHT = 8  # Small arrays begin at multiples of so many bytes, so that processors can read them where they are.
# Element type, where the numbers are, dimensions, zero; then each dimension.
_DESCRIPTIONS = tuple(struct.Struct(f"<BBHI{dimensions}Q") for dimensions in range(_MOST_DIMENSIONS + 1))
_REMEMBERED = 1024
"""Descriptions that are not made or read again: most messages of a program have arrays of the same few shapes."""


def inline(extension: int, code: int, shape: tuple[int, ...], numbers: bytes, out: Outgoing) -> Ext:
    """The extension for numbers, in C order, that travel among those of other small arrays."""
    out.numbers.append(numbers)
    if rest := len(numbers) % _EIGHT:
        out.numbers.append(bytes(_EIGHT - rest))
    return _extension(extension, code, _INLINE, shape)


def apart(extension: int, code: int, shape: tuple[int, ...], memory: memoryview, out: Outgoing) -> Ext:
    """The extension for numbers that get a frame of their own: `memory`, as bytes in C order."""
    out.frames.append(memory)
    return _extension(extension, code, _APART, shape)


@lru_cache(_REMEMBERED)
def _extension(extension: int, code: int, place: int, shape: tuple[int, ...]) -> Ext:
    dimensions = len(shape)
    if dimensions > _MOST_DIMENSIONS:
        raise EncodeError(f"has {dimensions} dimensions, more than {_MOST_DIMENSIONS}", "")
    return Ext(extension, _DESCRIPTIONS[dimensions].pack(code, place, dimensions, 0, *shape))


def layouts_of(types: dict[int, Element]) -> Layouts:
    """Reads descriptions, given a library's types of elements by number. Raises Refused for what is not one."""

    @lru_cache(_REMEMBERED)
    def layout(description: bytes) -> Layout:
        try:
            code, place, _, zero, *shape = _DESCRIPTIONS[description[2]].unpack(description)
            element = types[code]
        except (IndexError, KeyError, struct.error) as error:
            raise Refused("bad-buffer", "its description is cut off, or has elements of an unknown type") from error
        if zero or place not in {_INLINE, _APART}:
            raise Refused("bad-buffer", "its numbers are neither among the others nor apart")
        size = prod(shape) * element.itemsize
        if not size and prod(filter(None, shape)) * element.itemsize > sys.maxsize:
            raise Refused("bad-buffer", f"no memory has the shape {shape}")
        return Layout(element, tuple(shape), size, size + -size % _EIGHT, place == _APART, code == _BOOL)

    return layout


def opened(layout: Layout, source: Incoming) -> tuple[Buffer, int]:
    """Memory, and where in it the numbers start. They are all there."""
    memory: Buffer = source.numbers
    start = source.at
    if layout.apart:
        memory, start = memoryview(source.take()).toreadonly(), 0
        if memory.nbytes != layout.size:
            raise Refused("bad-buffer", f"{memory.nbytes} bytes where an array of {layout.size} is due")
    else:
        source.at += layout.step
        if source.at > len(memory):
            raise Refused("bad-buffer", f"{len(memory) - start} bytes of numbers where {layout.step} are due")
    if layout.truth and bytes(memory[start : start + layout.size]).strip(b"\0\1"):
        raise Refused("bad-buffer", "a truth value that is neither 0 nor 1")
    return memory, start
