"""An outcome as a GitLab SAST report, which merge requests and security pages show.

All targets of a run are one report: GitLab takes one of a job. Its schema has no word for "partly": something that was
not looked at makes the status a failure, and is told as a message.
"""

import re
from collections import Counter
from collections.abc import Iterator
from uuid import UUID, uuid5

from gnomon.core.finding import Finding, Report
from gnomon.core.rule import Rule
from gnomon.core.severity import Severity
from gnomon.core.site import FoundAt, Step, StepRole
from gnomon.render import gitlab_format as gitlab
from gnomon.render.document import encoded
from gnomon.render.escape import visible
from gnomon.render.markdown import flow
from gnomon.render.markup import prose
from gnomon.render.outcome import Document, Outcome
from gnomon.render.place import from_folder
from gnomon.render.summary import known, told

_SEVERITY: dict[Severity, gitlab.Severity] = {
    Severity.CRITICAL: "Critical",
    Severity.HIGH: "High",
    Severity.MEDIUM: "Medium",
    Severity.LOW: "Low",
    Severity.NOTE: "Info",
}
_NODE: dict[StepRole, gitlab.NodeType] = {"source": "source", "sink": "sink"}
_FINDINGS = UUID("7f2b1c64-5d0e-5b0a-9c58-6a2f0d3e4b19")  # ours alone: names within it are fingerprints
_CVE = re.compile(r"CVE-\d{4}-\d{4,}")
_NAME = 255  # characters, by the schema
_SOLUTION = 3000  # characters, before code spans are made; by the schema 7,000 with them


def write(outcome: Outcome) -> Document:
    """One report over all targets, worst findings first."""
    answers, reports = outcome.answers, outcome.reports
    version = visible(reports[0].tool_version) or "unknown"
    tool = gitlab.Tool(id="gnomon", name="gnomon", version=version, vendor=gitlab.Vendor(name="gnomon"))
    scan = gitlab.Scan(
        analyzer=tool,
        scanner=tool,
        start_time=min(answer.start_time for answer in answers),
        end_time=max(answer.end_time for answer in answers),
        status="failure" if any(report.skipped for report in reports) else "success",
        type="sast",
        messages=tuple(message for report in reports for message in _messages(report, outcome)),
    )
    found = tuple(_vulnerabilities(outcome))
    return Document(
        data=encoded(
            gitlab.Report(schema=gitlab.SCHEMA, version=gitlab.VERSION, scan=scan, vulnerabilities=found),
        )
    )


def _messages(report: Report, outcome: Outcome) -> Iterator[gitlab.Message]:
    of = f"{report.target}: " if len(outcome.reports) > 1 else ""
    for skip in report.skipped:
        yield gitlab.Message(level="warn", value=visible(f"{of}not looked at: {skip.path}: {skip.reason}"))
    for line in known(report, outcome.show_hidden):
        yield gitlab.Message(level="info", value=visible(f"{of}{line}"))


def _vulnerabilities(outcome: Outcome) -> Iterator[gitlab.Vulnerability]:
    rules = {rule.id: rule for rule in outcome.rules}
    taken: Counter[str] = Counter()
    for report, finding in outcome.found:
        fingerprint = visible(finding.fingerprint)
        taken[fingerprint] += 1
        identity = f"{fingerprint} {taken[fingerprint]}" if taken[fingerprint] > 1 else fingerprint
        yield _vulnerability(report, finding, rules.get(finding.rule), identity, outcome.folder)


def _vulnerability(
    report: Report, finding: Finding, rule: Rule | None, identity: str, folder: str
) -> gitlab.Vulnerability:
    span = finding.site.span
    file = _file(report, finding.site, folder)
    signatures = (gitlab.Signature(algorithm="hash", value=identity),)
    tracked = gitlab.Tracked(file=file, start_line=span.line, end_line=span.end_line, signatures=signatures)
    return gitlab.Vulnerability(
        id=str(uuid5(_FINDINGS, identity)),
        name=visible(rule.title if rule else finding.rule)[:_NAME],
        description="\n".join([prose(finding.message), "", *flow(report, finding, folder)]),
        severity=_SEVERITY[finding.severity],
        solution=prose(finding.remedy, _SOLUTION),
        identifiers=tuple(_identifiers(finding, rule)),
        location=gitlab.Location(
            file=file, start_line=span.line, end_line=span.end_line, method=visible(finding.qualname)
        ),
        details=_details(report, finding, folder),
        tracking=gitlab.Tracking(items=(tracked,)),
        raw_source_code_extract=visible(finding.site.code),
    )


def _identifiers(finding: Finding, rule: Rule | None) -> Iterator[gitlab.Identifier]:
    name = visible(finding.rule) or "unknown"
    yield gitlab.Identifier(type="gnomon_rule_id", name=f"gnomon {name}", value=name)
    for cwe in rule.cwe if rule else ():
        number = cwe.removeprefix("CWE-")
        url = f"https://cwe.mitre.org/data/definitions/{number}.html"
        yield gitlab.Identifier(type="cwe", name=cwe, value=number, url=url)
    for advisory in finding.advisories:
        if _CVE.fullmatch(advisory):
            url = f"https://www.cve.org/CVERecord?id={advisory}"
            yield gitlab.Identifier(type="cve", name=advisory, value=advisory, url=url)
        elif shown := visible(advisory):
            yield gitlab.Identifier(type="advisory", name=shown, value=shown)


def _details(report: Report, finding: Finding, folder: str) -> dict[str, gitlab.CodeFlows | gitlab.Text]:
    details: dict[str, gitlab.CodeFlows | gitlab.Text] = {}
    if finding.flow:
        nodes = tuple(_node(report, step, folder) for step in finding.flow)
        details["flow"] = gitlab.CodeFlows(name="From source to sink", items=(nodes,))
    texts = {
        "sink": ("Sink", finding.sink),
        "source": ("Source", finding.source.api or finding.source.kind),
        "confidence": ("Confidence", finding.confidence.value),
    }
    if finding.incomplete:
        texts["incomplete"] = ("Incomplete fix", told(report, finding.incomplete, folder))
    if endpoint := finding.endpoint:
        effect = "" if endpoint.authentication == "none" else ", effective" if endpoint.effective else ", not effective"
        texts |= {
            "endpoint": ("Endpoint", f"{endpoint.role} {endpoint.address or 'unknown'}"),
            "reach": ("Reach", endpoint.reach),
            "authentication": ("Authentication", f"{endpoint.authentication}{effect}"),
        }
        for number, entry in enumerate(endpoint.evidence, start=1):
            place = f" ({from_folder(report, entry.site.path, folder)}:{entry.site.line})" if entry.site else ""
            texts[f"evidence_{number}"] = (f"Evidence of {entry.claim}", f"{entry.note}{place} [{entry.basis}]")
    return details | {key: gitlab.Text(name=name, value=visible(value)) for key, (name, value) in texts.items()}


def _node(report: Report, step: Step, folder: str) -> gitlab.FlowNode:
    span = step.site.span
    place = gitlab.FileLocation(
        file_name=_file(report, step.site, folder), line_start=span.line, line_end=max(span.line, span.end_line)
    )
    return gitlab.FlowNode(node_type=_NODE.get(step.role, "propagation"), file_location=place)


def _file(report: Report, site: FoundAt, folder: str) -> str:
    return visible(from_folder(report, site.path, folder)) or "unknown"
