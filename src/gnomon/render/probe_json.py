"""A probe as JSON, the contract that other programs build on: schema 1, apart from gnomon's own values.

Findings are as in the report of `gnomon scan`: their `path` is the socket's address, `line` and `column` are 0.
"""

from msgspec import Struct

from gnomon.core.severity import Severity
from gnomon.probe.owner import Owner, Package
from gnomon.probe.verdict import Row
from gnomon.render.document import encoded
from gnomon.render.json import JsonFinding, JsonRemark, JsonSkipped, JsonTool, finding_of, remarks_of, skipped_of
from gnomon.render.outcome import Document
from gnomon.render.probe_outcome import ProbeOutcome


class JsonPackage(Struct, frozen=True, kw_only=True):
    """A release of a distribution."""

    name: str
    version: str
    purl: str


class JsonOwner(Struct, frozen=True, kw_only=True):
    """The process that has the socket."""

    pid: int
    name: str
    command: str
    user: int | None
    environment: str | None
    framework: JsonPackage | None
    basis: str
    """`observed`: the process runs the framework; `inferred`: it is installed in its environment; `unknown`."""
    libraries: tuple[JsonPackage, ...]
    namespace: str | None
    """Inode of its network namespace, if it is another."""


class JsonSocket(Struct, frozen=True, kw_only=True):
    """One place that was asked."""

    host: str
    port: int | None
    endpoint: str
    verdict: str
    state: str
    type: str | None
    mechanism: str | None
    protocol: str | None
    identity: str | None
    """What the socket calls itself, as hexadecimal digits."""
    reach: str
    detail: str | None
    owner: JsonOwner | None


class JsonProbeSummary(Struct, frozen=True, kw_only=True):
    """The probe in numbers."""

    asked: int
    verdicts: dict[str, int]
    findings: int
    severity: dict[str, int]
    skipped: int
    complete: bool
    """False if anything was skipped."""
    began: str
    """UTC, ISO 8601."""
    seconds: float


class JsonProbe(Struct, frozen=True, kw_only=True):
    """The document."""

    schema: int
    tool: JsonTool
    target: str
    summary: JsonProbeSummary
    sockets: tuple[JsonSocket, ...]
    """Those that speak, or could not be asked; with `--all` every one."""
    findings: tuple[JsonFinding, ...]
    skipped: tuple[JsonSkipped, ...]
    remarks: tuple[JsonRemark, ...]


def write(outcome: ProbeOutcome) -> Document:
    """The whole answer."""
    return Document(data=encoded(probe_of(outcome)))


def probe_of(outcome: ProbeOutcome) -> JsonProbe:
    """The document as it is written."""
    report = outcome.report
    severities = [finding.severity for finding in report.findings]
    return JsonProbe(
        schema=1,
        tool=JsonTool(name="gnomon", version=report.tool_version, knowledge=report.knowledge_version),
        target=report.target,
        summary=JsonProbeSummary(
            asked=outcome.asked,
            verdicts=dict(sorted(outcome.counts.items())),
            findings=len(report.findings),
            severity={severity.value: severities.count(severity) for severity in Severity},
            skipped=len(report.skipped),
            complete=not report.skipped,
            began=outcome.began.isoformat(timespec="seconds"),
            seconds=round(outcome.elapsed_s, 3),
        ),
        sockets=tuple(map(_socket, outcome.rows)),
        findings=tuple(map(finding_of, report.findings)),
        skipped=skipped_of(report),
        remarks=remarks_of(report),
    )


def _socket(row: Row) -> JsonSocket:
    return JsonSocket(
        host=row.host,
        port=row.port,
        endpoint=row.endpoint,
        verdict=row.verdict,
        state=row.state,
        type=row.kind or None,
        mechanism=row.mechanism or None,
        protocol=row.protocol or None,
        identity=row.said.identity.hex() or None if row.said else None,
        reach=row.reach,
        detail=row.detail or None,
        owner=_owner(row.owner) if row.owner else None,
    )


def _owner(owner: Owner) -> JsonOwner:
    return JsonOwner(
        pid=owner.pid,
        name=owner.name,
        command=owner.command,
        user=owner.user,
        environment=owner.environment or None,
        framework=_package(owner.framework) if owner.framework else None,
        basis=owner.basis,
        libraries=tuple(map(_package, owner.libraries)),
        namespace=owner.namespace or None,
    )


def _package(package: Package) -> JsonPackage:
    return JsonPackage(name=package.name, version=package.version, purl=package.purl)
