r"""A report as JSON, the contract that other programs build on: schema 1, apart from gnomon's own values.

The structs below *are* the format: a field may be added to them within schema 1, none is renamed, retyped or removed.
What was added has a default, which stands for a report of an earlier gnomon when one is read again.
Several targets make an array of such reports. Text is exact, but for lone surrogates (bytes of a file name that are no
text): these appear as `\udcff`, since no UTF-8 document can hold them.
"""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import asdict

from gnomon.core import finding as core
from gnomon.core.endpoint import Endpoint, Evidence
from gnomon.core.incomplete import COMPLETION, Incomplete
from gnomon.core.severity import Severity
from gnomon.core.site import Step
from gnomon.render.document import encoded
from gnomon.render.outcome import Document, Outcome


class JsonTool(Struct, frozen=True, kw_only=True):
    """What made the report."""

    name: str
    version: str
    knowledge: str


class JsonSummary(Struct, frozen=True, kw_only=True):
    """The report in numbers."""

    findings: int
    severity: dict[str, int]
    """Every severity, worst first, with its number of findings."""
    rules: dict[str, int]
    """The rules that have findings, by id."""
    files: int
    lines: int
    hidden: int
    """Findings below the chosen thresholds or of rules that were not asked for."""
    suppressed: int
    gone: int
    """Findings of the baseline that none of the run's targets has any more; told by the last report."""
    base: str | None
    """Id of the commit whose findings are known (`--since`)."""
    removed: int
    """Findings that the base has and the target has no more; 0 if nothing was found: the base is not read then."""
    skipped: int
    complete: bool
    """False if anything was skipped."""
    excluded: tuple[str, ...]
    """Folders left out by rule, such as `.git`, and files that the configuration excludes."""
    digest: str | None


class JsonSource(Struct, frozen=True, kw_only=True):
    """Where the bytes come into the process."""

    kind: str
    path: str | None
    line: int | None
    api: str = ""
    """The API that hands over the bytes, such as `zmq.Socket.recv`; "" if it is not known."""


class JsonEvidence(Struct, frozen=True, kw_only=True):
    """Why a claim about the endpoint is made."""

    claim: str
    basis: str
    note: str
    path: str | None
    line: int | None
    code: str = ""
    """The line as it is written, at most 200 characters of it."""


class JsonEndpoint(Struct, frozen=True, kw_only=True):
    """The channel: who can reach it, and what authenticates it."""

    role: str
    transport: str
    address: str
    reach: str
    authentication: str
    effective: bool
    evidence: tuple[JsonEvidence, ...]
    peer_chosen_by_request: bool = False
    """True if it connects to an address that is taken from a request."""


class JsonStep(Struct, frozen=True, kw_only=True):
    """One stop on the way from source to sink."""

    path: str
    line: int
    role: str
    note: str
    code: str = ""
    """The line as it is written, at most 200 characters of it."""


class JsonCopiedFrom(Struct, frozen=True, kw_only=True):
    """The known-flawed original of the flagged code."""

    signature: str
    origin: str
    note: str


class JsonIncomplete(Struct, frozen=True, kw_only=True):
    """What a fix lacks that is there already."""

    kind: str
    """From a closed list (gnomon.core.incomplete), which may grow within schema 1."""
    what: str
    completion: str
    """How it is completed, in one sentence; the remedy begins with it."""
    path: str | None
    line: int | None
    code: str = ""
    """The line as it is written, at most 200 characters of it."""


class JsonFinding(Struct, frozen=True, kw_only=True):
    """One unsafe load, or one open socket (its address is the path, line and column are 0)."""

    rule: str
    severity: str
    confidence: str
    message: str
    path: str
    line: int
    column: int
    qualname: str
    sink: str
    source: JsonSource
    endpoint: JsonEndpoint | None
    flow: tuple[JsonStep, ...]
    copied_from: JsonCopiedFrom | None
    advisories: tuple[str, ...]
    incomplete: JsonIncomplete | None
    remedy: str
    fingerprint: str
    code: str = ""
    """The line as it is written, at most 200 characters of it; "" for a socket."""
    other_sources: int = 0
    """Further, milder ways that lead to the same call."""


class JsonSuppressed(Struct, frozen=True, kw_only=True):
    """A finding that the user chose not to see."""

    reason: str
    by: str
    """`option` of the run, `marker` in the code, or `configuration`."""
    finding: JsonFinding


class JsonSkipped(Struct, frozen=True, kw_only=True):
    """What could not be looked at."""

    path: str
    reason: str


class JsonRemark(Struct, frozen=True, kw_only=True):
    """What to know about the run; nothing is missing for it."""

    path: str | None
    line: int | None
    note: str


class JsonReportBody(Struct, frozen=True, kw_only=True):
    """The answer about a target."""

    target: str
    summary: JsonSummary
    findings: tuple[JsonFinding, ...]
    suppressed: tuple[JsonSuppressed, ...]
    skipped: tuple[JsonSkipped, ...]
    remarks: tuple[JsonRemark, ...]


