"""Token ids as one packed buffer: half the work of a list of numbers, or none at all."""

import struct
from collections.abc import Collection, Sequence
from itertools import repeat
from typing import cast, get_args, get_origin

from msgspec.msgpack import Ext

from gnomon.wire.errors import EncodeError, Refused
from gnomon.wire.plan import IDS, IDS_FRAME, Buffer, Incoming, Lift, Outgoing, Plan, flat, kind_of

_ID_BYTES = 4
_SHORT = 32  # ids: a list of fewer is quicker sent as it is
_IN_FRAME = Ext(IDS_FRAME, b"")


class TokenIds:
    """Marks a list of token ids: `Annotated[list[int], TokenIds]`. They are sent as one buffer of 32-bit numbers.

    What is received is of the type that is annotated: `list[int]`, `tuple[int, ...]`, or for `Sequence[int]` a
    read-only memoryview of the received buffer, which is a sequence of numbers and takes no time to make. Lists and
    tuples can be sent, and whatever is one-dimensional and holds 32-bit numbers: arrays of Python's and numpy's,
    memoryviews.
    """


def ids_plan(annotation: object) -> Plan:
    """Plan of a list that is marked so. Raises TypeError for any other annotation."""
    key = (get_origin(annotation), get_args(annotation))
    if key == (Sequence, (int,)):
        classes = (list, tuple, memoryview)
        return Plan(wire=Ext, schema="Sequence[id]", classes=classes, lower=_lower, lift=_numbers, apart=True)
    if key == (list, (int,)):
        return _list_plan(list, "list[id]", _lift_list)
    if key == (tuple, (int, ...)):
        return _list_plan(tuple, "tuple[id]", _lift_tuple)
    raise TypeError(f"TokenIds marks list[int], tuple[int, ...] or Sequence[int], not {annotation}")


def _list_plan(cls: type, schema: str, lift: Lift) -> Plan:
    def lower_all(values: Collection[object], out: Outgoing) -> Collection[object]:
        if max(map(len, cast("Collection[list[int]]", values)), default=0) < _SHORT:
            return values
        return list(map(_lower_list, values, repeat(out)))

    def lift_all(values: Collection[list[int] | Ext], source: Incoming) -> Collection[object]:
        if cls is list and Ext not in set(map(type, values)):
            return values
        return list(map(lift, values, repeat(source)))

    return Plan(
        wire=list[int] | Ext,
        schema=schema,
        classes=(cls,),
        lower=_lower_list,
        lift=lift,
        lower_all=lower_all,
        lift_all=lift_all,
        apart=True,
    )


def _lower_list(value: object, out: Outgoing) -> object:
    if not isinstance(value, list | tuple):
        return _lower(value, out)
    if len(value) < _SHORT:
        return value
    try:
        packed = struct.pack(f"<{len(value)}i", *value)
    except struct.error:
        return value  # not all fit: then as any other list of numbers
    return _placed(packed, out)


def _lower(value: object, out: Outgoing) -> object:
    return _placed(_packed(value), out)


def _placed(packed: Buffer, out: Outgoing) -> Ext:
    if len(packed) < out.inline_bytes:
        return Ext(IDS, packed)
    out.frames.append(packed)
    return _IN_FRAME


def _packed(value: object) -> Buffer:
    if isinstance(value, list | tuple):
        try:
            return struct.pack(f"<{len(value)}i", *value)
        except struct.error:
            at, wrong = next((at, each) for at, each in enumerate(value) if not _is_id(each))
            problem = "is more than 32 bits hold" if isinstance(wrong, int) else f"is of type {kind_of(wrong)}, not int"
            raise EncodeError(problem, f"[{at}]") from None
    try:
        view = memoryview(value)  # type: ignore[arg-type]
    except TypeError:
        raise EncodeError(f"is of type {kind_of(value)}, not a list of token ids", "") from None
    if view.format not in {"i", "l", "<i"} or view.itemsize != _ID_BYTES or view.ndim != 1:
        raise EncodeError(f"holds {view.format} in {view.ndim} dimensions, not 32-bit numbers in one", "")
    return flat(view)


def _is_id(value: object) -> bool:
    try:
        struct.pack("<i", value)
    except struct.error:
        return False
    return True


def _lift_list(value: list[int] | Ext, source: Incoming) -> object:
    return _numbers(value, source).tolist() if isinstance(value, Ext) else value


def _lift_tuple(value: list[int] | Ext, source: Incoming) -> object:
    return tuple(_numbers(value, source) if isinstance(value, Ext) else value)


def _numbers(sent: Ext, source: Incoming) -> memoryview:
    """The ids, read-only."""
    if sent.code == IDS:
        view = memoryview(sent.data)
    elif sent.code == IDS_FRAME and sent.data == b"":
        view = memoryview(source.take()).toreadonly()
    else:
        raise Refused("wrong-type", f"extension {sent.code} where token ids are due")
    if view.nbytes % _ID_BYTES:
        raise Refused("bad-buffer", f"{view.nbytes} bytes are no whole number of token ids")
    return view.cast("B").cast("i")
