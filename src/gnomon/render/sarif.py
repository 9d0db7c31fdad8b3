"""A report as SARIF 2.1.0, the format of code-scanning services and editors.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html; one run a target.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal
from urllib.parse import quote

import msgspec
from msgspec import Struct

from gnomon.core.finding import Finding, Remark, Report, Skipped, Suppressed
from gnomon.core.incomplete import COMPLETION
from gnomon.core.rule import Rule
from gnomon.core.severity import Confidence, Severity
from gnomon.core.site import CodeSite, FoundAt, SocketSite, Step
from gnomon.render import rule_page
from gnomon.render import sarif_format as sarif
from gnomon.render.document import encoded
from gnomon.render.escape import visible
from gnomon.render.outcome import Document, Outcome
from gnomon.render.place import from_folder, is_within
from gnomon.render.sarif_limits import RESULTS, STEPS, TAGS, ends, fewer, left_out

LEVEL: dict[Severity, sarif.Level] = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.NOTE: "note",
}
# GitHub reads `security-severity` as CVSS bands: over 9 critical, 7-8.9 high, 4-6.9 medium, 0.1-3.9 low
# (https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning).
SCORE = {
    Severity.CRITICAL: "9.8",
    Severity.HIGH: "8.1",
    Severity.MEDIUM: "6.5",
    Severity.LOW: "3.3",
    Severity.NOTE: "0.1",
}
_PRECISION = {Confidence.HIGH: "high", Confidence.MEDIUM: "medium", Confidence.LOW: "low"}
_NO_BYTE = re.compile(r"[\ud800-\udc7f\udd00-\udfff]")  # surrogates that don't stand for a byte (PEP 383)


class _Scene(Struct, frozen=True, kw_only=True):
    """What the parts of a run are written with."""

    report: Report
    folder: str
    rules: Sequence[Rule]
    most: int
    """How many results the run may have."""

    @property
    def base(self) -> str:
        """What paths are relative to: an archive has its own, and those in a folder must be found in the project."""
        return "WORKING_FOLDER" if is_within(self.report, self.folder) else "TARGET"


def write(outcome: Outcome) -> Document:
    """The log of all runs, as large as code scanning takes it: worst first, each run says what it leaves out."""
    fitting = min(RESULTS, max(len(report.findings) + len(report.suppressed) for report in outcome.reports))
    most, document = fitting + 1, b""
    while fitting < most:
        most = fitting
        document = _log(outcome, most)
        fitting = fewer(most, document)
    missing = [_missing(report, most) for report in outcome.reports]
    return Document(data=document, left_out=left_out(sum(n for n, _ in missing), sum(n for _, n in missing)))


def _log(outcome: Outcome, most: int) -> bytes:
    scenes = (
        _Scene(report=report, folder=outcome.folder, rules=outcome.rules, most=most) for report in outcome.reports
    )
    return encoded(sarif.Log(schema=sarif.SCHEMA, version="2.1.0", runs=tuple(map(_run, scenes))))


def _run(scene: _Scene) -> sarif.Run:
    report, rules = scene.report, scene.rules
    driver = sarif.Driver(
        name="gnomon",
        version=report.tool_version,
        rules=tuple(_rule(rule, report.findings) for rule in rules),
        properties={"knowledge": report.knowledge_version},
    )
    invocation = sarif.Invocation(
        execution_successful=not report.skipped,
        tool_execution_notifications=(
            *(_notification(scene, entry) for entry in report.skipped),
            *map(_remark, report.remarks),
            *_limits(scene),
        ),
    )
    base = report.target if scene.base == "TARGET" else "the folder that gnomon was started in"
    return sarif.Run(
        tool=sarif.Tool(driver=driver),
        invocations=(invocation,),
        column_kind="unicodeCodePoints",
        original_uri_base_ids={scene.base: sarif.ArtifactLocation(description=_text(base))},
        results=_results(scene),
        properties={
            "target": report.target,
            "files": report.files,
            "lines": report.lines,
            "hidden": report.hidden,
            "excluded": report.excluded,
            "digest": report.digest,
        },
    )


def _results(scene: _Scene) -> tuple[sarif.Result, ...]:
    """The worst first, what was suppressed last."""
    position = {rule.id: index for index, rule in enumerate(scene.rules)}
    shown = _worst_first(scene.report)[: scene.most]
    suppressed = scene.report.suppressed[: scene.most - len(shown)]
    return (
        *(_result(scene, finding, position) for finding in shown),
        *(_suppressed(scene, entry, position) for entry in suppressed),
    )


def _worst_first(report: Report) -> list[Finding]:
    return sorted(report.findings, key=lambda finding: list(Severity).index(finding.severity))


def _missing(report: Report, most: int) -> tuple[int, int]:
    """How many results are left out, and how many of the flows that stay are shortened."""
    every = [*_worst_first(report), *(entry.finding for entry in report.suppressed)]
    return max(0, len(every) - most), sum(len(finding.flow) > STEPS for finding in every[:most])


def _limits(scene: _Scene) -> Iterator[sarif.Notification]:
    if sentence := left_out(*_missing(scene.report, scene.most)):
        yield sarif.Notification(level="warning", message=_text(sentence))


def _rule(rule: Rule, findings: Iterable[Finding]) -> sarif.ReportingDescriptor:
    """Severity is a property of a finding, yet GitHub reads it of the rule alone: so the rule has that of its worst."""
    found = [finding.severity for finding in findings if finding.rule == rule.id]
    worst = min(found, key=list(Severity).index, default=_usual_severity(rule))
    return sarif.ReportingDescriptor(
        id=rule.id,
        name="".join(part.capitalize() for part in rule.id.split("-")),
        short_description=sarif.Message(text=f"{rule.title}."),
        full_description=sarif.Message(text=rule.what),
        help=sarif.MultiformatMessage(text=rule_page.plain(rule), markdown=rule_page.markdown(rule)),
        default_configuration=sarif.ReportingConfiguration(enabled=rule.default, level=LEVEL[worst]),
        properties={
            "tags": ["security", *(f"external/cwe/{cwe.lower()}" for cwe in rule.cwe)][:TAGS],
            "security-severity": SCORE[worst],
        },
    )


def _usual_severity(rule: Rule) -> Severity:
    return Severity.HIGH if rule.severity == "computed" else Severity(rule.severity)


def _result(scene: _Scene, finding: Finding, position: dict[str, int]) -> sarif.Result:
    return sarif.Result(
        rule_id=finding.rule,
        rule_index=position.get(finding.rule, -1),
        level=LEVEL[finding.severity],
        message=_text(finding.message),
        locations=(_location(scene, finding.site, finding.qualname),),
        code_flows=(_code_flow(scene, finding),) if finding.flow else (),
        partial_fingerprints={"gnomon/v1": finding.fingerprint} if finding.fingerprint else {},
        properties=_properties(finding),
    )


def _suppressed(scene: _Scene, entry: Suppressed, position: dict[str, int]) -> sarif.Result:
    kind: Literal["inSource", "external"] = "inSource" if entry.by == "marker" else "external"
    suppression = sarif.Suppression(kind=kind, justification=entry.reason)
    return msgspec.structs.replace(_result(scene, entry.finding, position), suppressions=(suppression,))


def _properties(finding: Finding) -> dict[str, object]:
    endpoint = finding.endpoint
    properties: dict[str, object] = {
        "severity": finding.severity.value,
        "security-severity": SCORE[finding.severity],
        "precision": _PRECISION[finding.confidence],
        "sink": finding.sink,
        "source": finding.source.kind,
        "remedy": finding.remedy,
        "advisories": finding.advisories,
        "otherSources": finding.other_sources,
    }
    if endpoint:
        properties["endpoint"] = {
            "role": endpoint.role,
            "transport": endpoint.transport,
            "address": endpoint.address,
            "reach": endpoint.reach,
            "authentication": endpoint.authentication,
            "effective": endpoint.effective,
        }
    if lacks := finding.incomplete:
        place = f"{lacks.site.path}:{lacks.site.line}" if lacks.site else ""
        completion = COMPLETION[lacks.kind]
        properties["incompleteFix"] = {"kind": lacks.kind, "what": lacks.what, "at": place, "completion": completion}
    return properties


def _code_flow(scene: _Scene, finding: Finding) -> sarif.CodeFlow:
    locations = tuple(_flow_location(scene, step, number) for number, step in enumerate(ends(finding.flow), start=1))
    return sarif.CodeFlow(thread_flows=(sarif.ThreadFlow(locations=locations),))


def _flow_location(scene: _Scene, step: Step, number: int) -> sarif.ThreadFlowLocation:
    importance: sarif.Importance = "essential" if step.role in ("source", "sink") else "important"
    location = msgspec.structs.replace(_location(scene, step.site), message=_text(step.note))
    return sarif.ThreadFlowLocation(
        location=location, execution_order=number, importance=importance, kinds=(step.role,)
    )


def _location(scene: _Scene, site: FoundAt, qualname: str = "") -> sarif.Location:
    match site:
        case SocketSite(address=address):
            return _socket(address)
        case CodeSite():
            return _code(scene, site, qualname)


def _socket(address: str) -> sarif.Location:
    """Services want a file in any case; an address is an absolute URI, that names none."""
    uri = quote(_NO_BYTE.sub("?", address).encode("utf-8", "surrogateescape"), safe="/:[]@")
    return sarif.Location(
        physical_location=sarif.PhysicalLocation(artifact_location=sarif.ArtifactLocation(uri=uri)),
        logical_locations=(sarif.LogicalLocation(fully_qualified_name=visible(address)),),
    )


def _code(scene: _Scene, site: CodeSite, qualname: str) -> sarif.Location:
    span = site.span
    logical = (sarif.LogicalLocation(fully_qualified_name=qualname),) if qualname else ()
    return sarif.Location(
        physical_location=sarif.PhysicalLocation(
            artifact_location=_artifact(scene, site.path),
            region=sarif.Region(
                start_line=span.line,
                start_column=span.column,
                end_line=span.end_line,
                # Our spans include their last column, those of SARIF end before it (§3.30.8).
                end_column=span.end_column + 1,
                snippet=sarif.ArtifactContent(text=site.code) if site.code else None,
            ),
        ),
        logical_locations=logical,
    )


def _artifact(scene: _Scene, path: str) -> sarif.ArtifactLocation:
    """A relative URI reference; bytes of a name that are no text are percent-encoded as the bytes they were."""
    place = from_folder(scene.report, path, scene.folder) if scene.base == "WORKING_FOLDER" else path
    uri = quote(_NO_BYTE.sub("?", place).encode("utf-8", "surrogateescape"), safe="/")
    # A leading slash would make it absolute, a colon a scheme (RFC 3986 §4.2); quote() leaves no colon.
    return sarif.ArtifactLocation(uri=uri.lstrip("/"), uri_base_id=scene.base)


def _notification(scene: _Scene, entry: Skipped) -> sarif.Notification:
    location = sarif.Location(physical_location=sarif.PhysicalLocation(artifact_location=_artifact(scene, entry.path)))
    return sarif.Notification(
        level="error", message=_text(f"not looked at: {entry.reason}"), locations=(location,) if entry.path else ()
    )


def _remark(entry: Remark) -> sarif.Notification:
    """A configuration file lies outside of the target, so its name is a part of the text."""
    place = f"{entry.path}:{entry.line}: " if entry.line else f"{entry.path}: " if entry.path else ""
    return sarif.Notification(level="note", message=_text(f"{place}{entry.note}"))


def _text(text: str) -> sarif.Message:
    """A plain message: viewers render `[words](link)` in it as a link (§3.11.6), which scanned code must not place."""
    return sarif.Message(text=visible(text).replace("](", "] ("))
