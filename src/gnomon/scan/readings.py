"""What a loaded object can be, by what one way through the code does with it, and by all ways together."""

from collections.abc import Callable, Iterable

from msgspec import Struct

from gnomon.core.merging import NOTHING, keyed, merged
from gnomon.core.shape import Either, Keyed, Mapping, Plain, Record, Row, Sequence, Shape, Unknown
from gnomon.scan.parts import Part, Told

ClassWith = Callable[[frozenset[str]], Shape | None]
"""Objects of the one class that has these attributes; None if there is none, or several."""


class Reading(Struct, frozen=True):
    """What something is used as."""

    shape: Shape
    whys: tuple[str, ...] = ()
    """Clauses that name the uses behind it, with their places. Untrusted text."""


def reading(part: Part, class_with: ClassWith) -> Reading:
    """What a part is on one way; Unknown where nothing tells it, or where uses contradict one another."""
    structure = _structure(part, class_with)
    found = [Reading(told.shape, (_clause(part, told.why),)) for told in part.told]
    found += [structure] if structure is not None else []
    met = _all_met(part, found)
    if met is None or isinstance(met.shape, Unknown):
        for hints in (part.weak, part.compared if not part.gone else []):
            hinted = _agreed(part, hints)
            if hinted is not None and not (met is not None and met.whys):
                return hinted
    if met is not None:
        return met
    return Reading(Unknown(why=_clause(part, part.gone or "is not looked at")))


def _clause(part: Part, why: str) -> str:
    return f"its {part.label} {why}" if part.label else f"it {why}"


def _agreed(part: Part, hints: list[Told]) -> Reading | None:
    """What weak hints say if they all say the same."""
    shapes = {hint.shape for hint in hints}
    if len(shapes) != 1:
        return None
    return Reading(shapes.pop(), (_clause(part, hints[0].why),))


def _all_met(part: Part, found: list[Reading]) -> Reading | None:
    """What all that is told has in common; Unknown, with both clauses, for what contradicts itself."""
    known: Reading | None = None
    for each in found:
        if known is None:
            known = each
            continue
        shape = met(known.shape, each.shape)
        whys = tuple(dict.fromkeys((*known.whys, *each.whys)))
        if shape is None:
            clauses = " and ".join(dict.fromkeys((*known.whys[:1], *each.whys[:1])))
            return Reading(Unknown(why=f"its uses contradict one another: {clauses or part.label}"), ())
        known = Reading(shape, whys)
    return known


def _structure(part: Part, class_with: ClassWith) -> Reading | None:
    """What keys, items, elements and attributes that are read say."""
    if not part.noted:
        return None
    if part.keys:
        return _dictionary(part, class_with)
    if part.length is not None:
        read = [reading(part.at(index), class_with) for index in range(part.length)]
        told = _clause(part, f"is unpacked into {part.length} ({part.noted})")
        return Reading(Row(items=tuple(each.shape for each in read)), (told, *_whys(read)))
    if part.element is not None:
        inner = reading(part.element, class_with)
        shape = NOTHING if isinstance(inner.shape, Unknown) and not part.element.gone else inner.shape
        return Reading(
            Sequence(kind="list", element=shape), (_clause(part, f"is iterated over ({part.noted})"), *inner.whys)
        )
    if part.attributes:
        found = class_with(frozenset(part.attributes))
        names = ", ".join(f"`.{name}`" for name in list(part.attributes)[:4])
        told = _clause(part, f"has {names} ({part.noted}), which one class alone has")
        return Reading(found, (told,)) if found is not None else None
    return None


def _dictionary(part: Part, class_with: ClassWith) -> Reading:
    names = ", ".join(f'"{name}"' for name in list(part.keys)[:4])
    told = _clause(part, f"is read by its keys {names} ({part.noted})")
    if part.gone:
        return Reading(Mapping(key=Plain("str"), value=Unknown(why=_clause(part, part.gone))), (told,))
    read = {name: reading(inner, class_with) for name, inner in part.keys.items()}
    shape = Keyed(
        fields=tuple((name, each.shape) for name, each in read.items()),
        optional=tuple(name for name in read if name not in part.needed),
    )
    return Reading(shape, (told, *_whys(read.values())))


