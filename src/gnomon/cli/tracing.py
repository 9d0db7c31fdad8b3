"""The answer on one target: read it, read what of it can hold a copy, ask scan, compare with the signatures."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from gnomon.cli.scanning import recognition
from gnomon.cli.units import units_of
from gnomon.core.errors import GnomonError
from gnomon.core.finding import Finding, Skipped
from gnomon.core.lineage import Copy, Traced
from gnomon.core.model import Knowledge
from gnomon.core.signature import Signature
from gnomon.core.spread import Spread
from gnomon.core.tree import Provenance, SourceFile, Tree
from gnomon.io.provenance import provenance
from gnomon.io.results import results
from gnomon.io.targets import read
from gnomon.io.unit_store import FileUnits
from gnomon.io.workers import processors, spread
from gnomon.knowledge import signatures
from gnomon.knowledge.load import load as knowledge
from gnomon.python.text import searchable
from gnomon.python.words import Words
from gnomon.trace.copies import Place, copies, meet
from gnomon.trace.learning import at_line
from gnomon.trace.pack import Pack
from gnomon.trace.sightings import sighted
from gnomon.trace.sinks import sink_tokens
from gnomon.trace.state import Judged, Reported
from gnomon.trace.strains import Release, Sighting
from gnomon.trace.worth import Worth

TOP = re.compile(r"[^/]+-v?\d[^/]*/")
"""The folder that a source release lies in: it is another one in each release."""


class Looked(Struct, frozen=True, kw_only=True):
    """What one target gave."""

    traced: Traced
    releases: tuple[Release, ...]
    """The target itself last."""
    sightings: tuple[Sighting, ...]
    places: tuple[Place, ...] = ()
    """The units that were compared, by file."""


class Question(Struct, frozen=True, kw_only=True):
    """What is asked about each target."""

    knowledge: Knowledge
    signatures: tuple[Signature, ...]
    spread: Spread
    cache: bool
    history: bool
    """Ask the histories of repositories, too."""
    all_functions: bool = False
    """Read every function into units, not only those that can be copies or load."""


def question_of(folders: Sequence[str], workers: int | None, *, cache: bool, history: bool) -> tuple[Question, str]:
    """The question with all that is known, and the version of the signatures. Raises KnowledgeError, GnomonError."""
    known = signature_files(folders)
    question = Question(
        knowledge=knowledge(),
        signatures=known.signatures(),
        spread=spread(workers or processors()),
        cache=cache,
        history=history,
    )
    return question, known.version


def signature_files(folders: Sequence[str]) -> signatures.SignatureFiles:
    """Gnomon's own and those in the folders. Raises KnowledgeError, GnomonError."""
    return signatures.load(map(_folder, folders))


def _folder(name: str) -> Path:
    """A folder that holds signatures, as `learn` writes it: its files lie in a folder `signatures` in it."""
    path = Path(name)
    if (path / signatures.PART).is_dir():
        return path
    if path.name == signatures.PART and path.is_dir():
        return path.parent
    raise GnomonError(
        f"there are no signatures in {name}: it has no folder `{signatures.PART}`.",
        remedy=f"gnomon trace learn SOURCE -o {name}",
    )


def looked_at(name: str, question: Question, pack: Pack) -> Looked:
    """The copies in a target, and its flawed code as sightings. Raises TargetError."""
    tree = read(name)
    found = results(tree, question.knowledge, question.spread, recognition(), keep=question.cache)
    return looked_into(tree, provenance(tree), found, question, pack)


def looked_into(
    tree: Tree, about: Provenance, found: Iterable[Finding | Skipped], question: Question, pack: Pack
) -> Looked:
    """The same of a tree that is read, and that scan was asked about: `found` is its whole answer."""
    findings = [each for each in found if isinstance(each, Finding)]
    places, skipped = _places(tree, question, findings)
    reported: dict[str, dict[int, Reported]] = {}
    for each in findings:
        reported.setdefault(each.site.path, {})[each.site.line] = _said(each)
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
    by_path = {place.path: place for place in places}
    sightings = tuple(_outermost(_sightings(release, copied, findings, by_path)))
    looked = Looked(traced=traced, releases=(release,), sightings=sightings, places=tuple(places))
    if question.history and not tree.digest.startswith("sha256:"):
        return _with_past(looked, about, question, pack)
    shorter = path_in(tree)
    return replace(looked, sightings=tuple(replace(each, path=shorter(each.path)) for each in sightings))


