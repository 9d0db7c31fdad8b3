"""Which part of an object it was that msgpack could not encode."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from msgspec import Struct
from msgspec.msgpack import Encoder
from msgspec.structs import astuple

from gnomon.wire.errors import EncodeError
from gnomon.wire.plan import inside, kind_of

_ENCODER = Encoder()
REASONS = (OverflowError, RecursionError, TypeError, ValueError)
"""What the encoder raises for objects that it can't encode."""


def blamed(value: object, lowered: object, reason: Exception) -> EncodeError:
    """The error, with the path to the innermost part that can't be encoded; `lowered` is what was made of `value`."""
    for part, inner, lowered_inner in _parts(value, lowered):
        wrong = _reason(lowered_inner)
        endless = isinstance(wrong, RecursionError) and not part.startswith(".")  # it could go on within itself
        if wrong and not endless:
            return inside(blamed(inner, lowered_inner, wrong), part)
    return EncodeError(_problem(lowered, reason), "")


def _reason(lowered: object) -> Exception | None:
    try:
        _ENCODER.encode(lowered)
    except REASONS as error:
        return error
    return None


def _problem(lowered: object, reason: Exception) -> str:
    match reason:
        case OverflowError():
            return "is an int of more than 64 bits"
        case RecursionError():
            return "is nested deeper than this thread can follow, or within itself"
        case UnicodeEncodeError():
            return "is a text with half a surrogate pair, which UTF-8 can't hold"
        case _:
            return f"is of type {kind_of(lowered)}, which can't be sent as what the field is declared to be"


def _parts(value: object, lowered: object) -> Iterator[tuple[str, object, object]]:
    """What a value consists of, each with the path to it and what was made of it."""
    if isinstance(lowered, Struct):  # what msgspec encodes itself, or a case of a union
        lowered = astuple(lowered) if lowered is value else getattr(lowered, "value", None)
    names = _names(value)
    if isinstance(value, dict) and isinstance(lowered, dict):
        yield from ((f"[{key!r}]", value[key], lowered[key]) for key in value)
    elif isinstance(lowered, list | tuple | set | frozenset):
        inner = [getattr(value, name) for name in names] if names else _items(value)
        parts = [f".{name}" for name in names] or [f"[{at}]" for at in range(len(inner))]
        yield from zip(parts, inner, lowered, strict=False)  # a hook may have made something else of it


def _items(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple | set | frozenset) else []


def _names(value: object) -> tuple[str, ...]:
    if isinstance(value, Struct):
        return value.__struct_fields__
    if is_dataclass(value):
        return tuple(field.name for field in fields(value))
    return tuple(getattr(value, "_fields", ()))
