"""Copies of signatures in a target's units: what corresponds, how much is shared, and in which state it is."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from gnomon.core.lineage import UNSAFE, Attribution, Copy
from gnomon.core.signature import Definition, Signature
from gnomon.trace.attribution import attributions, names, of_unit
from gnomon.trace.pack import Likeness, Pack
from gnomon.trace.state import Around, Judged, Part, Reported, judged
from gnomon.trace.units import Unit

LEAST_SHARED = 8
"""Shingles: less is in common between any two functions of one library's users."""


class Thresholds(Struct, frozen=True, kw_only=True):
    """From what on code is called a copy; chosen by bench/lineage."""

    loading: float = 0.4
    """Similarity of a unit that deserializes, as the flawed one does."""
    other: float = 0.4
    """Similarity of any other."""
    shared: int = 24
    """Shingles that any other unit shares: short methods of one shape are no copies of one another."""


DEFAULT = Thresholds()


class Place(Struct, frozen=True):
    """A file's units."""

    path: str
    units: tuple[Unit, ...]
    text: str = ""

    @property
    def attributions(self) -> tuple[Attribution, ...]:
        """What its comments say about where code was taken from; looked for when somebody asks."""
        return _attributions(self.text)


@lru_cache(maxsize=64)
def _attributions(text: str) -> tuple[Attribution, ...]:
    return tuple(attributions(text))


def copies(
    pack: Pack,
    places: Sequence[Place],
    project: str = "",
    reported: Mapping[str, Mapping[int, Reported]] | None = None,
    thresholds: Thresholds = DEFAULT,
) -> tuple[Copy, ...]:
    """Every copy of a signature's code, unsafe ones first. `project` is the target's own name, if it has one."""
    around = Around(loading(places), reported)
    by_path = {place.path: place for place in places}
    found: list[Copy] = []
    for groups in _alike(pack, places, thresholds, around).values():
        everywhere = [entry for group in groups.values() for entry in group]
        for group in groups.values():
            copy = _copy(group, everywhere, around, project, by_path)
            if copy is not None:
                found.append(copy)
    return tuple(sorted(_beside(list(_best(found))), key=_urgency))


def _alike(
    pack: Pack, places: Iterable[Place], thresholds: Thresholds, around: Around
) -> Mapping[str, Mapping[tuple[str, str], list[tuple[str, Likeness]]]]:
    """For each signature's id what is like it, by file and outermost definition."""
    found: dict[str, dict[tuple[str, str], list[tuple[str, Likeness]]]] = defaultdict(lambda: defaultdict(list))
    for place in places:
        for unit in place.units:
            for likeness in pack.like(unit, LEAST_SHARED):
                if is_copy(likeness, thresholds, around):
                    outermost = unit.qualname.partition(".")[0]
                    found[likeness.signature.id][place.path, outermost].append((place.path, likeness))
    return found


def is_copy(likeness: Likeness, thresholds: Thresholds, around: Around) -> bool:
    """True if a unit has enough in common with a definition: less is asked for where both deserialize."""
    loads = bool(likeness.unit.loads) or any(name in around.named for name in likeness.unit.calls)
    if loads and likeness.definition.loads:
        return likeness.similarity >= thresholds.loading
    return likeness.similarity >= thresholds.other and likeness.shared >= thresholds.shared


def _copy(
    group: Sequence[tuple[str, Likeness]],
    everywhere: Sequence[tuple[str, Likeness]],
    around: Around,
    project: str,
    places: Mapping[str, Place],
) -> Copy | None:
    signature = group[0][1].signature
    parts = list(_parts(signature, group, everywhere))
    sinks = [part for part in parts if part.definition.role == "sink"]
    if not sinks:
        return None
    parts += _namesakes(signature, parts, places[sinks[0].path])
    state = judged(signature, parts, around)
    if state is None:
        return None
    return _told(signature, parts, sinks, state, project, places)


def _parts(
    signature: Signature, group: Sequence[tuple[str, Likeness]], everywhere: Sequence[tuple[str, Likeness]]
) -> Iterator[Part]:
    """The best unit for each definition: of this place; for what is not in it, of the target."""
    for definition in signature.definitions:
        here = [entry for entry in group if entry[1].definition is definition]
        others = [entry for entry in everywhere if entry[1].definition is definition]
        for path, likeness in sorted(here or (others if definition.role != "sink" else []), key=_rank)[:1]:
            yield Part(definition, likeness.unit, path, likeness.in_unit)


