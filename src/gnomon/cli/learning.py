"""What is flawed in one source, and repaired in another -> signatures, each tried on both."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from gnomon.cli.scanning import recognition
from gnomon.cli.tracing import TOP
from gnomon.cli.units import units_of
from gnomon.core.errors import GnomonError
from gnomon.core.finding import Finding
from gnomon.core.signature import Origin, RepairKind, Role, Signature
from gnomon.core.tree import Provenance, SourceFile, Tree
from gnomon.io.git_names import git_name
from gnomon.io.provenance import provenance
from gnomon.io.results import results
from gnomon.io.targets import read
from gnomon.io.workers import processors, spread
from gnomon.knowledge.load import load
from gnomon.python.project import is_test_like
from gnomon.python.text import searchable
from gnomon.trace.copies import Place, copies
from gnomon.trace.learning import Chosen, Draft, Repaired, at_line, learned, named
from gnomon.trace.pack import Pack

MOST_CHANGED = 8
"""Functions that a commit may change for all of them to be its flaw and its repair."""
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_KINDS: dict[str, RepairKind] = {"mitigated": "mitigated", "gated": "gated", "moved": "moved", "fixed": "fixed"}


class Wish(Struct, frozen=True, kw_only=True):
    """What the user says about the signature; empty where gnomon is to find it out."""

    at: tuple[str, ...] = ()
    finding: str = ""
    id: str = ""
    title: str = ""
    note: str = ""
    advisories: tuple[str, ...] = ()
    repository: str = ""
    licence: str = ""


class Lesson(Struct, frozen=True):
    """A signature, and what trying it has shown."""

    signature: Signature
    remark: str


class _Side(Struct, frozen=True):
    """A source that was read."""

    name: str
    tree: Tree
    about: Provenance
    places: tuple[Place, ...]
    findings: tuple[Finding, ...]


class _Flaw(Struct, frozen=True):
    """Definitions that make one flaw, and what is known of it."""

    chosen: tuple[Chosen, ...]
    findings: tuple[Finding, ...] = ()


def learned_from(sources: Sequence[str], wish: Wish) -> list[Lesson]:
    """A signature for each flaw, tried on the source and on the repair. Raises GnomonError."""
    if wish.id and not _ID.fullmatch(wish.id):
        raise GnomonError(f"{wish.id!r} is no id for a signature.", remedy="lower-case words joined by `-`: my-server")
    flawed, repaired = _sides(sources, wish)
    flaws = list(_flaws(flawed, repaired, wish))
    if not flaws:
        raise _nothing_to_learn(flawed, repaired)
    return [
        _lesson(flaw, flawed, repaired, wish, number if len(flaws) > 1 else 0) for number, flaw in enumerate(flaws, 1)
    ]


def _sides(sources: Sequence[str], wish: Wish) -> tuple[_Side, _Side | None]:
    if len(sources) == 2:
        return _side(sources[0]), _side(sources[1])
    (source,) = sources
    if git_name(source) is not None and not wish.at and not wish.finding:
        return _side(f"{source}^"), _side(source)
    return _side(source), None


def _side(name: str) -> _Side:
    tree = read(name)
    knowledge = load()
    several = spread(processors())
    found = results(tree, knowledge, several, recognition())
    files = [SourceFile(path=file.path, data=searchable(file.data)) for file in tree.files]
    read_units = units_of(files, knowledge, several)
    places = [Place(TOP.sub("", path, count=1), answer.units) for path, answer in read_units.items()]
    findings = tuple(each for each in found if isinstance(each, Finding) and each.endpoint is not None)
    return _Side(name, tree, provenance(tree), tuple(places), findings)


def _flaws(flawed: _Side, repaired: _Side | None, wish: Wish) -> Iterator[_Flaw]:
    if wish.at:
        chosen = tuple(_named_by_user(each, flawed) for each in wish.at)
        yield _Flaw(chosen, tuple(each for each in flawed.findings if any(_holds(some, each) for some in chosen)))
    elif wish.finding:
        found = [each for each in flawed.findings if each.fingerprint == wish.finding]
        if not found:
            raise GnomonError(
                f"{flawed.name} has no finding with the fingerprint {wish.finding}.",
                remedy=f"gnomon scan --format json {flawed.name}",
            )
        yield _flaw_of(found, flawed)
    elif repaired is not None:
        after = {each.fingerprint: each.severity for each in repaired.findings}
        changed = [each for each in flawed.findings if after.get(each.fingerprint) != each.severity]
        if changed:
            changed.sort(key=_place)
            for _, group in groupby(changed, key=_place):
                yield _flaw_of(list(group), flawed)
        else:
            yield from _changed(flawed, repaired)


def _holds(chosen: Chosen, finding: Finding) -> bool:
    path = TOP.sub("", finding.site.path, count=1)
    return path == chosen.path and chosen.unit.line <= finding.site.line <= chosen.unit.end_line


def _place(finding: Finding) -> tuple[str, str]:
    return finding.site.path, finding.qualname.partition(".")[0]


def _named_by_user(text: str, side: _Side) -> Chosen:
    path, _, name = text.partition("::")
    path, _, line = path.partition(":") if not name else (path, "", "")
    matching = [place for place in side.places if place.path == path or place.path.endswith(f"/{path}")]
    if not matching:
        raise GnomonError(
            f"{side.name} has no Python file {path}.", remedy="--at with a path as `gnomon scan` shows it"
        )
    for place in matching:
        unit = named(place, name) if name else at_line(place, int(line)) if line.isdecimal() else None
        if unit is not None:
            return Chosen(place.path, unit, "sink" if unit.loads or not name else "context")
    raise GnomonError(
        f"{path} of {side.name} has no function {'called ' + name if name else 'at line ' + (line or '?')}.",
        remedy=f"--at {path}:LINE, with a line inside of the function",
    )


def _flaw_of(findings: Sequence[Finding], side: _Side) -> _Flaw:
    """The functions that load, those that open the socket, and those the bytes pass through between them."""
    chosen: list[Chosen] = []
    by_path = {place.path: place for place in side.places}
    for finding in findings:
        sites: list[tuple[str, int, Role]] = [(finding.site.path, finding.site.line, "sink")]
        endpoint = finding.endpoint
        reach = [each.site for each in (endpoint.evidence if endpoint else ()) if each.claim == "reach" and each.site]
        sites += [(site.path, site.line, "endpoint") for site in reach]
        sites += [(step.site.path, step.site.line, "context") for step in finding.flow]
        for path, line, role in sites:
            place = by_path.get(TOP.sub("", path, count=1))
            unit = at_line(place, line) if place is not None else None
            if place is not None and unit is not None:
                chosen.append(Chosen(place.path, unit, role))
    return _Flaw(tuple(chosen), tuple(findings))


def _changed(flawed: _Side, repaired: _Side) -> Iterator[_Flaw]:
    """Functions whose statements differ: for flaws that no rule of scan knows."""
    after = {place.path: place for place in repaired.places}
    found: list[Chosen] = []
    for place in flawed.places:
        if is_test_like(place.path):
            continue
        other = after.get(place.path)
        # a getter and its setter have one name
        now = {(unit.qualname, unit.statements) for unit in other.units} if other is not None else set()
        different = (unit for unit in place.units if (unit.qualname, unit.statements) not in now)
        found += (Chosen(place.path, unit, "sink") for unit in different if not unit.is_class)
    loading = any(each.unit.loads for each in found)
    if len(found) > MOST_CHANGED:
        raise GnomonError(
            f"scan finds nothing that {repaired.name} repairs, and {len(found):,} functions differ.",
            remedy=f"name those that matter: --at {found[0].path}::{found[0].unit.qualname}",
        )
    if found:
        yield _Flaw(tuple(Chosen(each.path, each.unit, _role(each, loading=loading)) for each in found))


def _role(changed: Chosen, *, loading: bool) -> Role:
    """What does not load is beside the point where something else does."""
    return "context" if loading and not changed.unit.loads else "sink"


def _lesson(flaw: _Flaw, flawed: _Side, repaired: _Side | None, wish: Wish, number: int) -> Lesson:
    if not flaw.chosen:
        raise GnomonError("nothing of the flaw is in a function.", remedy="--at PATH:LINE")
    main = next((each for each in flaw.chosen if each.role == "sink"), flaw.chosen[0])
    about = replace(flawed.about, project=wish.repository.rpartition("/")[2] or flawed.about.project or flawed.name)
    draft = Draft(
        id=_id(wish, about, main, number),
        title=wish.title or f"{about.project}: {main.unit.qualname}",
        explanation=_explanation(flaw),
        origin=Origin(
            project=about.project,
            release=about.label,
            repository=wish.repository,
            date=about.date,
            digest=flawed.tree.digest,
            licence=wish.licence,
        ),
        rule=flaw.findings[0].rule if flaw.findings else "",
        advisories=wish.advisories,
    )
    signature = learned(draft, flaw.chosen)
    if repaired is None:
        return Lesson(signature, _tried(signature, flawed))
    kind, said = _kind(signature, repaired)
    after = Repaired(
        kind=kind,
        release=repaired.about.label,
        date=repaired.about.date,
        note=wish.note or said,
        places=repaired.places,
    )
    signature = learned(draft, flaw.chosen, [after])
    return Lesson(signature, f"{_tried(signature, flawed)}; in {repaired.name} it is {kind}")


def _id(wish: Wish, about: Provenance, main: Chosen, number: int) -> str:
    if wish.id:
        return f"{wish.id}-{number}" if number else wish.id
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", f"{about.project}-{main.unit.qualname}")
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-") or "signature"


def _explanation(flaw: _Flaw) -> str:
    if not flaw.findings:
        return "No rule of scan reports it."
    steps = "; ".join(step.note for step in flaw.findings[0].flow)
    return f"{flaw.findings[0].message}. {steps}".strip()


def _kind(signature: Signature, repaired: _Side) -> tuple[RepairKind, str]:
    """What the repair is, by what the signature says of it. Raises GnomonError if it is none."""
    found = [
        copy
        for copy in copies(Pack([signature]), repaired.places, repaired.about.project)
        if copy.signature == signature.id
    ]
    same = [copy for copy in found if copy.path == signature.definitions[0].path] or found
    if not same:
        return _rewritten(signature, repaired)
    state = same[0].state
    if signature.definitions[0].loads and state == "unfixed":
        return "mitigated", "scan finds it milder, and the load is still there"
    return _KINDS.get(state, "fixed"), same[0].reason


def _rewritten(signature: Signature, repaired: _Side) -> tuple[RepairKind, str]:
    """What became of definitions that are not alike any more: what has their names, if anything has."""
    sinks = {definition.qualname: definition for definition in signature.definitions if definition.role == "sink"}
    now = [unit for place in repaired.places for unit in place.units if unit.qualname in sinks]
    if not now:
        return "removed", "there is no code like it any more"
    if any(load.api in sinks[unit.qualname].loads for unit in now for load in unit.loads):
        return "mitigated", "it was rewritten, and scan finds it milder; the load is still there"
    return "fixed", "it was rewritten without the load"


def _tried(signature: Signature, flawed: _Side) -> str:
    found = copies(Pack([signature]), flawed.places, flawed.about.project)
    states = ", ".join(sorted({copy.state for copy in found}))
    return f"finds its origin: {len(found)} there, {states}" if found else "does not find its origin: it is too short"


def _nothing_to_learn(flawed: _Side, repaired: _Side | None) -> GnomonError:
    if repaired is not None:
        return GnomonError(
            f"{flawed.name} and {repaired.name} have the same findings and the same functions.",
            remedy="name a flawed and a repaired release",
        )
    first = next(iter(flawed.findings), None)
    at = f"--at {TOP.sub('', first.site.path, count=1)}:{first.site.line}" if first else "--at PATH:LINE"
    return GnomonError(
        f"{flawed.name} has {len(flawed.findings):,} findings with a network source: say which one is meant.",
        remedy=f"gnomon trace learn {flawed.name} {at}",
    )
