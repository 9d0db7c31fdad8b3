"""What `gnomon fix` offers and did as a JSON document, schema 1; docs/cli.md lists its fields."""

from msgspec import Struct

from gnomon.render.document import encoded
from gnomon.render.fix_outcome import FileChange, FixOutcome, Tried
from gnomon.render.json import JsonFinding, JsonRemark, JsonSkipped, JsonTool, finding_of, remarks_of, skipped_of
from gnomon.render.outcome import Document
from gnomon.render.unified import diff


class JsonFixSummary(Struct, frozen=True, kw_only=True):
    """Counts."""

    findings: int
    automatic: int
    suggested: int
    impossible: int
    left: int | None
    """Findings with all chosen changes; null if none are chosen."""
    written: bool
    complete: bool


class JsonChangedFile(Struct, frozen=True, kw_only=True):
    """A file that an offer changes or makes."""

    path: str
    new: bool


class JsonOffer(Struct, frozen=True, kw_only=True):
    """A change, or why there is none."""

    standing: str
    style: str
    recipe: str
    title: str
    why: tuple[str, ...]
    afterwards: tuple[str, ...]
    chosen: bool
    """True if it is a part of what --write applies."""
    findings: tuple[str, ...]
    """Fingerprints."""
    files: tuple[JsonChangedFile, ...]
    diff: str
    """Of this offer alone."""


class JsonFix(Struct, frozen=True, kw_only=True):
    """The document."""

    schema: int
    tool: JsonTool
    target: str
    summary: JsonFixSummary
    offers: tuple[JsonOffer, ...]
    diff: str
    """Of all chosen offers together."""
    findings: tuple[JsonFinding, ...]
    """Before the change."""
    left: tuple[JsonFinding, ...] | None
    """With it; null if none is chosen."""
    skipped: tuple[JsonSkipped, ...]
    remarks: tuple[JsonRemark, ...]


def write(outcome: FixOutcome) -> Document:
    """The document; UTF-8, harmless to print."""
    report, after = outcome.report, outcome.after
    standings = [tried.offer.standing for tried in outcome.tried]
    document = JsonFix(
        schema=1,
        tool=JsonTool(name="gnomon", version=report.tool_version, knowledge=report.knowledge_version),
        target=report.target,
        summary=JsonFixSummary(
            findings=len(report.findings),
            automatic=standings.count("automatic"),
            suggested=standings.count("suggested"),
            impossible=standings.count("impossible"),
            left=len(after.findings) if after else None,
            written=outcome.written,
            complete=not report.skipped,
        ),
        offers=tuple(_offer(tried, outcome.prefix) for tried in outcome.tried),
        diff=_diff(outcome.changes, outcome.prefix),
        findings=tuple(finding_of(finding) for finding in report.findings),
        left=tuple(finding_of(finding) for finding in after.findings) if after else None,
        skipped=skipped_of(report),
        remarks=remarks_of(report),
    )
    return Document(data=encoded(document))


def _offer(tried: Tried, prefix: str) -> JsonOffer:
    offer = tried.offer
    return JsonOffer(
        standing=offer.standing,
        style=offer.style,
        recipe=offer.recipe,
        title=offer.title,
        why=offer.why,
        afterwards=offer.afterwards,
        chosen=tried.chosen,
        findings=tuple(finding.fingerprint for finding in offer.findings),
        files=tuple(JsonChangedFile(path=change.path, new=change.before is None) for change in tried.changes),
        diff=_diff(tried.changes, prefix),
    )


def _diff(changes: tuple[FileChange, ...], prefix: str) -> str:
    return diff(changes, prefix).decode("utf-8", "replace")
