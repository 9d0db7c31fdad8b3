"""Which strain was taken from which: attribution, dates and likeness, weighed and told."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from heapq import nlargest
from itertools import islice
from typing import TypeAlias

from msgspec import Struct

from gnomon.core.lineage import Attribution, Clue, Edge
from gnomon.core.severity import Confidence
from gnomon.trace.attribution import last_name, names
from gnomon.trace.bodies import Bodies
from gnomon.trace.strains import FIRST_SEEN, Sighting, Strain

KIN = 0.4
"""Similarity from which two strains are of one family; with LEAST_SHARED as for copies (bench/lineage)."""
LEAST_SHARED = 16
"""Shingles that they have in common at least."""
MOST_ALIKE = 100
"""Sets of shingles that are looked at for one strain's source, the most similar ones."""
MOST_HOLDING = 32
"""Strains with one set of shingles that are looked at for a source, beside those that a comment names."""
_RELATED = 0.6
"""Similarity from which code of one project is a copy of other code of it: it has a style in common."""
_CLOSE = 0.8
_RARE = 3
"""Projects; code that more have is no sign of kinship."""
_STEP = 0.05
"""Differences of similarity below it don't decide."""


_Likelihood: TypeAlias = tuple[bool, bool, int, bool, str]


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


def edges(strains: Sequence[Strain], repositories: Mapping[str, str], origins: Mapping[str, str]) -> Iterator[Edge]:
    """For each strain that was taken from another the edge from its most likely source, and why.

    `repositories` gives `owner/name` for a project where it is known, `origins` the project of a signature.
    """
    relations = _Relations(strains, repositories)
    projects = _projects_of(strains)
    taken: dict[str, str] = {}
    for child in sorted(strains, key=lambda strain: (strain.first.release.date or "9999", strain.id)):
        best: Kin | None = None
        likeliest: tuple[_Likelihood, int] | None = None
        for alike in relations.of(child):
            if likeliest and not child.attributions and _is_settled(likeliest[0], alike.similarity):
                break  # nobody names a source, and those that are left are less alike than one that was there first
            kin = _kin(alike, child, repositories)
            if _may_be(kin, repositories, origins) and not _descends(kin.parent.id, child.id, taken):
                likelihood = _likelihood(kin), -alike.number
                if likeliest is None or likelihood > likeliest:
                    best, likeliest = kin, likelihood
        if best is not None:
            taken[child.id] = best.parent.id
            yield _edge(best, projects)


class _Alike(Struct, frozen=True):
    """A strain with enough in common with another's beginning."""

    number: int
    """Among the strains; of equally likely ones the first counts."""
    strain: Strain
    similarity: float
    nearest: Sighting
    """Most like it, the oldest of several."""


class _Relations:
    """Strains by the code of their sightings."""

    def __init__(self, strains: Sequence[Strain], repositories: Mapping[str, str]) -> None:
        self._strains = strains
        self._bodies = Bodies()
        self._samples = [
            [(self._bodies.add(each.unit.shingles), each) for each in _samples(strain)] for strain in strains
        ]
        self._shingles = [frozenset().union(*(each.unit.shingles for _, each in samples)) for samples in self._samples]
        self._numbers = {id(strain): number for number, strain in enumerate(strains)}
        self._holders: defaultdict[int, dict[int, None]] = defaultdict(dict)
        self._named: defaultdict[tuple[str, int], dict[int, None]] = defaultdict(dict)
        for number in sorted(range(len(strains)), key=self._age):
            project = strains[number].project
            for body, _ in self._samples[number]:
                self._holders[body][number] = None
                for name in filter(None, (project, repositories.get(project, ""))):
                    self._named[last_name(name), body][number] = None

    def of(self, child: Strain) -> Iterator[_Alike]:
        """Those with enough in common with it, the most similar first; of very many the most likely sources."""
        like = self._bodies.like(child.first.unit.shingles, KIN)
        similarities = dict(nlargest(MOST_ALIKE, like, key=lambda entry: (entry[1], -entry[0])))
        mine = self._shingles[self._numbers[id(child)]]
        candidates = {number for body in similarities for number in self._likely(body, child)}
        nearest = {number: self._nearest(number, similarities) for number in candidates}
        for number in sorted(candidates, key=lambda number: (-nearest[number][0], number)):
            other, (likeness, sighting) = self._strains[number], nearest[number]
            if other is child or _is_within(other, child):
                continue
            if likeness < (KIN if other.project != child.project else _RELATED):
                continue
            if len(mine & self._shingles[number]) >= LEAST_SHARED:
                yield _Alike(number, other, likeness, sighting)

    def _nearest(self, number: int, similarities: Mapping[int, float]) -> tuple[float, Sighting]:
        """Of a strain's sightings the most similar one, the oldest of several."""
        return max(
            ((similarities.get(body, 0.0), each) for body, each in self._samples[number]), key=lambda entry: entry[0]
        )

    def _likely(self, body: int, child: Strain) -> Iterator[int]:
        """Who has it: if very many do, the oldest of them, and those whom the child's comments name."""
        yield from islice(self._holders[body], MOST_HOLDING)
        for each in child.attributions:
            yield from islice(self._named.get((last_name(each.project), body), ()), MOST_HOLDING)

    def _age(self, number: int) -> tuple[bool, str, int]:
        """Origins first, then by date."""
        first = self._strains[number].first
        return not first.is_origin, first.release.date or "9999", number


