"""Arrays and single numbers of numpy's.

The library is never imported here: where a program has not imported it, it can't hold or expect such a value.
"""

import sys
from collections.abc import Collection
from functools import cache
from types import ModuleType
from typing import Any, Protocol, get_args, get_origin

from msgspec.msgpack import Ext

from gnomon.wire.elements import ELEMENTS, Element, Layout, apart, inline, layouts_of, opened
from gnomon.wire.errors import EncodeError, Refused
from gnomon.wire.plan import ARRAY, SCALAR, Incoming, Lift, LiftAll, Lower, LowerAll, Outgoing, Plan, kind_of

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


class _Element(Element, Protocol):
    kind: str


class _Array(Protocol):
    """What is used of numpy's arrays and numbers."""

    data: memoryview
    dtype: _Element
    flags: _Flags
    nbytes: int
    shape: tuple[int, ...]

    def tobytes(self) -> bytes:
        """A copy, in C order."""


def array_plan(annotation: object) -> Plan | None:
    """Plan of an annotation that means an array; None for any other.

    `numpy.typing.NDArray[numpy.float32]` allows that element type alone.
    """
    numpy = sys.modules.get("numpy")
    origin = get_origin(annotation) or annotation
    if numpy is None or not isinstance(origin, type) or origin is not numpy.ndarray:
        return None
    return _plan(ARRAY, origin, "array", _element(annotation, numpy))


def number_plan(annotation: object) -> Plan | None:
    """Plan of an annotation that means one of numpy's numbers; None for any other."""
    numpy = sys.modules.get("numpy")
    origin = get_origin(annotation) or annotation
    if numpy is None or not isinstance(origin, type) or not issubclass(origin, numpy.generic):
        return None
    return _plan(SCALAR, origin, "number", _element_name(origin, numpy))


def array_lowering(cls: type) -> Lower | None:
    """What makes extensions of values of that type, if it is one of numpy's."""
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return None
    if cls is numpy.ndarray:
        return _lowers_array()[0]
    return _lowers_number() if issubclass(cls, numpy.generic) else None


def array_lifting() -> Lift | None:
    """What makes arrays of extensions, if numpy is imported.

    Arrays are read-only views of what was received. Raises Refused, and ValueError for shapes that no memory can hold.
    """
    return _lifts_array()[0] if "numpy" in sys.modules else None


def number_lifting() -> Lift | None:
    """What makes numbers of extensions, if numpy is imported. Raises Refused."""
    return _lifts_number() if "numpy" in sys.modules else None


def _plan(extension: int, cls: type, kind: str, element: str) -> Plan:
    """`element` is the name of the one element type that is allowed, or empty."""
    if element and element not in _codes():
        raise TypeError(f"elements of type {element} can't be sent")
    schema = f"{kind}[{element or 'any'}]"
    if extension == SCALAR:
        lower, lift = _lowers_number(element), _lifts_number(element)
        return Plan(wire=Ext, schema=schema, classes=(cls,), lower=lower, lift=lift, apart=True)
    (lower, lower_all), (lift, lift_all) = _lowers_array(element), _lifts_array(element)
    return Plan(
        wire=Ext,
        schema=schema,
        classes=(cls,),
        lower=lower,
        lift=lift,
        lower_all=lower_all,
        lift_all=lift_all,
        apart=True,
    )


def _element(annotation: object, numpy: ModuleType) -> str:
    """Name of the one element type that an annotation of an array allows; empty if it allows several."""
    arguments = get_args(annotation)
    inner = get_args(arguments[1]) if len(arguments) == 2 else ()
    if not inner or not isinstance(inner[0], type) or not issubclass(inner[0], numpy.generic):
        return ""
    return _element_name(inner[0], numpy)


def _element_name(cls: type, numpy: ModuleType) -> str:
    return "" if cls.__name__ in _ABSTRACT else str(numpy.dtype(cls).name)


def _codes(only: str = "") -> dict[str, int]:
    """Numbers of the types of elements that numpy has, by name: of all, or of one."""
    return {name: code for code, name, _ in ELEMENTS if name and only in {"", name}}


