"""A probe as text for people: the table, then the findings, then what was asked."""

from collections.abc import Iterator, Sequence

from gnomon.core.finding import Finding
from gnomon.core.severity import Confidence, Severity
from gnomon.probe.verdict import Row, Verdict
from gnomon.render.asides import write_remarks, write_skipped
from gnomon.render.escape import visible
from gnomon.render.outcome import Document
from gnomon.render.page import Page, Words, cells, counted
from gnomon.render.probe_outcome import ProbeOutcome
from gnomon.render.text import verdict

WORDS: dict[Verdict, str] = {
    "open": "open to anybody",
    "unclear": "unclear",
    "denied": "turned us away",
    "protected": "protected",
    "not-zeromq": "no ZeroMQ",
    "closed": "closed",
    "filtered": "no answer",
    "unreachable": "unreachable",
    "unasked": "not asked",
    "failed": "failed",
}
_STYLE: dict[Verdict, str] = {
    "open": "bad", "unclear": "warn", "denied": "good", "protected": "good", "failed": "warn", "unasked": "warn",
}  # fmt: skip
_COLUMNS = ("host", "port", "type", "mechanism", "verdict", "owner")
_LISTED = 500
_WIDEST = 40


def write(outcome: ProbeOutcome) -> Document:
    """The whole page."""
    page = Page(outcome.style)
    write_table(page, outcome.rows)
    _write_findings(page, outcome.report.findings)
    write_skipped(page, outcome.report.skipped)
    _write_summary(page, outcome)
    return Document(data=page.text().encode())


def write_table(page: Page, rows: Sequence[Row], most: int = _LISTED) -> None:
    """Adds the first `most` rows, in columns."""
    if not rows:
        return
    lines = [_columns(row) for row in rows[:most]]
    widths = [min(_WIDEST, max(cells(line[at]) for line in (_COLUMNS, *lines))) for at in range(len(_COLUMNS))]
    page.verbatim(Words(_joined(_COLUMNS, widths), "dim"))
    for row, line in zip(rows, lines, strict=False):
        page.line(*_painted(line, widths, _STYLE.get(row.verdict, "dim")), rest=Words("    "))
    if len(rows) > most:
        page.line(Words(f"and {len(rows) - most:,} more; `--format json` lists them all", "dim"))
    page.blank()


def _columns(row: Row) -> tuple[str, ...]:
    port = "" if row.port is None else str(row.port)
    host = row.host or row.endpoint
    owner = row.owner.words if row.owner else ""
    more = row.detail if not row.owner or row.verdict in ("failed", "unasked") else ""
    named = tuple(map(visible, (host, port, row.kind or "-", row.mechanism or "-")))
    return (*named, WORDS[row.verdict], visible(" • ".join(filter(None, (owner, more[:_WIDEST])))))


def _joined(line: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(text + " " * (width - cells(text)) for text, width in zip(line, widths, strict=True))


def _painted(line: Sequence[str], widths: Sequence[int], style: str) -> Iterator[Words]:
    yield Words(f"{_joined(line[:4], widths[:4])}  ")
    yield Words(f"{_joined(line[4:5], widths[4:5])}", style)
    yield Words(f"  {line[5]}")


def _write_findings(page: Page, findings: Sequence[Finding]) -> None:
    told: set[str] = set()
    for finding in findings:
        name = finding.severity.value
        page.line(
            Words(name.upper() if finding.severity is not Severity.NOTE else name, name),
            Words(" "),
            Words(finding.message, "strong" if finding.severity is not Severity.NOTE else ""),
            Words("" if finding.confidence is Confidence.HIGH else f" • confidence {finding.confidence}", "dim"),
            rest=Words("    "),
        )
        for entry in finding.endpoint.evidence if finding.endpoint and finding.severity is not Severity.NOTE else ():
            if entry.claim != "role":
                page.line(Words(f"{entry.claim}: {entry.note} "), Words(f"• {entry.basis}", "dim"), first=Words("  "))
        if finding.advisories:
            page.line(Words(", ".join(finding.advisories)), first=Words("  advisories: "))
        if finding.remedy and finding.remedy not in told:
            page.line(Words(finding.remedy), first=Words("  remedy: ", "good"), rest=Words("    "))
            told.add(finding.remedy)
    page.blank()


def _write_summary(page: Page, outcome: ProbeOutcome) -> None:
    report = outcome.report
    page.line(Words(report.target, "strong"), Words(": "), *verdict(report))
    counts = (f"{outcome.counts[name]:,} {words}" for name, words in WORDS.items() if outcome.counts.get(name))
    took = f"{outcome.elapsed_s:.1f} s"
    rate = f", {outcome.asked / outcome.elapsed_s:,.0f} a second" if outcome.asked > 100 and outcome.elapsed_s else ""
    page.line(
        Words(
            f"{counted(outcome.asked, 'place')} asked in {took}{rate}: {', '.join(counts) or 'none'}",
            "dim",
        )
    )
    page.line(Words(f"gnomon {report.tool_version}, knowledge {report.knowledge_version}", "dim"))
    write_remarks(page, report)
    if report.findings:
        page.line(Words(f"What this means: `gnomon explain {report.findings[0].rule}`.", "dim"))