def _is_within(one: Strain, other: Strain) -> bool:
    """True for a project's classes and functions of one file: they are alike because they belong together."""
    return one.project == other.project and one.last.path == other.last.path


def _samples(strain: Strain) -> list[Sighting]:
    """Some of its sightings, the first and the last among them."""
    step = max(len(strain.sightings) // 6, 1)
    return [*strain.sightings[::step], strain.last]


def _projects_of(strains: Iterable[Strain]) -> Mapping[int, set[str]]:
    found: defaultdict[int, set[str]] = defaultdict(set)
    for strain in strains:
        for shingle in strain.first.unit.shingles | strain.last.unit.shingles:
            found[shingle].add(strain.project)
    return found


def _kin(alike: _Alike, child: Strain, repositories: Mapping[str, str]) -> Kin:
    parent = alike.strain
    return Kin(
        parent=parent,
        child=child,
        similarity=alike.similarity,
        nearest=alike.nearest,
        attribution=_attribution(child, parent, repositories),
        earlier=_earlier(parent, child),
    )


def _attribution(child: Strain, parent: Strain, repositories: Mapping[str, str]) -> Attribution | None:
    if child.project == parent.project or not child.attributions:
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


def _likelihood(kin: Kin) -> _Likelihood:
    """Who says so himself comes first, then who was there first and is the most similar; of those the oldest."""
    date = kin.parent.first.release.date or "9999"
    older = "".join(chr(0x10FFFF - ord(char)) for char in date)
    before = kin.earlier is True or kin.parent.first.is_origin
    return kin.attribution is not None, before, _steps(kin.similarity), kin.parent.first.is_origin, older


def _steps(similarity: float) -> int:
    return round(similarity / _STEP)


def _is_settled(best: _Likelihood, similarity: float) -> bool:
    """True if nobody who is less alike than that can be likelier, unless he is named."""
    _, before, steps, _, _ = best
    return before and _steps(similarity) < steps


def _descends(node: str, ancestor: str, taken: Mapping[str, str]) -> bool:
    """True if `node` was itself taken from `ancestor`, at whatever remove."""
    while node in taken:
        node = taken[node]
        if node == ancestor:
            return True
    return False


def _edge(kin: Kin, projects: Mapping[int, set[str]]) -> Edge:
    shingles = kin.nearest.unit.shingles & kin.child.first.unit.shingles
    rare = sum(len(projects[shingle]) <= _RARE for shingle in shingles)
    return Edge(
        source=kin.parent.id,
        target=kin.child.id,
        similarity=round(kin.similarity, 3),
        shared=_shared(kin.nearest.unit.statements, kin.child.first.unit.statements),
        of=len(kin.child.first.unit.statements),
        confidence=_confidence(kin),
        clues=tuple(_clues(kin, rare)),
    )


def _shared(one: Sequence[int], other: Sequence[int]) -> int:
    """Statements that are the same in both, in order."""
    if one == other:
        return len(one)
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks())


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


def _clues(kin: Kin, rare: int) -> Iterator[Clue]:
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
    if rare:
        yield Clue(kind="rare-code", note=f"{rare:,} runs of tokens in common that few others have")
