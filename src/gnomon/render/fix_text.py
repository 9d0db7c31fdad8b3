"""What `gnomon fix` offers, for people: each change and why it is no more than that, the diffs, and what is left."""

from collections.abc import Sequence

from gnomon.core.finding import Finding, Report
from gnomon.core.patch import Offer, Standing
from gnomon.core.severity import Severity
from gnomon.fix.proof import NARROWING
from gnomon.render.asides import write_remarks, write_skipped
from gnomon.render.fix_diff import write_diff
from gnomon.render.fix_outcome import FixOutcome, Tried
from gnomon.render.outcome import Document
from gnomon.render.page import Page, Words, counted
from gnomon.render.text import verdict
from gnomon.render.unified import diff

_STYLES: dict[Standing, str] = {"automatic": "good", "suggested": "warn", "impossible": "bad"}
_SHORT = 8
"""Digits of a fingerprint that are shown: as many as name a finding on the command line."""


def write(outcome: FixOutcome) -> Document:
    """The offers, the diffs, and how the target stands."""
    page = Page(outcome.style)
    for tried in outcome.tried:
        _write_offer(page, tried.offer)
        page.blank()
    if not outcome.written:
        _write_diffs(page, outcome)
    write_skipped(page, outcome.report.skipped)
    _write_summary(page, outcome)
    write_remarks(page, outcome.report)
    return Document(data=page.text().encode())


def _write_offer(page: Page, offer: Offer) -> None:
    page.line(
        Words(offer.title, "strong"), first=Words(f"{offer.standing}: ", _STYLES[offer.standing]), rest=Words("    ")
    )
    for finding in offer.findings:
        _write_finding(page, finding, offer)
    for clause in offer.why:
        page.line(Words(clause), first=Words("    because ", "dim"))
    word = "    instead " if offer.standing == "impossible" else "    then    "
    for sentence in offer.afterwards:
        page.line(Words(sentence), first=Words(word, "dim"))


def _write_finding(page: Page, finding: Finding, offer: Offer) -> None:
    page.line(
        Words(f"{finding.site.path}:{finding.site.line}", "place"),
        Words(" "),
        Words(finding.severity.value, finding.severity.value),
        Words(f" {finding.rule} {finding.fingerprint[:_SHORT]}", "dim"),
        first=Words(f"    {_does(finding, offer)} ", "dim"),
    )


def _does(finding: Finding, offer: Offer) -> str:
    """What the offer does about a finding, in a word."""
    if finding.severity is Severity.NOTE or offer.standing == "impossible":
        return "concerns"
    return "narrows" if offer.recipe in NARROWING else "removes"


def _write_diffs(page: Page, outcome: FixOutcome) -> None:
    """What --write applies, then what is suggested beside it, each by itself."""
    if outcome.changes:
        write_diff(page, diff(outcome.changes, outcome.prefix))
        page.blank()
    for tried in outcome.tried:
        if tried.changes and not tried.chosen:
            page.line(Words("suggested alone: ", "warn"), Words(tried.offer.title))
            write_diff(page, diff(tried.changes, outcome.prefix))
            page.blank()


def _write_summary(page: Page, outcome: FixOutcome) -> None:
    report = outcome.report
    target = "this folder" if report.target == "." else report.target
    page.line(Words(target, "strong"), Words(": "), *verdict(report))
    if outcome.written and outcome.after is not None:
        new = sum(change.before is None for change in outcome.changes)
        changed = len(outcome.changes) - new
        files = f"{counted(changed, 'file')} changed" + (f", {new:,} new" if new else "")
        page.line(Words(f"written: {files}. Scanned again: "), *verdict(outcome.after))
    elif outcome.after is not None:
        page.line(Words("scanned again with the change: "), *verdict(outcome.after))
    page.line(Words(f"{_counts(outcome.tried)} in {outcome.elapsed_s:.1f} s", "dim"))
    for hint in _hints(outcome):
        page.line(Words(hint, "dim"))


def _counts(tried: Sequence[Tried]) -> str:
    standings = [each.offer.standing for each in tried]
    return "changes: " + ", ".join(f"{standings.count(standing):,} {standing}" for standing in _STYLES)


def _hints(outcome: FixOutcome) -> list[str]:
    """What to type next."""
    suggested = any(tried.offer.standing == "suggested" and not tried.chosen for tried in outcome.tried)
    hints = []
    if outcome.changes and not outcome.written:
        hints.append("`gnomon fix --write` applies the change.")
    if suggested and not outcome.unsafe:
        hints.append("`--unsafe` applies what is suggested, too; read it first.")
    if not outcome.tried and not is_red(outcome.report):
        hints.append("There is nothing to fix.")
    return hints


def is_red(report: Report) -> bool:
    """True if there is a finding that is more than a note."""
    return any(finding.severity is not Severity.NOTE for finding in report.findings)
