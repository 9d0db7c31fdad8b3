"""Values of no declared type: numbers, texts, bytes, lists and dictionaries of such, arrays. Nothing else fits."""

from collections.abc import Iterable

from msgspec.msgpack import Ext

from gnomon.wire.arrays import array_lifting, array_lowering, number_lifting
from gnomon.wire.errors import EncodeError, Refused
from gnomon.wire.plan import (
    ARRAY,
    FRAME,
    SCALAR,
    TENSOR,
    Incoming,
    Outgoing,
    Plan,
    bytes_plan,
    frame_of,
    inside,
    kind_of,
    lower_of,
)
from gnomon.wire.tensors import tensor_lifting, tensor_lowering

_SAME = frozenset({type(None), bool, int, float, str})
_KEYS = frozenset({int, str})
_REMEDY = "here, where no type is declared, only plain values and arrays can be: declare the field's type"
_BYTES = lower_of(bytes_plan(bytes))


def lower_plain(value: object, out: Outgoing) -> object:
    """What msgpack can encode of a plain value. Raises EncodeError for one that would come back as something else."""
    cls = type(value)
    if cls in _SAME:
        return value
    if cls is bytes:
        return _BYTES(value, out)
    if isinstance(value, list) and cls is list:
        out.enter()
        lowered: object = value if _SAME.issuperset(map(type, value)) else _lowered_list(value, out)
        out.leave()
        return lowered
    if isinstance(value, dict) and cls is dict:
        out.enter()
        lowered = _lowered_dict(value, out)
        out.leave()
        return lowered
    array = array_lowering(cls) or tensor_lowering(cls)
    if array is None:
        raise EncodeError(f"is of type {kind_of(value)}; {_REMEDY}", "")
    return array(value, out)


def lift_plain(value: object, source: Incoming) -> object:
    """The value that was sent. Raises Refused for what `lower_plain` would not have made."""
    cls = type(value)
    if cls in _SAME or cls is bytes:
        return value
    if isinstance(value, list):
        if _SAME.issuperset(map(type, value)):
            return value
        return [each if type(each) in _SAME else lift_plain(each, source) for each in value]
    if isinstance(value, dict):
        if not _KEYS.issuperset(map(type, value)):
            raise Refused("wrong-type", "a key that is neither a text nor an int")
        if _SAME.issuperset(map(type, value.values())):
            return value
        return {key: each if type(each) in _SAME else lift_plain(each, source) for key, each in value.items()}
    if isinstance(value, Ext):
        return _lifted(value, source)
    raise Refused("wrong-type", f"{kind_of(value)} where a plain value is due")


def _lifted(value: Ext, source: Incoming) -> object:
    if value.code == FRAME:
        return bytes(frame_of(value, source))
    lifting = {ARRAY: array_lifting, SCALAR: number_lifting, TENSOR: tensor_lifting}.get(value.code)
    lift = lifting and lifting()
    if lift is None:
        raise Refused("wrong-type", _without_library(value.code))
    return lift(value, source)


def _without_library(code: int) -> str:
    library = {ARRAY: "numpy", SCALAR: "numpy", TENSOR: "torch"}.get(code)
    return f"it holds an array: import {library} to receive such" if library else f"extension {code}"


def _plan(cls: type) -> Plan:
    def lower(value: object, out: Outgoing) -> object:
        if type(value) is not cls:
            raise EncodeError(f"is of type {kind_of(value)}, not {cls.__name__}", "")
        return lower_plain(value, out)

    schema = f"{cls.__name__}[plain]"
    return Plan(wire=cls, schema=schema, classes=(cls,), lower=lower, lift=lift_plain, apart=True, unbounded=True)


PLAIN = Plan(
    wire=object, schema="plain", classes=(object,), lower=lower_plain, lift=lift_plain, apart=True, unbounded=True
)
"""Plan of a value whose type is not declared."""
PLAIN_LIST = _plan(list)
PLAIN_DICT = _plan(dict)


def _lowered_list(values: Iterable[object], out: Outgoing) -> list[object]:
    lowered: list[object] = []
    try:
        lowered.extend(lower_plain(value, out) for value in values)
    except EncodeError as error:
        raise inside(error, f"[{len(lowered)}]") from None
    return lowered


def _lowered_dict(values: dict[object, object], out: Outgoing) -> dict[object, object]:
    if not _KEYS.issuperset(map(type, values)):
        wrong = next(key for key in values if type(key) not in _KEYS)
        raise EncodeError(f"has a key of type {kind_of(wrong)}; only texts and ints can be keys", "")
    if _SAME.issuperset(map(type, values.values())):
        return values
    lowered: dict[object, object] = {}
    key: object = None
    try:
        for key, value in values.items():
            lowered[key] = lower_plain(value, out)
    except EncodeError as error:
        raise inside(error, f"[{key!r}]") from None
    return lowered
