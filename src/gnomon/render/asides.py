"""What a report tells beside its findings: what was skipped or suppressed and why, and remarks about the run."""

from collections import Counter
from collections.abc import Sequence

from gnomon.core.finding import Remark, Report, Skipped
from gnomon.render.page import Page, Words, counted

_LISTED = 20
_LISTED_EXCLUDED = 5


def write_skipped(page: Page, skipped: Sequence[Skipped]) -> None:
    """Adds what was not looked at, each with its reason."""
    if not skipped:
        return
    page.line(Words("Not looked at, so this report is incomplete:", "warn"))
    for entry in skipped[:_LISTED]:
        page.line(Words(entry.path, "place"), Words(": "), Words(entry.reason), first=Words("  - "))
    more = len(skipped) - _LISTED
    if more > 0:
        page.line(Words(f"and {more:,} more; `--format json` lists them all"), first=Words("  - "))
    page.blank()


def write_excluded(page: Page, excluded: Sequence[str]) -> None:
    """Adds what was left out by rule, in a line."""
    if not excluded:
        return
    more = len(excluded) - _LISTED_EXCLUDED
    names = ", ".join(excluded[:_LISTED_EXCLUDED]) + (f" and {more:,} more" if more > 0 else "")
    page.line(Words(f"Left out: {names}", "dim"))


def write_suppressed(page: Page, report: Report) -> None:
    """Adds the number of suppressed findings, each with its reason; those an option took are told by their number."""
    by_option = Counter(entry.reason for entry in report.suppressed if entry.by == "option")
    for reason, count in sorted(by_option.items()):
        page.line(
            Words(f"{counted(count, 'finding')} suppressed: ", "dim"),
            Words(reason, "dim"),
            Words("; `--format json` lists them.", "dim"),
        )
    chosen = [entry for entry in report.suppressed if entry.by != "option"]
    if not chosen:
        return
    page.line(Words(f"{counted(len(chosen), 'finding')} suppressed in code or configuration:", "dim"))
    for entry in chosen[:_LISTED]:
        site = entry.finding.site
        page.line(
            Words(f"{site.path}:{site.line}", "place"),
            Words(f" {entry.finding.severity.value} {entry.finding.rule}: ", "dim"),
            Words(entry.reason),
            first=Words("  - "),
        )
    if len(chosen) > _LISTED:
        page.line(Words(f"and {len(chosen) - _LISTED:,} more; `--format json` lists them all"), first=Words("  - "))


def write_remarks(page: Page, report: Report) -> None:
    """Adds each remark in a line."""
    for remark in report.remarks[:_LISTED]:
        page.line(*remark_words(remark), first=Words("Remark: ", "warn"))
    if len(report.remarks) > _LISTED:
        page.line(Words(f"{len(report.remarks) - _LISTED:,} more remarks; `--format json` lists them all", "dim"))


def remark_words(remark: Remark) -> tuple[Words, ...]:
    """The remark on one line, its place first."""
    if not remark.path:
        return (Words(remark.note),)
    place = f"{remark.path}:{remark.line}" if remark.line else remark.path
    return (Words(place, "place"), Words(": "), Words(remark.note))