class JsonReport(Struct, frozen=True, kw_only=True):
    """The document."""

    schema: int
    tool: JsonTool
    target: str
    summary: JsonSummary
    findings: tuple[JsonFinding, ...]
    suppressed: tuple[JsonSuppressed, ...]
    skipped: tuple[JsonSkipped, ...]
    remarks: tuple[JsonRemark, ...]


def write(outcome: Outcome) -> Document:
    """All reports of the run."""
    return Document(data=render(outcome.reports))


def render(reports: Sequence[core.Report]) -> bytes:
    """One report as an object, several as an array; UTF-8, harmless to print, the same bytes for the same reports."""
    documents = [report_of(report) for report in reports]
    return encoded(documents[0] if len(documents) == 1 else documents)


def report_of(report: core.Report) -> JsonReport:
    """One report as it is written."""
    tool = JsonTool(name="gnomon", version=report.tool_version, knowledge=report.knowledge_version)
    return JsonReport(schema=1, tool=tool, **asdict(report_body(report)))


def report_body(report: core.Report) -> JsonReportBody:
    """The same without what made it."""
    return JsonReportBody(
        target=report.target,
        summary=_summary(report),
        findings=tuple(finding_of(finding) for finding in report.findings),
        suppressed=tuple(
            JsonSuppressed(reason=entry.reason, by=entry.by, finding=finding_of(entry.finding))
            for entry in report.suppressed
        ),
        skipped=skipped_of(report),
        remarks=remarks_of(report),
    )


def skipped_of(report: core.Report) -> tuple[JsonSkipped, ...]:
    """What could not be looked at."""
    return tuple(JsonSkipped(path=entry.path, reason=entry.reason) for entry in report.skipped)


def remarks_of(report: core.Report) -> tuple[JsonRemark, ...]:
    """What to know about the run."""
    return tuple(
        JsonRemark(path=entry.path or None, line=entry.line or None, note=entry.note) for entry in report.remarks
    )


def _summary(report: core.Report) -> JsonSummary:
    rules = sorted(finding.rule for finding in report.findings)
    severities = [finding.severity for finding in report.findings]
    return JsonSummary(
        findings=len(report.findings),
        severity={severity.value: severities.count(severity) for severity in Severity},
        rules={rule: rules.count(rule) for rule in rules},
        files=report.files,
        lines=report.lines,
        hidden=report.hidden,
        suppressed=len(report.suppressed),
        gone=report.gone,
        base=report.base or None,
        removed=report.removed,
        skipped=len(report.skipped),
        complete=not report.skipped,
        excluded=report.excluded,
        digest=report.digest or None,
    )


def finding_of(finding: core.Finding) -> JsonFinding:
    """One finding."""
    source, copied = finding.source, finding.copied_from
    return JsonFinding(
        rule=finding.rule,
        severity=finding.severity.value,
        confidence=finding.confidence.value,
        message=finding.message,
        path=finding.site.path,
        line=finding.site.line,
        column=finding.site.span.column,
        qualname=finding.qualname,
        sink=finding.sink,
        source=JsonSource(
            kind=source.kind,
            path=source.site.path if source.site else None,
            line=source.site.line if source.site else None,
            api=source.api,
        ),
        endpoint=_endpoint(finding.endpoint) if finding.endpoint else None,
        flow=tuple(_step(step) for step in finding.flow),
        copied_from=JsonCopiedFrom(signature=copied.signature, origin=copied.origin, note=copied.note)
        if copied
        else None,
        advisories=finding.advisories,
        incomplete=_incomplete(finding.incomplete) if finding.incomplete else None,
        remedy=finding.remedy,
        fingerprint=finding.fingerprint,
        code=finding.site.code,
        other_sources=finding.other_sources,
    )


def _incomplete(incomplete: Incomplete) -> JsonIncomplete:
    return JsonIncomplete(
        kind=incomplete.kind,
        what=incomplete.what,
        completion=COMPLETION[incomplete.kind],
        path=incomplete.site.path if incomplete.site else None,
        line=incomplete.site.line if incomplete.site else None,
        code=incomplete.site.code if incomplete.site else "",
    )


def _endpoint(endpoint: Endpoint) -> JsonEndpoint:
    return JsonEndpoint(
        role=endpoint.role,
        transport=endpoint.transport,
        address=endpoint.address,
        reach=endpoint.reach,
        authentication=endpoint.authentication,
        effective=endpoint.effective,
        evidence=tuple(_evidence(evidence) for evidence in endpoint.evidence),
        peer_chosen_by_request=endpoint.peer_chosen_by_request,
    )


def _evidence(evidence: Evidence) -> JsonEvidence:
    return JsonEvidence(
        claim=evidence.claim,
        basis=evidence.basis,
        note=evidence.note,
        path=evidence.site.path if evidence.site else None,
        line=evidence.site.line if evidence.site else None,
        code=evidence.site.code if evidence.site else "",
    )


def _step(step: Step) -> JsonStep:
    return JsonStep(path=step.site.path, line=step.site.line, role=step.role, note=step.note, code=step.site.code)
