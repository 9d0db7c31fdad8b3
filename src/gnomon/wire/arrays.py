"""Arrays and single numbers of numpy's.

The library is never imported here: where a program has not imported it, it can't hold or expect such a value.
"""

import sys
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Protocol, TypeAlias, cast, get_args, get_origin

from msgspec.msgpack import Ext

from gnomon.wire.elements import ELEMENTS, Element, Types, apart, code_of, inline, opened
from gnomon.wire.errors import EncodeError, Refused
from gnomon.wire.plan import ARRAY, SCALAR, Incoming, Outgoing, Plan, kind_of

LowerArray: TypeAlias = Callable[[object, Outgoing], Ext]
LiftArray: TypeAlias = Callable[[Ext, Incoming], object]

_ABSTRACT = frozenset(
    {"generic", "number", "integer", "signedinteger", "unsignedinteger", "inexact", "floating", "complexfloating"}
)
_HINTS = {
    "O": ": make them numbers",
    "U": ": send a list of str",
    "M": ": send its .view('int64')",
    "m": ": send its .view('int64')",
}


class _Flags(Protocol):
    c_contiguous: bool


class _Array(Protocol):
    """What is used of numpy's arrays and numbers."""

    data: memoryview
    dtype: Element
    flags: _Flags
    nbytes: int
    shape: tuple[int, ...]

    def tobytes(self) -> bytes: ...


def array_plan(annotation: object) -> Plan | None:
    """Plan of an annotation that means an array or one of numpy's numbers; None for any other.

    `numpy.typing.NDArray[numpy.float32]` allows that element type alone.
    """
    numpy = sys.modules.get("numpy")
    origin = get_origin(annotation) or annotation
    if numpy is None or not isinstance(origin, type):
        return None
    if origin is numpy.ndarray:
        return _plan(ARRAY, origin, "array", _element(annotation, numpy))
    if issubclass(origin, numpy.generic):
        return _plan(SCALAR, origin, "number", _element_name(origin, numpy))
    return None


def array_lowering(cls: type) -> LowerArray | None:
    """What makes extensions of values of that type, if it is one of numpy's."""
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return None
    if cls is numpy.ndarray:
        return _lower_array()
    return _lower_number() if issubclass(cls, numpy.generic) else None


def array_lifting() -> LiftArray | None:
    """What makes arrays and numbers of extensions, if numpy is imported.

    Arrays are read-only views of what was received. Raises Refused, and ValueError for shapes that no memory can hold.
    """
    return _lift() if "numpy" in sys.modules else None


def _plan(extension: int, cls: type, kind: str, element: str) -> Plan:
    """`element` is the name of the one element type that is allowed, or empty."""
    only = next((number for number, name, _ in ELEMENTS if element and name == element), 0)
    if element and not only:
        raise TypeError(f"elements of type {element} can't be sent")
    schema = f"{kind}[{element or 'any'}]"
    lower_any, lift_any = _lower_array() if extension == ARRAY else _lower_number(), _lift()

    def lower(value: object, out: Outgoing) -> object:
        lowered = lower_any(value, out)
        if code_of(lowered) != only:
            raise EncodeError(f"has elements of type {cast('_Array', value).dtype}, not {element}", "")
        return lowered

    def lift(value: object, source: Incoming) -> object:
        received: Ext = value  # type: ignore[assignment]
        if received.code != extension or (only and received.data[:1] != bytes((only,))):  # type: ignore[index]
            raise Refused("bad-buffer", f"not the extension of {schema}")
        return lift_any(received, source)

    lower_one = lower if only else lower_any
    return Plan(wire=Ext, schema=schema, classes=(cls,), lower=lower_one, lift=lift, apart=True)


def _element(annotation: object, numpy: ModuleType) -> str:
    """Name of the one element type that an annotation of an array allows; empty if it allows several."""
    arguments = get_args(annotation)
    inner = get_args(arguments[1]) if len(arguments) == 2 else ()
    if not inner or not isinstance(inner[0], type) or not issubclass(inner[0], numpy.generic):
        return ""
    return _element_name(inner[0], numpy)


def _element_name(cls: type, numpy: ModuleType) -> str:
    return "" if cls.__name__ in _ABSTRACT else str(numpy.dtype(cls).name)


@cache
def _codes() -> dict[Element, int]:
    numpy = sys.modules["numpy"]
    return {numpy.dtype(name): code for code, name, _ in ELEMENTS if name}


@cache
def _lower_array() -> LowerArray:
    numpy = sys.modules["numpy"]
    array_class, codes = numpy.ndarray, _codes()

    def lower(value: object, out: Outgoing) -> Ext:
        """One with gaps is copied; all come back in C order."""
        if type(value) is not array_class:
            raise EncodeError(f"is of type {kind_of(value)}, not numpy.ndarray", "")
        array: _Array = value  # type: ignore[assignment]
        code = codes.get(array.dtype)
        if code is None:
            raise EncodeError(f"has elements of type {array.dtype}{_HINTS.get(numpy.dtype(array.dtype).kind, '')}", "")
        shape = array.shape
        if not array.flags.c_contiguous:
            array = numpy.ascontiguousarray(array)
        if array.nbytes < out.inline_bytes or not array.nbytes:
            return inline(ARRAY, code, shape, array)  # type: ignore[arg-type]  # arrays are buffers
        return apart(ARRAY, code, shape, array.data.cast("B"), out)

    return lower


@cache
def _lower_number() -> LowerArray:
    generic, codes = sys.modules["numpy"].generic, _codes()

    def lower(value: object, _: Outgoing) -> Ext:
        if not isinstance(value, generic):
            raise EncodeError(f"is of type {kind_of(value)}, not a number of numpy's", "")
        number = cast("_Array", value)
        code = codes.get(number.dtype)
        if code is None:
            raise EncodeError(f"is of numpy's type {number.dtype}", "")
        return inline(SCALAR, code, (), number.tobytes())

    return lower


@cache
def _lift() -> LiftArray:
    ndarray = sys.modules["numpy"].ndarray
    types: Types = {code: (element, element.itemsize) for element, code in _codes().items()}

    def lift(value: Ext, source: Incoming) -> object:
        element, shape, memory, start = opened(value, types, source)
        array = ndarray(shape, element, memory, start)
        if value.code == SCALAR:
            if shape:
                raise Refused("bad-buffer", "a number with dimensions")
            return array[()]
        if start or array.flags.aligned:
            return array
        # A buffer may start anywhere in a larger one that was received.
        array = array.copy()
        array.flags.writeable = False
        return array

    return lift
