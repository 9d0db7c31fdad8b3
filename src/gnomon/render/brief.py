"""The findings of an edit in a few lines: what and on which way, who can reach it, what to do."""

from gnomon.core.endpoint import Endpoint
from gnomon.core.finding import Finding, Report
from gnomon.core.incomplete import parts
from gnomon.core.severity import Severity
from gnomon.render.page import Page, Style, Words, counted

MAX_FINDINGS = 5
"""Findings told in full: an edit rarely has more, and an assistant reads every word."""
_MAX_STEPS = 6
_MAX_SKIPS = 3


def render(report: Report, style: Style, *, command: str) -> str:
    """The report on an edit. `command` is what looks at the whole project, which an edit's report does not."""
    page = Page(style)
    flaws = [finding for finding in report.findings if finding.severity is not Severity.NOTE]
    notes = [finding for finding in report.findings if finding.severity is Severity.NOTE]
    told: set[str] = set()
    for finding in flaws[:MAX_FINDINGS]:
        _write_flaw(page, finding, told)
    for finding in notes[:MAX_FINDINGS]:
        page.line(Words("note ", "note"), _place(finding), Words(f" {finding.message}"))
    more = max(len(flaws) - MAX_FINDINGS, 0) + max(len(notes) - MAX_FINDINGS, 0)
    if more:
        page.line(Words(f"and {more:,} more; `--format json` has them all"))
    for entry in report.skipped[:_MAX_SKIPS]:
        page.line(Words("not looked at: ", "warn"), Words(f"{entry.path}: {entry.reason}"))
    if len(report.skipped) > _MAX_SKIPS:
        page.line(Words(f"and {len(report.skipped) - _MAX_SKIPS:,} more not looked at", "warn"))
    _write_scope(page, report, command)
    return page.text()


def _write_scope(page: Page, report: Report, command: str) -> None:
    """How little was looked at, and what looks at the rest."""
    if not report.files:
        page.line(Words("no Python in this edit" if not report.skipped else "nothing of this edit could be looked at"))
        return
    verdict = "" if report.findings or report.skipped else "nothing found. "
    looked = f"{verdict}Looked at {counted(report.files, 'file')} of this edit alone; the whole project: "
    page.line(Words(f"{looked}`{command}`", "dim"))


def _write_flaw(page: Page, finding: Finding, told: set[str]) -> None:
    page.line(
        Words(finding.severity.value, finding.severity.value),
        Words(" "),
        _place(finding),
        Words(f" {finding.message}", "strong"),
        Words(f" ({finding.rule}, confidence {finding.confidence.value})", "dim"),
        rest=Words("    "),
    )
    way = [f"{step.site.path}:{step.site.line} {step.note}" for step in finding.flow]
    if len(way) > _MAX_STEPS:
        way = [*way[: _MAX_STEPS // 2], "…", *way[-_MAX_STEPS // 2 :]]
    if len({(step.site.path, step.site.line) for step in finding.flow}) > 1:
        page.line(Words(" → ".join(way)), first=Words("  path: "), rest=Words("    "))
    page.line(Words(_reach(finding.endpoint)), first=Words("  reach: "), rest=Words("    "))
    if finding.incomplete is not None:
        lacks = finding.incomplete
        where = f" ({lacks.site.path}:{lacks.site.line})" if lacks.site else ""
        page.line(Words(f"{lacks.what}{where}"), first=Words("  incomplete fix: ", "warn"), rest=Words("    "))
    first, remedy = parts(finding.remedy, finding.incomplete)
    shown = "as above" if remedy in told else remedy
    page.line(Words(f"{first}{shown}"), first=Words("  remedy: ", "good"), rest=Words("    "))
    told.add(remedy)


def _reach(endpoint: Endpoint | None) -> str:
    """Who can reach the channel, and where that was read; or that nothing here says so."""
    shown = [entry for entry in endpoint.evidence if entry.claim == "reach"] if endpoint else []
    if endpoint is None or (endpoint.reach == "unknown" and not endpoint.address):
        return "unknown: no address is in this code. If other hosts can connect, they can run code here"
    where = "; ".join(
        entry.note + (f" ({entry.site.path}:{entry.site.line})" if entry.site else "") for entry in shown[:2]
    )
    return f"{endpoint.reach}{f': {where}' if where else ''}"


def _place(finding: Finding) -> Words:
    return Words(f"{finding.site.path}:{finding.site.line}:", "place")
