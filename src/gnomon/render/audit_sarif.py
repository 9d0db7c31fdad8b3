"""Verdicts as SARIF 2.1.0: a rule an advisory, a result where the flawed code is, or at what names the package."""

import re
from urllib.parse import quote

from gnomon.core.audit import Sight, Verdict
from gnomon.core.finding import Skipped
from gnomon.render import sarif_format as sarif
from gnomon.render.audit_outcome import WORDS, AuditOutcome
from gnomon.render.document import encoded
from gnomon.render.escape import visible
from gnomon.render.outcome import Document
from gnomon.render.sarif import LEVEL, SCORE
from gnomon.render.sarif_limits import RESULTS

_NO_BYTE = re.compile(r"[\ud800-\udc7f\udd00-\udfff]")  # surrogates that don't stand for a byte (PEP 383)
_BASE = "TARGET"


def write(outcome: AuditOutcome) -> Document:
    """The log of the run, with as many results as code scanning takes."""
    found = outcome.findings
    shown = found[:RESULTS]
    rules = {each.advisory.id: each for each in shown}
    index = {identity: number for number, identity in enumerate(rules)}
    audited = outcome.audited
    run = sarif.Run(
        tool=sarif.Tool(
            driver=sarif.Driver(
                name="gnomon",
                version=outcome.tool_version,
                rules=tuple(_rule(each) for each in rules.values()),
                properties={"advisories": [f"{each.name} {each.version}" for each in audited.sources]},
            )
        ),
        invocations=(
            sarif.Invocation(
                execution_successful=not audited.skipped,
                tool_execution_notifications=tuple(map(_notification, audited.skipped)),
            ),
        ),
        column_kind="unicodeCodePoints",
        original_uri_base_ids={_BASE: sarif.ArtifactLocation(description=_text(audited.target))},
        results=tuple(_result(each, index[each.advisory.id]) for each in shown),
        properties={"kind": audited.kind, "packages": len(audited.packages)},
    )
    left = len(found) - len(shown)
    words = f"{left:,} results are left out: code scanning takes {RESULTS:,} of a run" if left else ""
    return Document(data=encoded(sarif.Log(schema=sarif.SCHEMA, version="2.1.0", runs=(run,))), left_out=words)


def _rule(verdict: Verdict) -> sarif.ReportingDescriptor:
    advisory = verdict.advisory
    links = "".join(f"\n\n<{url}>" for url in advisory.references)
    text = advisory.summary or advisory.title
    return sarif.ReportingDescriptor(
        id=advisory.id,
        name=advisory.id,
        short_description=_text(advisory.title),
        full_description=_text(text),
        help=sarif.MultiformatMessage(text=visible(text), markdown=f"{_text(text).text}{links}"),
        default_configuration=sarif.ReportingConfiguration(enabled=True, level=LEVEL[verdict.severity]),
        properties={"tags": ["security", "external/cwe/cwe-502"], "security-severity": SCORE[verdict.severity]},
    )


def _result(verdict: Verdict, number: int) -> sarif.Result:
    package, advisory = verdict.package, verdict.advisory
    to_do = ""
    if verdict.remedy is not None:
        version = f"{verdict.remedy.version}: " if verdict.remedy.version else ""
        to_do = f" To do: {version}{verdict.remedy.note}."
    said = f"{package.label}: {WORDS[verdict.status]}. {verdict.reason}.{to_do}"
    places = tuple(map(_location, verdict.sights)) or (sarif.Location(physical_location=_physical(package.where, 1)),)
    identity = f"{package.purl.package}/{advisory.id}/{verdict.sights[0].qualname if verdict.sights else package.where}"
    return sarif.Result(
        rule_id=advisory.id,
        rule_index=number,
        level=LEVEL[verdict.severity],
        message=_text(said),
        locations=places[:1],
        partial_fingerprints={"gnomonAudit/v1": visible(identity)},
        properties={
            "severity": verdict.severity.value,
            "status": verdict.status,
            "purl": str(package.purl),
            "version": verdict.version,
            "record": verdict.record,
            "code": verdict.code,
            "places": [f"{sight.path}:{sight.line}" for sight in verdict.sights],
            "files": {each.path: f"sha256:{each.sha256}" for each in verdict.examined},
        },
    )


def _location(sight: Sight) -> sarif.Location:
    return sarif.Location(
        physical_location=_physical(sight.path, sight.line),
        logical_locations=(sarif.LogicalLocation(fully_qualified_name=sight.qualname),),
    )


def _physical(path: str, line: int) -> sarif.PhysicalLocation:
    uri = quote(_NO_BYTE.sub("?", path).encode("utf-8", "surrogateescape"), safe="/").lstrip("/")
    region = sarif.Region(start_line=line, start_column=1, end_line=line, end_column=1)
    return sarif.PhysicalLocation(artifact_location=sarif.ArtifactLocation(uri=uri, uri_base_id=_BASE), region=region)


def _notification(entry: Skipped) -> sarif.Notification:
    return sarif.Notification(level="error", message=_text(f"not looked at: {entry.path}: {entry.reason}"))


def _text(text: str) -> sarif.Message:
    """A plain message, in which foreign text places no link (§3.11.6)."""
    return sarif.Message(text=visible(text).replace("](", "] ("))
