"""What the releases of a survey say together as JSON: schema 1, `ecosystem.json`, and the rows of edges.parquet.

The structs below *are* the format: a field may be added to them within schema 1, none is renamed, retyped or removed.
Nothing in it depends on when, where or how often it was made.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from gnomon.core import ecosystem as core
from gnomon.core.lineage import Clue, Edge, Node
from gnomon.core.survey import Tools
from gnomon.render.survey_json import JsonSurveyTool, tool_of
from gnomon.render.trace_json import JsonClue
from gnomon.trace.families import is_doubtful


class JsonEcosystemSummary(Struct, frozen=True, kw_only=True):
    """All of it in numbers."""

    targets: int
    failed: int
    """Targets that could not be read."""
    packages: int
    flawed_packages: int
    """With a place in their newest release that is still unsafe."""
    unsafe: int
    """Such places."""
    functions: int
    """That were compared, in all releases."""
    bodies: int
    """Of these, such as differ in their code."""
    compared: int
    """Pairs of bodies that were held against one another."""
    alike: int
    families: int
    """Of at least two bodies."""
    flawed_families: int
    doubtful: int
    """Edges that are in edges.parquet alone: only a likeness of less than half of the code speaks for them."""


class JsonExposure(Struct, frozen=True, kw_only=True):
    """What scan says of the worst finding in flawed code."""

    severity: str | None
    """null if scan has no finding there."""
    reach: str
    authentication: str
    effective: bool
    fingerprint: str | None


class JsonFlawed(Struct, frozen=True, kw_only=True):
    """A release with flawed code in it."""

    label: str
    date: str | None


class JsonPackageHistory(Struct, frozen=True, kw_only=True):
    """A package through the releases that were looked at."""

    name: str
    releases: int
    newest: str | None
    newest_date: str | None
    state: str
    """As in the JSON of trace, of the worst place in the newest release; or `authenticated`, `clear`, `not-read`."""
    unsafe: int
    """Places in the newest release in which the load is still there, and no authentication holds it."""
    flawed: int
    """Releases with such a place."""
    first_flawed: JsonFlawed | None
    last_flawed: JsonFlawed | None
    exposure: JsonExposure
    """Of the worst such place in the last flawed release."""
    advisories: tuple[str, ...]
    """Known ones that cover a release that was looked at."""
    took_from: tuple[str, ...]
    gave_to: tuple[str, ...]
    incomplete: int
    """Releases that were not looked at as a whole."""
    failed: int


class JsonStanding(Struct, frozen=True, kw_only=True):
    """Flawed code that is still there in the newest release of its project."""

    node: str
    family: int
    project: str
    path: str
    line: int
    qualname: str
    release: str
    date: str | None
    state: str
    reason: str
    exposure: JsonExposure
    since: str
    """First release that it was seen flawed in."""
    releases: int
    """In which it was seen flawed."""
    source: str | None
    """Project that it was taken from."""
    confidence: str | None
    spread: int
    """Other projects that have it from here, directly or not."""
    signature: str | None


class JsonMember(Struct, frozen=True, kw_only=True):
    """A project that flawed code went to or came from."""

    name: str
    state: str
    unsafe: int
    looked_at: bool
    first_seen: str | None


class JsonPassage(Struct, frozen=True, kw_only=True):
    """Flawed code that went from one project to another: the surest of the places, and how many there are."""

    source: str
    target: str
    places: int
    unsafe: int
    """Of the copies, how many are still unsafe."""
    what: str
    """Qualified name of the surest copy."""
    similarity: float
    shared: int
    of: int
    confidence: str
    date: str | None
    """Day on which the first of the copies was seen."""
    clues: tuple[JsonClue, ...]


class JsonFamily(Struct, frozen=True, kw_only=True):
    """Flawed functions that are alike."""

    id: int
    """As in families.parquet and edges.parquet."""
    what: str
    """Qualified name of the oldest."""
    origin: str
    """Its project."""
    projects: int
    places: int
    unsafe: int
    edges: int


class JsonEcosystem(Struct, frozen=True, kw_only=True):
    """The document."""

    schema: int
    tool: JsonSurveyTool
    summary: JsonEcosystemSummary
    packages: tuple[JsonPackageHistory, ...]
    """Worst first."""
    standing: tuple[JsonStanding, ...]
    """By reach, the widest first."""
    projects: tuple[JsonMember, ...]
    passages: tuple[JsonPassage, ...]
    """Surest first."""
    families: tuple[JsonFamily, ...]
    """Those with flawed code, the largest first."""


class EdgeRow(Struct, frozen=True, kw_only=True):
    """A place of a project, through its releases, and the place that it was taken from."""

    family: int
    source: str
    source_project: str
    source_path: str
    source_qualname: str
    target: str
    target_project: str
    target_path: str
    target_qualname: str
    target_state: str
    first_seen: str | None
    """Day on which the copy was seen first."""
    similarity: float
    shared: int
    of: int
    confidence: str
    doubtful: bool
    """True if only a likeness of less than half of the code speaks for it."""
    attribution: str | None
    dates: str | None
    likeness: str | None
    rare_code: str | None
    """These four: what speaks for it."""


class FamilyRow(Struct, frozen=True, kw_only=True):
    """A function of a family of at least two bodies, or with flawed code; written by io/clone_join.py."""

    family: int
    body: str
    """As in functions.parquet."""
    target: str
    project: str
    path: str
    qualname: str
    flawed: bool
    """True if it is flawed, or was."""


TABLES: dict[str, type[Struct]] = {"families": FamilyRow, "edges": EdgeRow}


def document(told: core.Ecosystem, tools: Tools) -> JsonEcosystem:
    """The document as it is written."""
    return JsonEcosystem(
        schema=1,
        tool=tool_of(tools),
        summary=_summary(told),
        packages=tuple(map(_package, told.packages)),
        standing=tuple(map(_standing, told.standing)),
        projects=tuple(map(_member, told.members)),
        passages=tuple(map(_passage, told.passages)),
        families=tuple(map(_family, told.families)),
    )


def edge_rows(family: int, nodes: Iterable[Node], edges: Iterable[Edge]) -> Iterator[EdgeRow]:
    """The rows of a family."""
    known = {node.id: node for node in nodes}
    for edge in edges:
        source, target = known[edge.source], known[edge.target]
        yield EdgeRow(
            family=family,
            source=edge.source,
            source_project=source.project,
            source_path=source.path,
            source_qualname=source.qualname,
            target=edge.target,
            target_project=target.project,
            target_path=target.path,
            target_qualname=target.qualname,
            target_state=target.state,
            first_seen=target.first_seen or None,
            similarity=edge.similarity,
            shared=edge.shared,
            of=edge.of,
            confidence=edge.confidence.value,
            doubtful=is_doubtful(edge),
            attribution=_clue(edge.clues, "attribution"),
            dates=_clue(edge.clues, "dates"),
            likeness=_clue(edge.clues, "similarity"),
            rare_code=_clue(edge.clues, "rare-code"),
        )


def _clue(clues: Iterable[Clue], kind: str) -> str | None:
    return next((clue.note for clue in clues if clue.kind == kind), None)


def _summary(told: core.Ecosystem) -> JsonEcosystemSummary:
    return JsonEcosystemSummary(
        targets=told.targets,
        failed=told.failed,
        packages=len(told.packages),
        flawed_packages=sum(each.unsafe > 0 for each in told.packages),
        unsafe=sum(not each.exposure.effective for each in told.standing),
        functions=told.joined.functions,
        bodies=told.joined.bodies,
        compared=told.joined.compared,
        alike=told.joined.alike,
        families=told.joined.families,
        flawed_families=len(told.families),
        doubtful=told.doubtful,
    )


def _exposure(exposure: core.Exposure) -> JsonExposure:
    return JsonExposure(
        severity=exposure.severity.value if exposure.severity else None,
        reach=exposure.reach,
        authentication=exposure.authentication,
        effective=exposure.effective,
        fingerprint=exposure.fingerprint or None,
    )


def _package(history: core.PackageHistory) -> JsonPackageHistory:
    return JsonPackageHistory(
        name=history.name,
        releases=history.releases,
        newest=history.newest or None,
        newest_date=history.newest_date or None,
        state=history.state,
        unsafe=history.unsafe,
        flawed=history.flawed,
        first_flawed=_flawed(history.first_flawed),
        last_flawed=_flawed(history.last_flawed),
        exposure=_exposure(history.exposure),
        advisories=history.advisories,
        took_from=history.took_from,
        gave_to=history.gave_to,
        incomplete=history.incomplete,
        failed=history.failed,
    )


def _flawed(flawed: core.Flawed | None) -> JsonFlawed | None:
    return JsonFlawed(label=flawed.label, date=flawed.date or None) if flawed else None


def _standing(standing: core.Standing) -> JsonStanding:
    return JsonStanding(
        node=standing.node,
        family=standing.family,
        project=standing.project,
        path=standing.path,
        line=standing.line,
        qualname=standing.qualname,
        release=standing.release,
        date=standing.date or None,
        state=standing.state,
        reason=standing.reason,
        exposure=_exposure(standing.exposure),
        since=standing.since,
        releases=standing.releases,
        source=standing.source or None,
        confidence=standing.confidence.value if standing.confidence else None,
        spread=standing.spread,
        signature=standing.signature or None,
    )


def _member(member: core.Member) -> JsonMember:
    return JsonMember(
        name=member.name,
        state=member.state,
        unsafe=member.unsafe,
        looked_at=member.looked_at,
        first_seen=member.first_seen or None,
    )


def _passage(passage: core.Passage) -> JsonPassage:
    return JsonPassage(
        source=passage.source,
        target=passage.target,
        places=passage.places,
        unsafe=passage.unsafe,
        what=passage.what,
        similarity=passage.similarity,
        shared=passage.shared,
        of=passage.of,
        confidence=passage.confidence.value,
        date=passage.date or None,
        clues=tuple(JsonClue(kind=clue.kind, note=clue.note) for clue in passage.clues),
    )


def _family(family: core.Family) -> JsonFamily:
    return JsonFamily(
        id=family.id,
        what=family.what,
        origin=family.origin,
        projects=family.projects,
        places=family.places,
        unsafe=family.unsafe,
        edges=family.edges,
    )