def _namesakes(signature: Signature, parts: Sequence[Part], place: Place) -> Iterator[Part]:
    """What opens the socket, by name, where its code is too different to be found: a repair may have changed it."""
    known = {part.definition.qualname for part in parts}
    for definition in signature.definitions:
        if definition.role == "endpoint" and definition.qualname not in known:
            for unit in place.units:
                if unit.qualname == definition.qualname:
                    yield Part(definition, unit, place.path, 0.0)


def _rank(entry: tuple[str, Likeness]) -> tuple[bool, float, int, bool]:
    """What loads, if the flawed code does; then what corresponds best: a class to a class, not to a method."""
    likeness = entry[1]
    loads_not = bool(likeness.definition.loads) and not likeness.unit.loads
    return loads_not, -likeness.agreement, -likeness.shared, likeness.unit.is_class


def _told(
    signature: Signature,
    parts: Sequence[Part],
    sinks: Sequence[Part],
    state: Judged,
    project: str,
    places: Mapping[str, Place],
) -> Copy:
    main = sinks[0]
    shared, of = 0, 0
    for part in parts:
        if part.path == main.path:
            shared += common(part.definition, part.unit)
            of += min(len(part.definition.statements), len(part.unit.statements))
    said = of_unit(places[main.path].attributions, main.unit)
    own = (signature.origin.repository, signature.origin.project)
    told = next((each for each in said if names(each, own)), None)
    return Copy(
        signature=signature.id,
        title=signature.title,
        origin=signature.origin.name,
        advisories=signature.advisories,
        path=main.path,
        qualname=main.unit.qualname,
        line=main.unit.line,
        end_line=main.unit.end_line,
        shared=shared,
        of=of,
        similarity=round(max(_similarity(part) for part in sinks), 3),
        state=state.state,
        reason=state.reason,
        attribution=told,
        is_origin=project.lower() in {each.lower() for each in own if each},
    )


def _similarity(part: Part) -> float:
    shared = len(part.unit.shingles.intersection(part.definition.shingles))
    return shared / min(len(part.unit.shingles), len(part.definition.shingles))


def common(definition: Definition, unit: Unit) -> int:
    """Statements that are the same in both, in order: the longest common subsequence, greedily bounded."""
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(None, definition.statements, unit.statements, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks())


def loading(places: Iterable[Place]) -> Mapping[str, Sequence[tuple[str, Unit]]]:
    """Functions that deserialize, by their last name, with their paths."""
    found: dict[str, list[tuple[str, Unit]]] = defaultdict(list)
    for place in places:
        for unit in place.units:
            # nobody calls `__init__` by its name but classes above: that is no call of this one
            if unit.loads and not unit.is_class and not unit.name.startswith("__"):
                found[unit.name].append((place.path, unit))
    return found


def _best(found: Sequence[Copy]) -> Iterator[Copy]:
    """Of several signatures for one place the one with most in common: families share code among themselves."""
    kept: list[Copy] = []
    for copy in sorted(found, key=lambda each: (-each.shared, -each.similarity, each.signature)):
        if not any(copy.path == other.path and meet(copy, other) for other in kept):
            kept.append(copy)
            yield copy


def _beside(found: Sequence[Copy]) -> Iterator[Copy]:
    """The copies, unsafe ones with what was repaired beside them: one project's fix often misses its second copy."""
    repaired = {copy.signature: copy for copy in found if copy.state == "fixed"}
    for copy in found:
        sibling = repaired.get(copy.signature) if copy.state in UNSAFE else None
        if sibling is None:
            yield copy
        else:
            reason = f"{copy.reason}; {sibling.qualname} ({sibling.path}:{sibling.line}) has been repaired"
            yield replace(copy, reason=reason)


def meet(one: Copy | Unit, other: Copy | Unit) -> bool:
    """True if two of one file have lines in common."""
    return one.line <= other.end_line and other.line <= one.end_line


def _urgency(copy: Copy) -> tuple[int, float, str, int]:
    order = UNSAFE.index(copy.state) if copy.state in UNSAFE else len(UNSAFE)
    return order, -copy.similarity, copy.path, copy.line