def path_in(tree: Tree) -> Callable[[str], str]:
    """Gives a file's path without the folder that a source release lies in, so that releases can be compared."""
    return (lambda path: path) if tree.digest.startswith("git:") else (lambda path: TOP.sub("", path, count=1))


def _with_past(looked: Looked, about: Provenance, question: Question, pack: Pack) -> Looked:
    """With what the histories of the files tell, and what was deleted."""
    from gnomon.cli.past import Past  # here, since most targets have no history

    past = Past(looked.traced.target, about, pack, sink_tokens(question.knowledge.models))
    earlier = [each for sighting in looked.sightings for each in past.of(sighting)]
    gone = list(past.gone())
    releases = dict.fromkeys(each.release for each in (*earlier, *gone))
    notes = tuple(Skipped(path=path, reason=reason) for path, reason in sorted(past.notes))
    return replace(
        looked,
        traced=replace(looked.traced, skipped=looked.traced.skipped + notes),
        releases=(*releases, *looked.releases),
        sightings=(*earlier, *gone, *looked.sightings),
    )


def _places(tree: Tree, question: Question, findings: Iterable[Finding]) -> tuple[list[Place], tuple[Skipped, ...]]:
    """What of the target can be a copy, and what scan reports."""
    texts = {file.path: searchable(file.data) for file in tree.files}
    worth = None if question.all_functions else Worth(sink_tokens(question.knowledge.models), question.signatures)

    def read_units(paths: Iterable[str], worth: Worth | None) -> dict[str, FileUnits]:
        files = [SourceFile(path=path, data=texts[path]) for path in paths]
        return units_of(files, question.knowledge, question.spread, worth, keep=question.cache)

    found = read_units(texts if worth is None else _worth_reading(texts, worth, question.spread), worth)
    if unread := _unread(found, findings):
        found |= read_units(unread, None)
    places = [Place(path, answer.units, texts[path].decode()) for path, answer in found.items()]
    problems = tuple(Skipped(path=path, reason=answer.problem) for path, answer in found.items() if answer.problem)
    return places, problems


def _worth_reading(texts: Mapping[str, bytes], worth: Worth, spread: Spread) -> list[str]:
    words = Words(texts, spread)
    words.begin()
    return worth.files(texts, words)


def _unread(found: Mapping[str, FileUnits], findings: Iterable[Finding]) -> list[str]:
    """Files in which scan finds a load where there is no unit: one that is called by a name of the file's own."""
    sites = [each.site for each in findings if each.endpoint is not None and each.site.path in found]
    return list(
        dict.fromkeys(
            site.path
            for site in sites
            if not any(unit.line <= site.line <= unit.end_line for unit in found[site.path].units)
        )
    )


def _said(finding: Finding) -> Reported:
    if finding.endpoint is None:
        return Reported("")
    return Reported(finding.message.rpartition(": ")[2], finding.endpoint.address)


def _sightings(
    release: Release,
    copied: Sequence[Copy],
    findings: Sequence[Finding],
    places: Mapping[str, Place],
) -> Iterator[Sighting]:
    """Every copy, and every other function in which scan finds network bytes loaded."""
    seen: set[tuple[str, str]] = set()
    for copy in copied:
        unit = next(each for each in places[copy.path].units if each.qualname == copy.qualname)
        seen.add((copy.path, unit.qualname))
        yield sighted(release, places[copy.path], unit, copy)
    for finding in findings:
        place = places.get(finding.site.path)
        flawed = at_line(place, finding.site.line) if place is not None and finding.endpoint is not None else None
        if place is None or flawed is None or any(copy.path == place.path and meet(copy, flawed) for copy in copied):
            continue
        if (place.path, flawed.qualname) not in seen:
            seen.add((place.path, flawed.qualname))
            yield sighted(release, place, flawed, Judged("unfixed", finding.message))


def _outermost(sightings: Iterable[Sighting]) -> Iterator[Sighting]:
    """Without methods of a class that is there itself."""
    found = list(sightings)
    classes = {(each.path, each.unit.qualname) for each in found if each.unit.is_class}
    return (each for each in found if (each.path, each.unit.qualname.rpartition(".")[0]) not in classes)