def _whys(read: Iterable[Reading]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(why for each in read for why in each.whys))


def joined(ways: Iterable[Reading]) -> Reading:
    """What something is that is used in each of these ways; Unknown is among it unless all of them tell."""
    every = list(ways)
    shapes = [shape for each in every for shape in _alternatives(each.shape)]
    dictionaries = [shape for shape in shapes if isinstance(shape, Keyed)]
    while len(dictionaries) > 1:
        dictionaries[:2] = [keyed(dictionaries[0], dictionaries[1])]
    others = [shape for shape in shapes if not isinstance(shape, Keyed)]
    return Reading(merged([*dictionaries, *others]), _whys(every))


def _alternatives(shape: Shape) -> tuple[Shape, ...]:
    return shape.shapes if isinstance(shape, Either) else (shape,)


def met(one: Shape, other: Shape) -> Shape | None:
    """What is both; None if nothing is."""
    if one == other or isinstance(other, Unknown):
        return one
    if isinstance(one, Unknown):
        return other
    if isinstance(one, Either) or isinstance(other, Either):
        if NOTHING in (one, other):
            return other if one == NOTHING else one
        pairs = (met(left, right) for left in _alternatives(one) for right in _alternatives(other))
        both = [shape for shape in pairs if shape is not None]
        return merged(both) if both else None
    return _met_alike(one, other)


def _met_alike(one: Shape, other: Shape) -> Shape | None:
    match one, other:
        case Keyed(), Keyed():
            return _met_keyed(one, other)
        case (Mapping(), Keyed()) | (Keyed(), Mapping()):
            mapping, exact = (one, other) if isinstance(one, Mapping) else (other, one)
            assert isinstance(mapping, Mapping)
            return exact if met(mapping.key, Plain("str")) is not None else None
        case Mapping(), Mapping():
            key, value = met(one.key, other.key), met(one.value, other.value)
            return Mapping(key=key, value=value) if key is not None and value is not None else None
        case (Record(kind="typeddict"), Keyed() | Mapping()):
            return one
        case (Keyed() | Mapping(), Record(kind="typeddict")):
            return other
        case Sequence(), Sequence():
            element = met(one.element, other.element)
            return Sequence(kind=one.kind, element=element) if element is not None else None
        case (Sequence(), Row()) | (Row(), Sequence()):
            return _met_row(one, other)
        case Row(), Row() if len(one.items) == len(other.items):
            items = [met(left, right) for left, right in zip(one.items, other.items, strict=True)]
            known = [item for item in items if item is not None]
            return Row(items=tuple(known)) if len(known) == len(items) else None
        case Record(), Record() if (one.site, one.qualname) == (other.site, other.qualname):
            return one if one.fields else other
    return None


def _met_row(one: Shape, other: Shape) -> Shape | None:
    """A tuple of a known length, or a list that is read like one."""
    several, row = (one, other) if isinstance(one, Sequence) else (other, one)
    assert isinstance(several, Sequence)
    assert isinstance(row, Row)
    items = [met(several.element, item) for item in row.items]
    known = [item for item in items if item is not None]
    if len(known) < len(items):
        return None
    if several.kind == "tuple":
        return Row(items=tuple(known))
    return Sequence(kind=several.kind, element=merged(known))


def _met_keyed(one: Keyed, other: Keyed) -> Shape | None:
    mine, others = dict(one.fields), dict(other.fields)
    fields: list[tuple[str, Shape]] = []
    for name in (*mine, *(name for name in others if name not in mine)):
        shape = met(mine[name], others[name]) if name in mine and name in others else mine.get(name, others.get(name))
        if shape is None:
            return None
        fields.append((name, shape))
    sure = (mine.keys() - set(one.optional)) | (others.keys() - set(other.optional))
    return Keyed(fields=tuple(fields), optional=tuple(name for name, _ in fields if name not in sure))