def _elements(only: str) -> dict[_Element, int]:
    dtype = sys.modules["numpy"].dtype
    return {dtype(name): code for name, code in _codes(only).items()}


@cache
def _lowers_array(only: str = "") -> tuple[Lower, LowerAll]:
    """Lowers one array, and many."""
    numpy, codes = sys.modules["numpy"], _elements(only)

    def lower_all(arrays: Collection[Any], out: Outgoing) -> list[object]:
        """One with gaps is copied; all come back in C order."""
        lowered: list[object] = []
        array: _Array
        for array in arrays:
            code, size = codes.get(array.dtype), array.nbytes
            if code is None:
                raise _foreign(array.dtype, only)
            if size < out.inline_bytes or not size:
                lowered.append(inline(ARRAY, code, array.shape, array.tobytes(), out))
            else:
                whole = array if array.flags.c_contiguous else numpy.ascontiguousarray(array)
                lowered.append(apart(ARRAY, code, array.shape, whole.data.cast("B"), out))
        return lowered

    def lower(value: _Array, out: Outgoing) -> object:
        if type(value) is not numpy.ndarray:
            raise EncodeError(f"is of type {kind_of(value)}, not numpy.ndarray", "")
        return lower_all((value,), out)[0]

    return lower, lower_all


def _foreign(dtype: _Element, only: str) -> EncodeError:
    told = f", not {only}" if only else _HINTS.get(dtype.kind, "")
    return EncodeError(f"has elements of type {dtype}{told}", "")


@cache
def _lowers_number(only: str = "") -> Lower:
    generic, codes = sys.modules["numpy"].generic, _elements(only)

    def lower(value: _Array, _: Outgoing) -> object:
        if not isinstance(value, generic):
            raise EncodeError(f"is of type {kind_of(value)}, not a number of numpy's", "")
        code = codes.get(value.dtype)
        if code is None:
            raise _foreign(value.dtype, only) if only else EncodeError(f"is of numpy's type {value.dtype}", "")
        return Ext(SCALAR, bytes((code,)) + value.tobytes())

    return lower


@cache
def _lifts_array(only: str = "") -> tuple[Lift, LiftAll]:
    """Lifts one array, and many."""
    ndarray = sys.modules["numpy"].ndarray
    layouts = layouts_of({code: element for element, code in _elements(only).items()})

    def lift_all(values: Collection[Any], source: Incoming) -> list[object]:
        lifted: list[object] = []
        numbers, most = source.numbers, len(source.numbers)
        for value in values:
            if value.code != ARRAY:
                raise Refused("bad-buffer", f"extension {value.code} where an array is due")
            element, shape, _, step, framed, truth = layout = layouts(value.data)
            start = source.at
            if framed or truth or start + step > most:
                lifted.append(_viewed(layout, source))
                continue
            # Nearly all arrays are small ones of numbers: for them, what `opened` does without the calls.
            source.at = start + step
            lifted.append(ndarray(shape, element, numbers, start))
        return lifted

    return lambda value, source: lift_all((value,), source)[0], lift_all


def _viewed(layout: Layout, source: Incoming) -> object:
    memory, start = opened(layout, source)
    array = sys.modules["numpy"].ndarray(layout.shape, layout.element, memory, start)
    if not array.flags.aligned:
        # A buffer may start anywhere in a larger one that was received.
        array = array.copy()
        array.flags.writeable = False
    return array


@cache
def _lifts_number(only: str = "") -> Lift:
    ndarray = sys.modules["numpy"].ndarray
    elements = {code: element for element, code in _elements(only).items()}

    def lift(value: Ext, _: Incoming) -> object:
        data: bytes = value.data  # type: ignore[assignment]  # what is decoded is bytes
        element = elements.get(data[0]) if data and value.code == SCALAR else None
        if element is None or len(data) != 1 + element.itemsize:
            raise Refused("bad-buffer", f"extension {value.code}, {len(data)} bytes, where a number of numpy's is due")
        if element.kind == "b" and data[1] > 1:
            raise Refused("bad-buffer", "a truth value that is neither 0 nor 1")
        return ndarray((), element, data, 1)[()]

    return lift
