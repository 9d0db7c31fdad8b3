"""Which strain was taken from which: attribution, dates and likeness, weighed and told."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from msgspec import Struct

from gnomon.core.lineage import Attribution, Clue, Edge
from gnomon.core.severity import Confidence
from gnomon.trace.attribution import names
from gnomon.trace.strains import FIRST_SEEN, Sighting, Strain, similarity

KIN = 0.4
"""Similarity from which two strains are of one family; with LEAST_SHARED as for copies (bench/lineage)."""
LEAST_SHARED = 16
"""Shingles that they have in common at least."""
_RELATED = 0.6
"""Similarity from which code of one project is a copy of other code of it: it has a style in common."""
_CLOSE = 0.8
_RARE = 3
"""Projects; code that more have is no sign of kinship."""
_STEP = 0.05
"""Differences of similarity below it don't decide."""


class Kin(Struct, frozen=True):
    """Two strains with code in common."""

    parent: Strain
    child: Strain
    similarity: float
    nearest: Sighting
    """The parent's, of all the one most like the child's first."""
    attribution: Attribution | None
    """The child's comment that names the parent's project."""
    earlier: bool | None
    """True if the parent was there first; None if that can't be told."""
    rare: int
    """Shingles that few other projects have."""


def edges(strains: Sequence[Strain], repositories: Mapping[str, str], origins: Mapping[str, str]) -> Iterator[Edge]:
    """For each strain that was taken from another the edge from its most likely source, and why.

    `repositories` gives `owner/name` for a project where it is known, `origins` the project of a signature.
    """
    alike = _alike(strains)
    projects = _projects_of(strains)
    taken: dict[str, str] = {}
    for child in sorted(strains, key=lambda strain: (strain.first.release.date or "9999", strain.id)):
        kin = [_kin(parent, child, repositories, projects) for parent in alike[child.id]]
        likely = [
            each
            for each in kin
            if _may_be(each, repositories, origins) and not _descends(each.parent.id, child.id, taken)
        ]
        if likely:
            best = max(likely, key=_likelihood)
            taken[child.id] = best.parent.id
            yield _edge(best)


def _alike(strains: Sequence[Strain]) -> dict[str, list[Strain]]:
    """For each strain those with enough in common."""
    holders: defaultdict[int, list[int]] = defaultdict(list)
    shingles = [frozenset().union(*(each.unit.shingles for each in _samples(strain))) for strain in strains]
    for number, own in enumerate(shingles):
        for shingle in own:
            holders[shingle].append(number)
    found: dict[str, list[Strain]] = {}
    for number, strain in enumerate(strains):
        counts = Counter(other for shingle in shingles[number] for other in holders[shingle])
        found[strain.id] = [
            strains[other]
            for other, shared in counts.items()
            if other != number
            and shared >= LEAST_SHARED
            and not _is_within(strains[other], strain)
            and _nearest(strains[other], strain)[0] >= (KIN if strains[other].project != strain.project else _RELATED)
        ]
    return found


def _is_within(one: Strain, other: Strain) -> bool:
    """True for a project's classes and functions of one file: they are alike because they belong together."""
    return one.project == other.project and one.last.path == other.last.path


