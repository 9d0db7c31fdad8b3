"""Labelled originals as signatures, searched for in the whole tree of each copy: what is found, what else is hit."""

from collections.abc import Iterable, Iterator, Sequence

from bench.lineage.labels import Copied, Edge, Original
from bench.lineage.reading import sinks
from bench.lineage.results import Found, Pair
from gnomon.core.signature import Origin, Signature
from gnomon.python.words import Words
from gnomon.trace.copies import DEFAULT, LEAST_SHARED, Place, copies, is_copy, loading
from gnomon.trace.learning import Chosen, Draft, learned, named
from gnomon.trace.pack import Likeness, Pack
from gnomon.trace.reading import units_of
from gnomon.trace.state import Around
from gnomon.trace.units import Unit
from gnomon.trace.worth import Worth


def signature(place: Place, qualname: str, tree: str) -> Signature | None:
    """The original as a signature; None if the file does not have it."""
    unit = named(place, qualname)
    if unit is None or not unit.shingles:
        return None
    draft = Draft(id=f"{tree}:{qualname}", title=qualname, explanation="", origin=Origin(project=tree, release=tree))
    return learned(draft, [Chosen(place.path, unit, "sink")])


def path_of(side: Original | Copied) -> str:
    """The file's path in the tree that is read."""
    return side.release.path if side.release is not None else side.path


def outcome(edge: Edge, original: Signature, source: str, target: Sequence[Place], text: bytes) -> Found:
    """Whether the edge's copy is found among all functions of its tree; `text` is the labelled file's."""
    pack = Pack([original])
    around = Around(named=loading(target), reported={})
    path = path_of(edge.dst)
    labelled = [unit for place in target if place.path == path for unit in place.units if _is_part(unit, edge)]
    alike = [likeness for unit in labelled for likeness in pack.like(unit, 1)]
    best = max(alike, key=lambda each: (_called(each, around), each.similarity, each.shared), default=None)
    reported = [copy for copy in copies(pack, target) if copy.path == path and _touches(copy.qualname, edge)]
    definition = original.definitions[0]
    return Found(
        edge=edge.id,
        family=edge.family,
        confidence=edge.confidence,
        source=source,
        days_apart=edge.src.release.days_apart if edge.src.release is not None else None,
        target=edge.dst.release.file if edge.dst.release is not None else f"{edge.dst.repo}@{edge.dst.commit[:12]}",
        shingles=len(definition.shingles),
        loads=bool(definition.loads),
        found=best is not None and _called(best, around),
        reported=reported[0].state if reported else "",
        similarity=round(best.similarity, 3) if best else 0.0,
        shared=best.shared if best else 0,
        qualname=best.unit.qualname if best else "",
        parsed=best is not None and _is_read(original, path, text, best.unit),
    )


def pairs(originals: Iterable[Signature], name: str, target: Sequence[Place], seen: set[int]) -> Iterator[Pair]:
    """Functions and classes that are called a copy of an original; units of `seen` are left out."""
    pack = Pack(originals)
    around = Around(named=loading(target), reported={})
    for place in target:
        for unit in place.units:
            if identity(unit) in seen:
                continue
            for likeness in pack.like(unit, LEAST_SHARED):
                if is_copy(likeness, DEFAULT, around):
                    yield _pair(likeness, name, place.path)


def distinct(places: Iterable[Place], seen: set[int]) -> int:
    """How many functions a tree has that are not in `seen`."""
    return len({identity(unit) for place in places for unit in place.units if not unit.is_class} - seen)


def identity(unit: Unit) -> int:
    """The same for units of this name with these statements, in this process."""
    return hash((unit.qualname, unit.statements))


def same_name(one: str, other: str) -> bool:
    """True for functions whose own name, or whose outermost class's, is the same."""
    return bool({*one.split(".")} & {*other.split(".")} - {"__init__"})


def _pair(likeness: Likeness, name: str, path: str) -> Pair:
    return Pair(
        original=likeness.definition.qualname,
        target=name,
        path=path,
        qualname=likeness.unit.qualname,
        similarity=round(likeness.similarity, 3),
        shared=likeness.shared,
        smaller=min(len(likeness.unit.shingles), len(likeness.definition.shingles)),
        loads=bool(likeness.unit.loads) and bool(likeness.definition.loads),
    )


def _is_read(original: Signature, path: str, text: bytes, unit: Unit) -> bool:
    """True if the words of the file, and those of the function, have it read by `gnomon trace`."""
    worth = Worth(sinks(), [original])
    if not worth.files({path: text}, Words({path: text})):
        return False
    return any(each.qualname == unit.qualname for each in units_of(path, text, sinks(), worth)[0])


def _called(likeness: Likeness, around: Around) -> bool:
    return likeness.shared >= LEAST_SHARED and is_copy(likeness, DEFAULT, around)


def _is_part(unit: Unit, edge: Edge) -> bool:
    return f"{unit.qualname}.".startswith(f"{edge.dst.qualname}.")


def _touches(qualname: str, edge: Edge) -> bool:
    """True for the labelled function, a part of it, or what it is a part of."""
    mine, its = f"{qualname}.", f"{edge.dst.qualname}."
    return mine.startswith(its) or its.startswith(mine)
