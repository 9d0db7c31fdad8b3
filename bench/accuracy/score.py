"""Labels and findings in, three separate scores out: sink found, source linked, reach and authentication right."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from bench.accuracy.labels import FLAWED, HARMLESS, OFF_HOST, READ, Bind, Case, GitCase, Kind, site
from bench.accuracy.scanner import Endpoint, Finding

NEAR = 2
"""Lines a report may be off and still mean the labelled call."""

CONTRACT_KINDS: Mapping[Kind, str] = {
    "zmq-recv": "zmq",
    "zmq-recv_pyobj": "zmq",
    "raw-socket": "socket",
    "http-body": "http",
    "grpc": "grpc",
    "torch-distributed": "torch-distributed",
    "shared-memory": "shared-memory",
    "mp-connection": "mp-connection",
    "redis": "redis",
    "file": "file",
}
"""Label kind -> kind in the report. `other` has none: there only the receive on the flow links the source."""

REACHES: Mapping[Bind, str] = {
    "wildcard": "any-host",
    "host-configurable": "configurable",
    "loopback": "this-host",
    "ipc-path": "this-host",
}
"""Bind -> reach. `connects-only` asks for the role, `unknown` for no confident claim."""


class Said(Struct, frozen=True, kw_only=True):
    """What the tool said at a labelled line."""

    rule: str
    severity: str
    confidence: str
    line: int
    source: str
    role: str
    reach: str
    address: str
    authentication: str
    effective: bool


class Scored(Struct, frozen=True, kw_only=True):
    """One label with the answer it got."""

    id: str
    package: str
    version: str
    path: str
    line: int | None
    sink: str
    source: Kind
    bind: Bind
    auth: str
    verdict: str
    basis: str
    shapes: tuple[str, ...]
    found: bool
    linked: bool
    reach_right: bool
    auth_right: bool
    said: Said | None

    @property
    def counts_for_recall(self) -> bool:
        """True if the call was read and is one a scanner should report in some way."""
        return self.basis in READ and self.verdict in FLAWED

    @property
    def endpoint_right(self) -> bool:
        """True if reach and authentication both are."""
        return self.reach_right and self.auth_right

    @property
    def false_alarm(self) -> bool:
        """True if a harmless or authenticated call is reported as high or critical."""
        return self.verdict in HARMLESS and self.serious

    @property
    def serious(self) -> bool:
        """True if the tool calls it high or critical."""
        return self.said is not None and self.said.severity in ("critical", "high")

    @property
    def claimed_off_host(self) -> bool:
        """True if the tool says another host can reach it, and that this matters."""
        return self.serious and self.said is not None and self.said.reach in ("any-host", "configurable")

    @property
    def off_host(self) -> bool:
        """True if the label says another host can reach it."""
        return self.verdict in OFF_HOST


def scored(labels: Sequence[Case | GitCase], findings: Iterable[Finding]) -> tuple[Scored, ...]:
    """Each label of one release with its answer."""
    answers = matched(labels, findings)
    return tuple(_scored(label, answers.get(label.id)) for label in labels)


def matched(labels: Sequence[Case | GitCase], findings: Iterable[Finding]) -> dict[str, Finding]:
    """Label id -> the finding at its line; each finding answers one label, nearest and then worst first."""
    order = ("critical", "high", "medium", "low", "note")
    pairs = sorted(
        (
            (distance, order.index(finding.severity), index, label.id, finding)
            for index, finding in enumerate(findings)
            for label in labels
            if (distance := _distance(label, finding)) is not None
        ),
        key=lambda pair: pair[:4],
    )
    answers: dict[str, Finding] = {}
    used: set[int] = set()
    for _, _, index, label_id, finding in pairs:
        if label_id not in answers and index not in used:
            answers[label_id] = finding
            used.add(index)
    return answers


def _distance(label: Case | GitCase, finding: Finding) -> int | None:
    if label.path != finding.path:
        return None
    if label.line is None:
        return 0 if label.qualname == finding.qualname else None
    lines = abs(label.line - finding.line)
    return lines if lines <= NEAR else None


def _scored(label: Case | GitCase, finding: Finding | None) -> Scored:
    return Scored(
        id=label.id,
        package=label.package,
        version=label.version,
        path=label.path,
        line=label.line,
        sink=label.sink,
        source=label.source,
        bind=label.bind,
        auth=label.auth if label.auth_effective is None else f"{label.auth} ({label.auth_effective})",
        verdict=label.verdict,
        basis=label.basis if isinstance(label, Case) else "read",
        shapes=label.shapes,
        found=finding is not None,
        linked=finding is not None and source_linked(label, finding),
        reach_right=finding is not None and reach_right(label.bind, finding),
        auth_right=finding is not None and auth_right(label, finding.endpoint),
        said=None if finding is None else _said(finding),
    )


def source_linked(label: Case | GitCase, finding: Finding) -> bool:
    """True if the finding names the label's kind of source, or its flow passes the labelled receive."""
    if CONTRACT_KINDS.get(label.source) == finding.source.kind:
        return True
    if label.receive_at is None:
        return False
    path, line = site(label.receive_at)
    return any(step.path == path and abs(step.line - line) <= NEAR for step in finding.flow)


def reach_right(bind: Bind, finding: Finding) -> bool:
    """True if the finding's reach is the one that follows from the label's bind."""
    endpoint = finding.endpoint
    if bind == "unknown":
        claims = endpoint is not None and endpoint.reach in ("any-host", "configurable")
        return not claims or finding.confidence == "low"
    if endpoint is None:
        return False
    if bind == "connects-only":
        return endpoint.role == "connect"
    return endpoint.reach == REACHES[bind]


def auth_right(label: Case | GitCase, endpoint: Endpoint | None) -> bool:
    """True if authentication is called effective exactly where reading says so, and then of the right kind."""
    if label.auth_effective != "yes":
        return endpoint is None or not endpoint.effective
    return endpoint is not None and endpoint.effective and endpoint.authentication == label.auth


def _said(finding: Finding) -> Said:
    endpoint = finding.endpoint
    return Said(
        rule=finding.rule,
        severity=finding.severity,
        confidence=finding.confidence,
        line=finding.line,
        source=finding.source.kind,
        role=endpoint.role if endpoint else "",
        reach=endpoint.reach if endpoint else "",
        address=endpoint.address if endpoint else "",
        authentication=endpoint.authentication if endpoint else "",
        effective=endpoint.effective if endpoint else False,
    )
