"""One project's releases or commits -> strains: the same function or class through all of them."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from gnomon.core.lineage import UNSAFE, Attribution, Moment, State
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
    order = {_key(release): number for number, release in enumerate(_sorted(releases))}
    found: list[Strain] = []
    for sighting in sorted(sightings, key=lambda each: (order[_key(each.release)], each.path, each.unit.line)):
        strain = _strain_of(sighting, found)
        if strain is None:
            found.append(Strain(sighting.release.project, [sighting]))
        else:
            strain.sightings.append(sighting)
    for strain in found:
        last = order[_key(strain.last.release)]
        strain.gone = tuple(
            release
            for release in _sorted(releases)
            if release.project == strain.project and release.whole and order[_key(release)] > last
        )
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


def _sorted(releases: Sequence[Release]) -> list[Release]:
    """By date where all of a project's have one, else as given."""
    dated = {release.project for release in releases} - {release.project for release in releases if not release.date}
    return sorted(releases, key=lambda each: (each.project, each.date if each.project in dated else ""))


def _strain_of(sighting: Sighting, found: Sequence[Strain]) -> Strain | None:
    """The strain that goes on in the sighting: under the same name, or else the most similar one."""
    open_ = [
        strain
        for strain in found
        if strain.project == sighting.release.project and strain.last.release.label != sighting.release.label
    ]
    for strain in open_:
        if (strain.last.path, strain.last.unit.qualname) == (sighting.path, sighting.unit.qualname):
            return strain
    best = max(open_, key=lambda strain: similarity(strain.last.unit, sighting.unit), default=None)
    return best if best is not None and similarity(best.last.unit, sighting.unit) >= SAME else None
