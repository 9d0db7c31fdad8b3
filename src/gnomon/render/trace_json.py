r"""What `gnomon trace` found as JSON, a contract that other programs build on: schema 1, versioned by itself.

The structs below *are* the format: a field may be added to them within schema 1, none is renamed, retyped or removed.
Text is exact, but for lone surrogates (bytes of a file name that are no text): these appear as `\udcff`.
"""

from msgspec import Struct

from gnomon.core import lineage as core
from gnomon.core.lineage import UNSAFE
from gnomon.render.document import encoded
from gnomon.render.outcome import Document
from gnomon.render.tone import WORST_FIRST
from gnomon.render.trace_outcome import TraceOutcome


class JsonTool(Struct, frozen=True, kw_only=True):
    """What made the document."""

    name: str
    version: str


class JsonSignatures(Struct, frozen=True, kw_only=True):
    """What the targets were compared with."""

    version: str
    count: int


class JsonAttribution(Struct, frozen=True, kw_only=True):
    """A comment that says where code was taken from."""

    line: int
    text: str
    project: str
    path: str | None
    revision: str | None


class JsonCopy(Struct, frozen=True, kw_only=True):
    """Code of the target that is, or was, the same as a signature's."""

    signature: str
    title: str
    origin: str
    is_origin: bool
    """True if the target is the project that the signature was taken from."""
    advisories: tuple[str, ...]
    path: str
    line: int
    end_line: int
    qualname: str
    shared: int
    """Statements that are the same."""
    of: int
    """Statements of the signature that were compared."""
    similarity: float
    """0 to 1."""
    state: str
    reason: str
    attribution: JsonAttribution | None


class JsonSkipped(Struct, frozen=True, kw_only=True):
    """What could not be looked at."""

    path: str
    reason: str


class JsonSummary(Struct, frozen=True, kw_only=True):
    """A target's answer in numbers."""

    copies: int
    unsafe: int
    """Copies in which the load is still there."""
    states: dict[str, int]
    """Every state, the worst first, with its number of copies."""
    files: int
    functions: int
    """Functions compared."""
    skipped: int
    complete: bool
    """False if anything was skipped."""


class JsonTarget(Struct, frozen=True, kw_only=True):
    """The answer about one target."""

    target: str
    digest: str | None
    summary: JsonSummary
    copies: tuple[JsonCopy, ...]
    skipped: tuple[JsonSkipped, ...]
    excluded: tuple[str, ...]


class JsonMoment(Struct, frozen=True, kw_only=True):
    """Code as it was in one release or commit."""

    label: str
    date: str | None
    """ISO 8601 day."""
    state: str
    reason: str
    path: str
    line: int


class JsonNode(Struct, frozen=True, kw_only=True):
    """One function or class of one project through its releases or commits."""

    id: str
    project: str
    qualname: str
    path: str
    state: str
    """In the newest moment; `unknown` if there is none."""
    first_seen: str | None
    """ISO 8601 day."""
    first_seen_basis: str | None
    moments: tuple[JsonMoment, ...]
    """Oldest first."""


class JsonClue(Struct, frozen=True, kw_only=True):
    """One reason to believe in an edge."""

    kind: str
    note: str


class JsonEdge(Struct, frozen=True, kw_only=True):
    """Code that was taken from one node, `source`, into another, `target`."""

    source: str
    target: str
    similarity: float
    shared: int
    of: int
    confidence: str
    clues: tuple[JsonClue, ...]


class JsonLineage(Struct, frozen=True, kw_only=True):
    """Who took what from whom."""

    nodes: tuple[JsonNode, ...]
    edges: tuple[JsonEdge, ...]


class JsonTrace(Struct, frozen=True, kw_only=True):
    """The document."""

    schema: int
    tool: JsonTool
    signatures: JsonSignatures
    targets: tuple[JsonTarget, ...]
    lineage: JsonLineage | None
    """None unless several targets or histories were compared with one another."""


def write(outcome: TraceOutcome) -> Document:
    """All of it in one object, harmless to print; the same bytes for the same answers, however long they took."""
    return Document(data=encoded(trace_of(outcome)))


def trace_of(outcome: TraceOutcome) -> JsonTrace:
    """The document as it is written."""
    return JsonTrace(
        schema=1,
        tool=JsonTool(name="gnomon", version=outcome.tool_version),
        signatures=JsonSignatures(version=outcome.pack_version, count=outcome.signatures),
        targets=tuple(target_of(traced) for traced in outcome.traced),
        lineage=_lineage(outcome.lineage) if outcome.lineage is not None else None,
    )


def target_of(traced: core.Traced) -> JsonTarget:
    """The answer about one target."""
    return JsonTarget(
        target=traced.target,
        digest=traced.digest or None,
        summary=_summary(traced),
        copies=tuple(_copy(copy) for copy in traced.copies),
        skipped=tuple(JsonSkipped(path=entry.path, reason=entry.reason) for entry in traced.skipped),
        excluded=traced.excluded,
    )


def _summary(traced: core.Traced) -> JsonSummary:
    states = [copy.state for copy in traced.copies]
    return JsonSummary(
        copies=len(states),
        unsafe=sum(state in UNSAFE for state in states),
        states={state: states.count(state) for state in WORST_FIRST},
        files=traced.files,
        functions=traced.functions,
        skipped=len(traced.skipped),
        complete=not traced.skipped,
    )


def _copy(copy: core.Copy) -> JsonCopy:
    return JsonCopy(
        signature=copy.signature,
        title=copy.title,
        origin=copy.origin,
        is_origin=copy.is_origin,
        advisories=copy.advisories,
        path=copy.path,
        line=copy.line,
        end_line=copy.end_line,
        qualname=copy.qualname,
        shared=copy.shared,
        of=copy.of,
        similarity=copy.similarity,
        state=copy.state,
        reason=copy.reason,
        attribution=_attribution(copy.attribution) if copy.attribution else None,
    )


def _attribution(attribution: core.Attribution) -> JsonAttribution:
    return JsonAttribution(
        line=attribution.line,
        text=attribution.text,
        project=attribution.project,
        path=attribution.path or None,
        revision=attribution.revision or None,
    )


def _lineage(lineage: core.Lineage) -> JsonLineage:
    return JsonLineage(
        nodes=tuple(_node(node) for node in lineage.nodes),
        edges=tuple(_edge(edge) for edge in lineage.edges),
    )


def _node(node: core.Node) -> JsonNode:
    return JsonNode(
        id=node.id,
        project=node.project,
        qualname=node.qualname,
        path=node.path,
        state=node.state,
        first_seen=node.first_seen or None,
        first_seen_basis=node.first_seen_basis or None,
        moments=tuple(
            JsonMoment(
                label=moment.label,
                date=moment.date or None,
                state=moment.state,
                reason=moment.reason,
                path=moment.path,
                line=moment.line,
            )
            for moment in node.moments
        ),
    )


def _edge(edge: core.Edge) -> JsonEdge:
    return JsonEdge(
        source=edge.source,
        target=edge.target,
        similarity=edge.similarity,
        shared=edge.shared,
        of=edge.of,
        confidence=edge.confidence.value,
        clues=tuple(JsonClue(kind=clue.kind, note=clue.note) for clue in edge.clues),
    )
