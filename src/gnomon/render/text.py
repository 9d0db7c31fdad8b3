"""A report as text for people: each finding as a card, the harmless ones in a line each, then what was looked at."""

from collections.abc import Iterator

from gnomon.core.finding import Report
from gnomon.core.incomplete import parts
from gnomon.core.severity import Severity
from gnomon.render.asides import write_excluded, write_remarks, write_skipped, write_suppressed
from gnomon.render.card import write_card, write_note
from gnomon.render.outcome import Document, Outcome
from gnomon.render.page import Page, Style, Words, counted
from gnomon.render.summary import gone_and_hidden


def write(outcome: Outcome) -> Document:
    """The reports one below the other, each with its target as heading if there are several."""
    pages = (
        render(
            answer.report,
            outcome.style,
            elapsed_s=answer.elapsed_s,
            show_hidden=outcome.show_hidden,
            heading=len(outcome.answers) > 1,
        )
        for answer in outcome.answers
    )
    return Document(data="\n".join(pages).encode())


def render(
    report: Report, style: Style, *, elapsed_s: float | None = None, show_hidden: str = "", heading: bool = False
) -> str:
    """The whole report. `show_hidden` says what to change in the command to see the hidden findings."""
    page = Page(style)
    if heading:
        page.line(Words(report.target, "strong"), first=Words("── ", "gutter"))
        page.blank()
    told: set[str] = set()
    for finding in report.findings:
        if finding.severity is not Severity.NOTE:
            _, remedy = parts(finding.remedy, finding.incomplete)
            write_card(page, finding, told=remedy in told)
            told.add(remedy)
    for finding in report.findings:
        if finding.severity is Severity.NOTE:
            write_note(page, finding)
    page.blank()
    write_skipped(page, report.skipped)
    _write_summary(page, report, elapsed_s)
    _write_pointers(page, report, show_hidden)
    return page.text()


def _write_summary(page: Page, report: Report, elapsed_s: float | None) -> None:
    target = "this folder" if report.target == "." else report.target
    page.line(Words(target, "strong"), Words(": "), *verdict(report))
    looked = f"{counted(report.files, 'file')} and {counted(report.lines, 'line')} looked at"
    took = f" in {elapsed_s:.{1 if elapsed_s >= 1 else 2}f} s" if elapsed_s is not None else ""
    suppressed = f"{len(report.suppressed):,} suppressed"
    page.line(
        Words(
            f"{looked}{took} • {suppressed} • gnomon {report.tool_version}, knowledge {report.knowledge_version}", "dim"
        )
    )
    if report.digest:
        page.line(Words(report.digest, "dim"))
    if report.base:
        removed = f", since when {counted(report.removed, 'finding')} went" if report.removed else ""
        page.line(Words(f"compared with commit {report.base[:12]}{removed}", "dim"))
    write_excluded(page, report.excluded)


def verdict(report: Report) -> Iterator[Words]:
    """The findings by severity, and whether the report is complete, in a few words."""
    counts = [(severity, sum(f.severity is severity for f in report.findings)) for severity in Severity]
    found = [(severity, count) for severity, count in counts if count]
    for index, (severity, count) in enumerate(found):
        style = "high" if severity is Severity.CRITICAL else severity.value
        yield Words(f"{', ' if index else ''}")
        yield Words(counted(count, "note") if severity is Severity.NOTE else f"{count:,} {severity.value}", style)
    if not found:
        yield Words("nothing found", "" if report.skipped else "good")
    if report.skipped:
        yield Words(", ")
        yield Words(f"incomplete ({len(report.skipped):,} skipped)", "warn")


def _write_pointers(page: Page, report: Report, show_hidden: str) -> None:
    """What to type next."""
    write_suppressed(page, report)
    write_remarks(page, report)
    for line in gone_and_hidden(report, show_hidden):
        page.line(Words(line, "dim"))
    if report.findings:
        worst = report.findings[0].rule
        page.line(Words("What a rule means: `gnomon explain ", "dim"), Words(worst, "dim"), Words("`.", "dim"))
