"""Histories of git repositories as sightings: when flawed code came, when its state changed, when it went."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from gnomon.core.lineage import Copy
from gnomon.core.tree import Provenance
from gnomon.io.git_deleted import Deleted, deleted
from gnomon.io.git_history import Clone, Version, clone_of, history, since_copied
from gnomon.python.text import searchable
from gnomon.trace import reading
from gnomon.trace.copies import Place, copies, meet
from gnomon.trace.pack import Pack
from gnomon.trace.sightings import sighted
from gnomon.trace.state import Judged
from gnomon.trace.strains import FIRST_SEEN, SAME, Release, Sighting, similarity
from gnomon.trace.units import Unit

_SHORT = 12


class Past:
    """Looks back from a target's commit."""

    def __init__(self, target: str, about: Provenance, pack: Pack, sinks: frozenset[str]) -> None:
        """Raises TargetError if the target is in no repository on this machine."""
        self._clone: Clone = clone_of(target)
        self._project = about.project
        self._pack = pack
        self._sinks = sinks
        self.notes: set[tuple[str, str]] = set()
        """(path, what of its history was not read)."""

    def of(self, sighting: Sighting) -> Iterator[Sighting]:
        """The same code in earlier commits: the first that has it, and each at which its state changes."""
        return self._before(self._clone, sighting)

    def _before(self, clone: Clone, sighting: Sighting) -> Iterator[Sighting]:
        past = history(clone, sighting.path, sighting.unit.qualname.rpartition(".")[2])
        self.notes.update((sighting.path, f"its history: {note}") for note in past.notes)
        seen = [each for version in since_copied(past.versions) for each in self._in(version, sighting)]
        # a version that changed something else says nothing new
        yield from (now for at, now in enumerate(seen) if not at or now.state != seen[at - 1].state)

    def gone(self) -> Iterator[Sighting]:
        """Copies of signatures in files that are not there any more: as they were, and that they are gone."""
        words = sorted({sink.rpartition(".")[2].encode() for sink in self._sinks})
        for file in deleted(self._clone, words):
            versions = history(replace(self._clone, tip=file.last, path=""), file.path, most=1).versions
            if not versions:
                continue
            place = self._place(versions[-1])
            for copy in copies(self._pack, [place], self._project):
                unit = next(each for each in place.units if each.qualname == copy.qualname)
                last = self._sighting(versions[-1], place, unit, copy)
                yield from self._before(replace(self._clone, tip=file.last, path=""), last)
                yield self._gone(file, last)

    def _gone(self, file: Deleted, last: Sighting) -> Sighting:
        # what was deleted is in the commit that follows the last one that had it
        release = Release(
            project=self._project, label=f"after {file.last[:_SHORT]}", date=file.date, basis=FIRST_SEEN, whole=False
        )
        return replace(last, release=release, state="removed", reason="its file was deleted")

    def _in(self, version: Version, sighting: Sighting) -> Iterator[Sighting]:
        """The code in one version of its file, if it is there."""
        place = self._place(version)
        unit = _same(place.units, sighting.unit)
        if unit is None:
            return
        copy = next((each for each in copies(self._pack, [place], self._project) if meet(each, unit)), None)
        yield self._sighting(version, place, unit, copy)

    def _place(self, version: Version) -> Place:
        data = searchable(version.data)
        units, _ = reading.units_of(version.path, data, self._sinks)
        return Place(version.path, units, data.decode())

    def _sighting(self, version: Version, place: Place, unit: Unit, copy: Copy | None) -> Sighting:
        release = Release(
            project=self._project, label=version.commit[:_SHORT], date=version.date, basis=FIRST_SEEN, whole=False
        )
        by_load = Judged("unfixed", "the load is there") if unit.loads else Judged("fixed", "the load is not there")
        return sighted(release, place, unit, copy or by_load)


def _same(units: Sequence[Unit], wanted: Unit) -> Unit | None:
    """The unit of that name, or else the most similar one."""
    called = next((unit for unit in units if unit.qualname == wanted.qualname), None)
    if called is not None:
        return called
    best = max(units, key=lambda unit: similarity(unit, wanted), default=None)
    return best if best is not None and similarity(best, wanted) >= SAME else None
