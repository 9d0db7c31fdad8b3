"""The active environment in the summary of `gnomon` alone: a few lines, and the command that shows the rest."""

from gnomon.core.audit import FINDINGS, Audited, Verdict
from gnomon.core.severity import Severity
from gnomon.render.audit_text import source_words, verdict_words
from gnomon.render.page import Page, Words
from gnomon.render.standing import write_skipped

_WORST = 5
_SHOW_ALL = "gnomon audit"


def write(page: Page, audited: Audited, why: str, *, elapsed_s: float) -> None:
    """Adds what an audit of the environment gave; `why` says why it is this one."""
    page.line(Words("this environment", "strong"), Words(": "), *verdict_words(audited))
    found = [each for each in audited.verdicts if each.status in FINDINGS]
    for each in found[:_WORST]:
        _write_verdict(page, each)
    if len(found) > _WORST:
        page.line(Words(f"and {len(found) - _WORST:,} more", "dim"), first=Words("  "))
    write_skipped(page, audited.skipped, "skipped package")
    page.line(Words(f"{audited.target}: {why}; looked at in {elapsed_s:.1f} s", "dim"), first=Words("  "))
    for source in audited.sources:
        page.line(Words(source_words(source), "warn" if source.stale else "dim"), first=Words("  "))
    page.line(Words("all of it: "), Words(_SHOW_ALL, "strong"), first=Words("  "))


def write_problem(page: Page, problem: str) -> None:
    """Adds that the environment can't be looked at; `problem` says why in a sentence."""
    page.line(Words("this environment", "strong"), Words(": not looked at; "), Words(problem))


def _write_verdict(page: Page, verdict: Verdict) -> None:
    style = "high" if verdict.severity is Severity.CRITICAL else verdict.severity.value
    page.line(
        Words(verdict.severity.value, style),
        Words(" "),
        Words(verdict.package.label, "strong"),
        Words(f" {verdict.advisory.id}: "),
        Words(verdict.reason),
        first=Words("  "),
        rest=Words("    "),
    )
