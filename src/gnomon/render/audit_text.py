"""What `gnomon audit` found as text for people: findings as cards, the others in a line, then what was looked at."""

from collections import Counter
from collections.abc import Iterator

from gnomon.core.audit import FINDINGS, Audited, DataSource, Verdict
from gnomon.core.severity import Severity
from gnomon.render.asides import remark_words, write_skipped
from gnomon.render.audit_outcome import WORDS, AuditOutcome
from gnomon.render.outcome import Document
from gnomon.render.page import Page, Words, counted
from gnomon.render.summary import channel

_SIGHTS = 4
_REMARKS = 20


def write(outcome: AuditOutcome) -> Document:
    """The answer."""
    page = Page(outcome.style)
    audited = outcome.audited
    for each in outcome.findings:
        if each.advisory.kind != "other":
            _write_card(page, each)
    for each in outcome.findings:
        if each.advisory.kind == "other":
            _write_imported(page, each)
    for each in audited.verdicts:
        if each.status in ("mitigated", "code-absent"):
            _write_line(page, each)
    page.blank()
    write_skipped(page, audited.skipped)
    target = "this folder" if audited.target == "." else audited.target
    page.line(Words(target, "strong"), Words(f" ({audited.kind}): "), *verdict_words(audited))
    _write_numbers(page, outcome)
    for remark in audited.remarks[:_REMARKS]:
        page.line(*remark_words(remark), first=Words("Remark: ", "warn"))
    if len(audited.remarks) > _REMARKS:
        page.line(Words(f"{len(audited.remarks) - _REMARKS:,} more remarks; `--format json` lists them all", "dim"))
    return Document(data=page.text().encode())


def verdict_words(audited: Audited) -> Iterator[Words]:
    """`73 packages; 2 affected, and the flawed code is there`, and whether the answer is complete."""
    yield Words(counted(len(audited.packages), "package"))
    counts = Counter(each.status for each in audited.verdicts)
    for status in FINDINGS:
        if counts[status]:
            yield Words(f"; {counts[status]:,} {WORDS[status]}", "bad")
    if not any(counts[status] for status in FINDINGS):
        yield Words("; no known flaw found", "" if audited.skipped else "good")
    if audited.skipped:
        yield Words(f"; incomplete ({len(audited.skipped):,} skipped)", "warn")


def _write_card(page: Page, verdict: Verdict) -> None:
    advisory = verdict.advisory
    style = "high" if verdict.severity is Severity.CRITICAL else verdict.severity.value
    page.line(
        Words(verdict.severity.value.upper(), style),
        Words(" "),
        Words(verdict.package.label, "strong"),
        Words(f" {advisory.id}: "),
        Words(advisory.title),
        rest=Words("    "),
    )
    page.line(Words(WORDS[verdict.status], "bad"), Words(f"; {verdict.package.where}", "dim"), first=Words("  "))
    for sight in verdict.sights[:_SIGHTS]:
        said = f" ({channel(sight.endpoint)})" if sight.endpoint is not None else ""
        page.line(
            Words(f"{sight.path}:{sight.line}", "place"),
            Words(f" {sight.what} in {sight.qualname}{said}"),
            first=Words("  at "),
            rest=Words("    "),
        )
    if len(verdict.sights) > _SIGHTS:
        page.line(Words(f"and {len(verdict.sights) - _SIGHTS:,} more places", "dim"), first=Words("  "))
    for name, text in _told(verdict):
        page.line(Words(text), first=Words(f"  {name}: "), rest=Words("    "))
    page.blank()


def _write_imported(page: Page, verdict: Verdict) -> None:
    """A record that names no code has no more to tell than its line."""
    style = "high" if verdict.severity is Severity.CRITICAL else verdict.severity.value
    wanted = verdict.remedy.version if verdict.remedy is not None else ""
    page.line(
        Words(f" {verdict.package.label} ", "strong"),
        Words(f"{verdict.advisory.id} by version: "),
        Words(verdict.advisory.title),
        Words(f"; to do: {verdict.package.name} {wanted}" if wanted else ""),
        first=Words(verdict.severity.value, style),
        rest=Words("    "),
    )


def _told(verdict: Verdict) -> Iterator[tuple[str, str]]:
    advisory = verdict.advisory
    if not verdict.sights:
        yield "why", verdict.reason
    if advisory.precondition:
        yield "matters with", advisory.precondition
    if advisory.disputed:
        yield "its makers say", advisory.disputed
    if advisory.record.wrong:
        yield "the public record", advisory.record.wrong
    if verdict.remedy is not None:
        wanted = f"{verdict.package.name} {verdict.remedy.version}: " if verdict.remedy.version else ""
        yield "to do", f"{wanted}{verdict.remedy.note}"


def _write_line(page: Page, verdict: Verdict) -> None:
    page.line(
        Words(f" {verdict.package.label} {verdict.advisory.id}: "),
        Words(verdict.reason),
        first=Words("note", "note"),
        rest=Words("    "),
    )


def _write_numbers(page: Page, outcome: AuditOutcome) -> None:
    audited = outcome.audited
    took = f"{outcome.elapsed_s:.{1 if outcome.elapsed_s >= 1 else 2}f} s"
    looked = (
        f"{counted(audited.files, 'file')} looked into in {took} • {audited.clear:,} known flaws that don't concern it"
    )
    page.line(
        Words(f"{looked} • gnomon {outcome.tool_version}{f' • {audited.digest}' if audited.digest else ''}", "dim")
    )
    for source in audited.sources:
        page.line(Words(source_words(source), "warn" if source.stale else "dim"))


def source_words(source: DataSource) -> str:
    """`advisories: gnomon's own, 79 records, newest of 2026-11-26 (3 days old)`."""
    age = "age unknown" if source.age_days is None else f"{counted(source.age_days, 'day')} old"
    dated = f", newest of {source.date[:10]} ({age})" if source.date else f", {age}"
    return f"advisories: {source.name}, {counted(source.records, 'record')} {source.version}{dated}"
