"""What a value can be that has one of several shapes: likes are joined, what is different stays an alternative."""

from collections.abc import Iterable

from msgspec.structs import replace

from gnomon.core.shape import Either, Failure, Keyed, Mapping, Plain, Record, Row, Sequence, Shape, Unknown

NOTHING = Either(shapes=())
"""The shape of what is in an empty list."""
MAX_UNKNOWN = 3
"""Places that are told where something could not be followed, of one value."""
_NONE = Plain("None")


def merged(shapes: Iterable[Shape]) -> Shape:
    """One shape for all: equal ones once, like dictionaries, lists and tuples part by part, None last.

    Whole and other numbers stay two alternatives, as do dictionaries of which each has keys of its own. NOTHING of
    nothing.
    """
    kept: list[Shape] = []
    for shape in _flat(shapes):
        at, joined = next(
            ((at, both) for at, one in enumerate(kept) if (both := _joined(one, shape)) is not None), (-1, shape)
        )
        if at < 0:
            kept.append(shape)
        else:
            kept[at] = joined
    unknown = [shape for shape in kept if isinstance(shape, Unknown)]
    dropped = unknown[MAX_UNKNOWN:]
    kept = [shape for shape in kept if shape not in dropped]
    kept.sort(key=lambda shape: (shape == _NONE, isinstance(shape, Unknown)))
    return kept[0] if len(kept) == 1 else Either(shapes=tuple(kept))


def _flat(shapes: Iterable[Shape]) -> Iterable[Shape]:
    for shape in shapes:
        if isinstance(shape, Either):
            yield from _flat(shape.shapes)
        else:
            yield shape


def _joined(one: Shape, other: Shape) -> Shape | None:
    """Both as one shape; None if they are two."""
    if one == other:
        return one
    match one, other:
        case Keyed(), Keyed():
            return keyed(one, other) if _alike(one, other) else None
        case Mapping(), Mapping():
            return Mapping(key=merged((one.key, other.key)), value=merged((one.value, other.value)))
        case (Keyed(), Mapping()) | (Mapping(), Keyed()):
            return _joined(_mapping(one), _mapping(other))
        case Sequence(), Sequence() if one.kind == other.kind:
            return Sequence(kind=one.kind, element=merged((one.element, other.element)))
        case (Sequence(kind="tuple"), Row()) | (Row(), Sequence(kind="tuple")):
            return _joined(of_any_length(one), of_any_length(other))
        case Row(), Row() if len(one.items) == len(other.items):
            return Row(items=tuple(merged(pair) for pair in zip(one.items, other.items, strict=True)))
        case Record(), Record() if (one.site, one.qualname) == (other.site, other.qualname):
            return one if one.fields else other
        case Failure(), Failure():
            return Failure()
    return None


def _alike(one: Keyed, other: Keyed) -> bool:
    """True if the keys of one are all keys of the other."""
    mine, others = {name for name, _ in one.fields}, {name for name, _ in other.fields}
    return mine <= others or others <= mine


def keyed(one: Keyed, other: Keyed) -> Keyed:
    """A dictionary that is one or the other: keys that are not in both are optional."""
    mine, others = dict(one.fields), dict(other.fields)
    names = (*mine, *(name for name in others if name not in mine))
    shapes = {name: [fields[name] for fields in (mine, others) if name in fields] for name in names}
    optional = {*one.optional, *other.optional, *(name for name in names if name not in mine or name not in others)}
    return Keyed(
        fields=tuple((name, merged(shapes[name])) for name in names),
        optional=tuple(name for name in names if name in optional),
    )


def _mapping(shape: Shape) -> Shape:
    if not isinstance(shape, Keyed):
        return shape
    key = Plain("str") if shape.fields else NOTHING
    return Mapping(key=key, value=merged(inner for _, inner in shape.fields))


def of_any_length(shape: Shape) -> Shape:
    """A tuple with a known number of items as one of any number; anything else as it is."""
    return Sequence(kind="tuple", element=merged(shape.items)) if isinstance(shape, Row) else shape


def without_none(shape: Shape) -> Shape:
    """The shape where None is not among the alternatives."""
    if not isinstance(shape, Either):
        return NOTHING if shape == _NONE else shape
    rest = tuple(each for each in shape.shapes if each != _NONE)
    return rest[0] if len(rest) == 1 else replace(shape, shapes=rest)
