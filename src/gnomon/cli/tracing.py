"""The answer on one target: read it, read what of it can hold a copy, ask scan, compare with the signatures."""

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from gnomon.core.finding import Finding, Skipped
from gnomon.core.lineage import Copy, Traced
from gnomon.core.model import Knowledge
from gnomon.core.signature import Signature
from gnomon.core.spread import Spread
from gnomon.core.tree import Provenance, SourceFile, Tree
from gnomon.io.provenance import provenance
from gnomon.io.results import results
from gnomon.io.targets import read
from gnomon.python.text import searchable
from gnomon.python.words import Words
from gnomon.trace import reading
from gnomon.trace.attribution import of_unit
from gnomon.trace.copies import Place, copies
from gnomon.trace.learning import at_line
from gnomon.trace.pack import Pack
from gnomon.trace.sinks import sink_tokens
from gnomon.trace.strains import Release, Sighting
from gnomon.trace.units import Unit

_TOP = re.compile(r"[^/]+-v?\d[^/]*/")
"""The folder that a source release lies in: it is another one in each release."""


class Looked(Struct, frozen=True, kw_only=True):
    """What one target gave."""

    traced: Traced
    release: Release
    sightings: tuple[Sighting, ...]


class _Read(Struct, frozen=True):
    place: Place | None
    skipped: Skipped | None


class Question(Struct, frozen=True, kw_only=True):
    """What is asked about each target."""

    knowledge: Knowledge
    signatures: tuple[Signature, ...]
    spread: Spread
    cache: bool


def looked_at(name: str, question: Question, pack: Pack) -> Looked:
    """The copies in a target, and its flawed code as sightings. Raises TargetError."""
    tree = read(name)
    about = provenance(tree)
    found = results(tree, question.knowledge, question.spread, keep=question.cache)
    findings = [each for each in found if isinstance(each, Finding)]
    places, skipped = _places(tree, question)
    reported = {(each.site.path, each.site.line): _said(each) for each in findings}
    copied = copies(pack, places, about.project, reported)
    release = Release(
        project=about.project or tree.target, label=about.label or "this", date=about.date, basis=about.basis
    )
    traced = Traced(
        target=tree.target,
        digest=tree.digest,
        copies=copied,
        files=len(tree.files),
        functions=sum(not unit.is_class for place in places for unit in place.units),
        skipped=tree.skipped + skipped,
        excluded=tree.excluded,
    )
    sightings = tuple(_sightings(release, copied, findings, {place.path: place for place in places}, question))
    return Looked(traced=traced, release=release, sightings=sightings)


def _places(tree: Tree, question: Question) -> tuple[list[Place], tuple[Skipped, ...]]:
    texts = {file.path: searchable(file.data) for file in tree.files}
    sinks = sink_tokens(question.knowledge.models)
    words = Words(texts, question.spread)
    words.begin()
    paths = reading.worth_parsing(texts, words, sinks, question.signatures)

    def ask(path: str) -> _Read:
        return _Read(*reading.read(path, texts[path], sinks))

    answers = list(question.spread(ask, paths, _Read, _lost))
    places = [answer.place for answer in answers if answer.place is not None]
    return places, tuple(answer.skipped for answer in answers if answer.skipped is not None)


def _lost(path: str, why: str) -> _Read:
    return _Read(None, Skipped(path=path, reason=f"not compared: {why}"))


def _said(finding: Finding) -> str:
    """What scan says of a load, in a few words."""
    if finding.endpoint is None:
        return ""
    return finding.message.rpartition(": ")[2]


def _sightings(
    release: Release,
    copied: Sequence[Copy],
    findings: Sequence[Finding],
    places: Mapping[str, Place],
    question: Question,
) -> Iterator[Sighting]:
    """Every copy, and every other function in which scan finds network bytes loaded."""
    seen: set[tuple[str, str]] = set()
    for copy in copied:
        unit = next(each for each in places[copy.path].units if each.qualname == copy.qualname)
        seen.add((copy.path, unit.qualname))
        yield _sighting(release, places[copy.path], unit, copy)
    for finding in findings:
        place = places.get(finding.site.path)
        flawed = at_line(place, finding.site.line) if place is not None and finding.endpoint is not None else None
        if place is None or flawed is None or any(_overlap(place.path, flawed, copy) for copy in copied):
            continue
        if (place.path, flawed.qualname) not in seen:
            seen.add((place.path, flawed.qualname))
            yield Sighting(
                release=release,
                path=_TOP.sub("", place.path, count=1),
                unit=flawed,
                state="unfixed",
                reason=finding.message,
                attributions=tuple(of_unit(place.attributions, flawed)),
            )


def _sighting(release: Release, place: Place, unit: Unit, copy: Copy) -> Sighting:
    return Sighting(
        release=release,
        path=_TOP.sub("", place.path, count=1),
        unit=unit,
        state=copy.state,
        reason=copy.reason,
        attributions=tuple(of_unit(place.attributions, unit)),
        signature=copy.signature,
        is_origin=copy.is_origin,
    )


def _overlap(path: str, unit: Unit, copy: Copy) -> bool:
    return path == copy.path and unit.line <= copy.end_line and copy.line <= unit.end_line