def _samples(strain: Strain) -> list[Sighting]:
    """Some of its sightings, the first and the last among them."""
    step = max(len(strain.sightings) // 6, 1)
    return [*strain.sightings[::step], strain.last]


def _nearest(parent: Strain, child: Strain) -> tuple[float, Sighting]:
    """The parent's sighting that is most like the child's first, the oldest of several."""
    scored = [(similarity(each.unit, child.first.unit), each) for each in _samples(parent)]
    return max(scored, key=lambda entry: entry[0])


def _projects_of(strains: Iterable[Strain]) -> Mapping[int, set[str]]:
    found: defaultdict[int, set[str]] = defaultdict(set)
    for strain in strains:
        for shingle in strain.first.unit.shingles | strain.last.unit.shingles:
            found[shingle].add(strain.project)
    return found


def _kin(parent: Strain, child: Strain, repositories: Mapping[str, str], projects: Mapping[int, set[str]]) -> Kin:
    likeness, nearest = _nearest(parent, child)
    shared = nearest.unit.shingles & child.first.unit.shingles
    return Kin(
        parent=parent,
        child=child,
        similarity=likeness,
        nearest=nearest,
        attribution=_attribution(child, parent, repositories),
        earlier=_earlier(parent, child),
        rare=sum(len(projects[shingle]) <= _RARE for shingle in shared),
    )


def _attribution(child: Strain, parent: Strain, repositories: Mapping[str, str]) -> Attribution | None:
    if child.project == parent.project:
        return None
    called = [name for name in (repositories.get(parent.project, ""), parent.project) if name]
    return next((each for each in child.attributions if names(each, called)), None)


def _earlier(parent: Strain, child: Strain) -> bool | None:
    one, other = parent.first.release.date, child.first.release.date
    return one < other if one and other and one != other else None


def _may_be(kin: Kin, repositories: Mapping[str, str], origins: Mapping[str, str]) -> bool:
    """False if the two say that it was the other way round, or a signature does."""
    if kin.attribution is not None:
        return True
    if kin.child.project != kin.parent.project and kin.child.project in map(origins.get, kin.parent.signatures):
        return False
    if _attribution(kin.parent, kin.child, repositories) is not None or kin.child.first.is_origin:
        return False
    return kin.earlier is not False or kin.parent.first.is_origin


def _likelihood(kin: Kin) -> tuple[bool, bool, float, bool, str]:
    """Who says so himself comes first, then who was there first and is the most similar; of those the oldest."""
    date = kin.parent.first.release.date or "9999"
    older = "".join(chr(0x10FFFF - ord(char)) for char in date)
    likeness = round(kin.similarity / _STEP) * _STEP
    before = kin.earlier is True or kin.parent.first.is_origin
    return kin.attribution is not None, before, likeness, kin.parent.first.is_origin, older


def _descends(node: str, ancestor: str, taken: Mapping[str, str]) -> bool:
    """True if `node` was itself taken from `ancestor`, at whatever remove."""
    while node in taken:
        node = taken[node]
        if node == ancestor:
            return True
    return False


def _edge(kin: Kin) -> Edge:
    matcher = SequenceMatcher(None, kin.nearest.unit.statements, kin.child.first.unit.statements, autojunk=False)
    shared = sum(block.size for block in matcher.get_matching_blocks())
    return Edge(
        source=kin.parent.id,
        target=kin.child.id,
        similarity=round(kin.similarity, 3),
        shared=shared,
        of=len(kin.child.first.unit.statements),
        confidence=_confidence(kin),
        clues=tuple(_clues(kin)),
    )


def _confidence(kin: Kin) -> Confidence:
    if kin.attribution is not None:
        return Confidence.HIGH
    if kin.parent.first.is_origin and kin.similarity >= _CLOSE:
        return Confidence.MEDIUM
    # The day of a release says until when code had come at the latest, and nothing about how long before.
    first_seen = all(each.first.release.basis == FIRST_SEEN for each in (kin.parent, kin.child))
    if not (kin.earlier and first_seen):
        return Confidence.LOW
    return Confidence.HIGH if kin.similarity >= _CLOSE else Confidence.MEDIUM


def _clues(kin: Kin) -> Iterator[Clue]:
    child, parent = kin.child.first, kin.parent.first
    if kin.attribution is not None:
        yield Clue(kind="attribution", note=f"line {kin.attribution.line} says: {kin.attribution.text}")
    if kin.earlier is not None:
        days = (
            f"{parent.release.date} ({parent.release.basis or 'as given'}) "
            f"and {child.release.date} ({child.release.basis or 'as given'})"
        )
        if kin.earlier:
            note = f"{kin.parent.project} was there before it: {days}"
        elif parent.release.basis == FIRST_SEEN:
            note = f"{kin.parent.project} came later, by its dates, than it: {days}"
        else:
            note = f"{kin.parent.project} {parent.release.label} is younger, but what is in it may be older: {days}"
        yield Clue(kind="dates", note=note)
    elif kin.child.project != kin.parent.project:
        yield Clue(kind="dates", note="which was first can't be told from dates")
    yield Clue(kind="similarity", note=f"{kin.similarity:.0%} alike, most with {kin.nearest.release.label}")
    if kin.rare:
        yield Clue(kind="rare-code", note=f"{kin.rare:,} runs of tokens in common that few others have")
