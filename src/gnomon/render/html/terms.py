"""The words from closed lists in a document: a newer gnomon may have more of them."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias, get_args

from gnomon.core.audit import Status
from gnomon.core.endpoint import Authentication, Reach, Role, Transport
from gnomon.core.lineage import EvidenceKind, State
from gnomon.core.severity import Confidence, Severity
from gnomon.probe.verdict import Verdict
from gnomon.render.audit_json import JsonAudit
from gnomon.render.json import JsonFinding, JsonReport
from gnomon.render.probe_json import JsonProbe
from gnomon.render.trace_json import JsonTrace

Document: TypeAlias = JsonReport | JsonTrace | JsonAudit | JsonProbe
Term: TypeAlias = tuple[str, str, tuple[str, ...]]
"""Where it stands, what it is, what it may be."""

_SEVERITIES = tuple(each.value for each in Severity)
_CONFIDENCES = tuple(each.value for each in Confidence)
_REACHES: tuple[str, ...] = get_args(Reach)
_AUTHENTICATIONS: tuple[str, ...] = get_args(Authentication)
_STATES: tuple[str, ...] = get_args(State)


def unknown_term(document: Document) -> str:
    """The first word that is on no list, and where: `findings[3].severity is "sever"`; "" if all are known."""
    for where, what, known in _terms(document):
        if what not in known:
            return f'{where} is "{what[:60]}"'
    return ""


def _terms(document: Document) -> Iterator[Term]:
    match document:
        case JsonReport():
            yield from _of_findings("findings", document.findings)
            yield from _of_findings("suppressed", [each.finding for each in document.suppressed])
        case JsonProbe():
            yield from _of_findings("findings", document.findings)
            for number, socket in enumerate(document.sockets):
                yield f"sockets[{number}].verdict", socket.verdict, get_args(Verdict)
                yield f"sockets[{number}].reach", socket.reach, _REACHES
        case JsonAudit():
            for number, verdict in enumerate(document.verdicts):
                yield f"verdicts[{number}].status", verdict.status, get_args(Status)
                yield f"verdicts[{number}].severity", verdict.severity, _SEVERITIES
        case JsonTrace():
            yield from _of_trace(document)


def _of_findings(name: str, findings: Sequence[JsonFinding]) -> Iterator[Term]:
    for number, finding in enumerate(findings):
        where, endpoint = f"{name}[{number}]", finding.endpoint
        yield f"{where}.severity", finding.severity, _SEVERITIES
        yield f"{where}.confidence", finding.confidence, _CONFIDENCES
        if endpoint is not None:
            yield f"{where}.endpoint.role", endpoint.role, get_args(Role)
            yield f"{where}.endpoint.transport", endpoint.transport, get_args(Transport)
            yield f"{where}.endpoint.reach", endpoint.reach, _REACHES
            yield f"{where}.endpoint.authentication", endpoint.authentication, _AUTHENTICATIONS


def _of_trace(trace: JsonTrace) -> Iterator[Term]:
    for at, target in enumerate(trace.targets):
        for number, copy in enumerate(target.copies):
            yield f"targets[{at}].copies[{number}].state", copy.state, _STATES
    if trace.lineage is None:
        return
    for at, node in enumerate(trace.lineage.nodes):
        yield f"lineage.nodes[{at}].state", node.state, _STATES
        for number, moment in enumerate(node.moments):
            yield f"lineage.nodes[{at}].moments[{number}].state", moment.state, _STATES
    for at, edge in enumerate(trace.lineage.edges):
        yield f"lineage.edges[{at}].confidence", edge.confidence, _CONFIDENCES
        for number, clue in enumerate(edge.clues):
            yield f"lineage.edges[{at}].clues[{number}].kind", clue.kind, get_args(EvidenceKind)
