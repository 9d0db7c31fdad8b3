"""One project's releases or commits -> strains: the same function or class through all of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from gnomon.core.lineage import UNSAFE, Attribution, Moment, State
from gnomon.trace.bodies import Bodies
from gnomon.trace.units import Unit

FIRST_SEEN = "git history"
"""Basis of a date on which code came into a project, not only was there."""
SAME = 0.6
"""Similarity from which code under another name or path is the same strain, if nothing else is."""


class Release(Struct, frozen=True, kw_only=True):
    """A release or commit of a project that was looked at."""

    project: str
    label: str
    date: str = ""
    """ISO 8601 day; "" if it is not known."""
    basis: str = ""
    """What says so."""
    whole: bool = True
    """False for a commit of which only some files were looked at: what is not in it may be elsewhere."""


class Sighting(Struct, frozen=True, kw_only=True):
    """Flawed, or formerly flawed, code in one release."""

    release: Release
    path: str
    unit: Unit
    state: State
    reason: str
    attributions: tuple[Attribution, ...] = ()
    """Nearest first."""
    signature: str = ""
    """Id of the signature it is a copy of; "" if none."""
    is_origin: bool = False


class Strain(Struct):
    """The same code in a row of releases, oldest first."""

    project: str
    sightings: list[Sighting]
    gone: tuple[Release, ...] = ()
    """Later releases that were looked at and don't have it."""

    @property
    def first(self) -> Sighting:
        """The oldest."""
        return self.sightings[0]

    @property
    def last(self) -> Sighting:
        """The newest."""
        return self.sightings[-1]

    @property
    def id(self) -> str:
        """Unique among the strains of one run."""
        return f"{self.project}::{self.first.path}::{self.first.unit.qualname}"

    @property
    def signatures(self) -> frozenset[str]:
        """Ids of the signatures it matches."""
        return frozenset(sighting.signature for sighting in self.sightings if sighting.signature)

    @property
    def attributions(self) -> tuple[Attribution, ...]:
        """Of its first sighting: later comments may speak of later changes."""
        return self.first.attributions or self.last.attributions


def similarity(one: Unit, other: Unit) -> float:
    """Containment, the larger way: 0 to 1."""
    shared = len(one.shingles & other.shingles)
    return shared / max(min(len(one.shingles), len(other.shingles)), 1)


def strains(releases: Sequence[Release], sightings: Iterable[Sighting]) -> list[Strain]:
    """The sightings as strains; `releases` in the order in which the user named them, for those without a date."""
    order = {_key(release): number for number, release in enumerate(in_order(releases))}
    projects: defaultdict[str, _GoingOn] = defaultdict(_GoingOn)
    found: list[Strain] = []
    for sighting in sorted(sightings, key=lambda each: (order[_key(each.release)], each.path, each.unit.line)):
        begun = projects[sighting.release.project].add(sighting)
        found += [] if begun is None else [begun]
    whole: defaultdict[str, list[Release]] = defaultdict(list)
    for release in in_order(releases):
        if release.whole:
            whole[release.project].append(release)
    for strain in found:
        last = order[_key(strain.last.release)]
        strain.gone = tuple(release for release in whole[strain.project] if order[_key(release)] > last)
    return found


def moments(strain: Strain) -> tuple[Moment, ...]:
    """Its states, oldest first; where it was fixed and is not any more, that is said."""
    found: list[Moment] = []
    safe = False
    for sighting in strain.sightings:
        state: State = sighting.state
        if safe and state in UNSAFE:
            state = "reintroduced"
        safe = state not in (*UNSAFE, "unknown")
        found.append(
            Moment(
                label=sighting.release.label,
                date=sighting.release.date,
                state=state,
                reason=sighting.reason,
                path=sighting.path,
                line=sighting.unit.line,
            )
        )
    if strain.gone:
        release = strain.gone[0]
        reason = f"there is no code like it in {release.label} any more"
        found.append(
            Moment(
                label=release.label, date=release.date, state="removed", reason=reason, path=strain.last.path, line=0
            )
        )
    return tuple(found)


def _key(release: Release) -> tuple[str, str]:
    return release.project, release.label


def in_order(releases: Sequence[Release]) -> list[Release]:
    """By project, and of each by date where all of a project's have one, else as given."""
    dated = {release.project for release in releases} - {release.project for release in releases if not release.date}
    return sorted(releases, key=lambda each: (each.project, each.date if each.project in dated else ""))


class _GoingOn:
    """The strains of one project, by the name and by the code of their newest sighting."""

    def __init__(self) -> None:
        self._strains: list[Strain] = []
        self._named: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
        self._bodies = Bodies()
        self._holders: defaultdict[int, set[int]] = defaultdict(set)

    def add(self, sighting: Sighting) -> Strain | None:
        """Adds the sighting to the strain that goes on in it; if none does, to a new one, which is given back."""
        number = self._strain_of(sighting)
        if number is None:
            self._strains.append(Strain(sighting.release.project, [sighting]))
            self._enter(len(self._strains) - 1)
            return self._strains[-1]
        strain = self._strains[number]
        if (_name(strain.last), strain.last.unit.shingles) == (_name(sighting), sighting.unit.shingles):
            strain.sightings.append(sighting)
            return None
        self._leave(number)
        strain.sightings.append(sighting)
        self._enter(number)
        return None

    def _strain_of(self, sighting: Sighting) -> int | None:
        """Under the same name, or else the most similar one; of several the one that was there first."""
        found = min(self._open(self._named[_name(sighting)], sighting), default=None)
        if found is not None:
            return found
        alike = (
            (-similarity, number)
            for body, similarity in self._bodies.like(sighting.unit.shingles, SAME)
            for number in self._open(self._holders[body], sighting)
        )
        return min(alike, default=(0.0, None))[1]

    def _open(self, numbers: Iterable[int], sighting: Sighting) -> Iterator[int]:
        """Those that were not seen in the sighting's own release."""
        return (number for number in numbers if self._strains[number].last.release.label != sighting.release.label)

    def _enter(self, number: int) -> None:
        last = self._strains[number].last
        self._named[_name(last)].add(number)
        self._holders[self._bodies.add(last.unit.shingles)].add(number)

    def _leave(self, number: int) -> None:
        last = self._strains[number].last
        self._named[_name(last)].remove(number)
        body = self._bodies.add(last.unit.shingles)
        self._holders[body].remove(number)
        if not self._holders[body]:
            self._bodies.drop(body)


def _name(sighting: Sighting) -> tuple[str, str]:
    return sighting.path, sighting.unit.qualname
