"""A signature out of flawed code, and of what was done about it: hashes and facts alone."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from gnomon.core.signature import FORMAT, HASH_BITS, Definition, Origin, Repair, RepairKind, Role, Signature
from gnomon.trace.copies import Place
from gnomon.trace.normal import LOCAL
from gnomon.trace.units import Unit

FEW = 25
"""Shingles of a function that is too short to be recognised: then its class is taken."""
MOST_SHINGLES = 400
"""Of a longer definition a sample is kept, by hash: containment comes out the same, and the file stays small."""


class Draft(Struct, frozen=True, kw_only=True):
    """What a signature says in words."""

    id: str
    title: str
    explanation: str
    origin: Origin
    rule: str = ""
    advisories: tuple[str, ...] = ()


class Chosen(Struct, frozen=True):
    """A definition that belongs to the flaw."""

    path: str
    unit: Unit
    role: Role


class Repaired(Struct, frozen=True, kw_only=True):
    """A later state of the same project."""

    kind: RepairKind
    release: str
    date: str
    note: str
    places: tuple[Place, ...]


def at_line(place: Place, line: int) -> Unit | None:
    """The function that a line is in, or its class if the function alone is too short to be recognised."""
    around = [unit for unit in place.units if unit.line <= line <= unit.end_line]
    around.sort(key=lambda unit: unit.end_line - unit.line)
    enough = [unit for unit in around if len(unit.shingles) >= FEW]
    return next(iter(enough or around), None)


def named(place: Place, qualname: str) -> Unit | None:
    """The unit of that qualified name."""
    return next((unit for unit in place.units if unit.qualname == qualname), None)


def learned(draft: Draft, chosen: Sequence[Chosen], repaired: Iterable[Repaired] = ()) -> Signature:
    """The signature of the chosen definitions; those that deserialize come first."""
    order: tuple[Role, ...] = ("sink", "endpoint", "context")
    parts = sorted(_distinct(chosen), key=lambda each: (order.index(each.role), each.path, each.unit.line))
    return Signature(
        format=FORMAT,
        id=draft.id,
        title=draft.title,
        explanation=draft.explanation,
        rule=draft.rule,
        advisories=draft.advisories,
        origin=draft.origin,
        definitions=tuple(_definition(each) for each in parts),
        repairs=tuple(_repair(each, parts) for each in repaired),
    )


def _distinct(chosen: Iterable[Chosen]) -> list[Chosen]:
    """One entry for each unit, in its strongest role; none for a method whose class is there."""
    best: dict[tuple[str, str], Chosen] = {}
    for each in chosen:
        key = each.path, each.unit.qualname
        if key not in best or each.role == "sink":
            best[key] = each
    classes = {(path, name) for (path, name), each in best.items() if each.unit.is_class}
    return [each for (path, name), each in best.items() if (path, name.rpartition(".")[0]) not in classes]


def _definition(chosen: Chosen) -> Definition:
    unit = chosen.unit
    shingles, below = _sampled(unit)
    return Definition(
        path=chosen.path,
        qualname=unit.qualname,
        lines=(unit.line, unit.end_line),
        role=chosen.role,
        statements=unit.statements,
        shingles=shingles,
        below=below,
        loads=tuple(dict.fromkeys(load.api for load in unit.loads)),
        addresses=unit.addresses,
        names=tuple(sorted(unit.calls - {LOCAL})),
    )


def _sampled(unit: Unit) -> tuple[tuple[int, ...], int]:
    shingles = tuple(sorted(unit.shingles))
    if len(shingles) <= MOST_SHINGLES:
        return shingles, 0
    below = (MOST_SHINGLES << HASH_BITS) // len(shingles)
    return tuple(shingle for shingle in shingles if shingle < below), below


def _repair(repaired: Repaired, parts: Sequence[Chosen]) -> Repair:
    return Repair(
        kind=repaired.kind,
        release=repaired.release,
        date=repaired.date,
        note=repaired.note,
        definitions=tuple(_after(repaired.places, parts)),
    )


def _after(places: Sequence[Place], parts: Sequence[Chosen]) -> Iterator[Definition]:
    """What became of each definition, by path and name or by name alone; only its statements are needed."""
    for part in parts:
        same = [place for place in places if place.path == part.path] + list(places)
        found = next(((place, unit) for place in same if (unit := named(place, part.unit.qualname))), None)
        if found is not None:
            definition = _definition(Chosen(found[0].path, found[1], part.role))
            yield Definition(
                path=definition.path,
                qualname=definition.qualname,
                lines=definition.lines,
                role=definition.role,
                statements=definition.statements,
                shingles=(),
                loads=definition.loads,
                addresses=definition.addresses,
            )
