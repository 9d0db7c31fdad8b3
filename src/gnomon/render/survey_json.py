"""What a survey found in one target as JSON: schema 1, a file a target.

The structs below *are* the format: a field may be added to them within schema 1, none is renamed, retyped or removed.
Nothing in it depends on when, where or how often it was made.
"""

from msgspec import Struct
from msgspec.structs import asdict

from gnomon.core.audit import Audited
from gnomon.core.finding import Report
from gnomon.core.lineage import Traced
from gnomon.core.survey import Surveyed, Tools
from gnomon.render.audit_json import JsonAuditBody, audit_body
from gnomon.render.document import encoded
from gnomon.render.json import JsonReportBody, report_body
from gnomon.render.trace_json import JsonTarget, target_of


class JsonSurveyTool(Struct, frozen=True, kw_only=True):
    """What made the document."""

    name: str
    version: str
    knowledge: str
    signatures: str
    python: str


class JsonSurveyed(Struct, frozen=True, kw_only=True):
    """The document."""

    schema: int
    tool: JsonSurveyTool
    target: str
    """As it is in the list."""
    name: str
    """What that means: `pypi:vllm==0.8.4`."""
    project: str
    label: str
    date: str | None
    """ISO 8601 day."""
    basis: str | None
    """What says so."""
    digest: str | None
    status: str
    """`examined`, `incomplete` or `failed`."""
    problem: str | None
    remedy: str | None
    passing: bool
    """True if it failed for a reason that may be gone later."""
    files: int
    functions: int
    """That were compared with signatures."""
    lines: int
    bytes: int
    """Of the files."""
    scan: JsonReportBody | None
    trace: JsonTarget | None
    audit: JsonAuditBody | None
    """null also where there is no package to audit."""


def document(
    surveyed: Surveyed, tools: Tools, report: Report | None, traced: Traced | None, audited: Audited | None
) -> bytes:
    """The same bytes for the same answers."""
    return encoded(
        JsonSurveyed(
            schema=1,
            tool=tool_of(tools),
            target=surveyed.target,
            name=surveyed.name,
            project=surveyed.project,
            label=surveyed.label,
            date=surveyed.date or None,
            basis=surveyed.basis or None,
            digest=surveyed.digest or None,
            status=surveyed.status,
            problem=surveyed.problem or None,
            remedy=surveyed.remedy or None,
            passing=surveyed.passing,
            files=surveyed.files,
            functions=surveyed.functions,
            lines=surveyed.lines,
            bytes=surveyed.bytes,
            scan=report_body(report) if report is not None else None,
            trace=target_of(traced) if traced is not None else None,
            audit=audit_body(audited) if audited is not None else None,
        )
    )


def tool_of(tools: Tools) -> JsonSurveyTool:
    """What made it, as it is written."""
    said = asdict(tools)
    return JsonSurveyTool(name="gnomon", version=said.pop("gnomon"), **said)
