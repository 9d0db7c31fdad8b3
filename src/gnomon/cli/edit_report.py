"""The report on an edit: ask, select, and count what was looked at."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from gnomon import __version__
from gnomon.core.edit import Change
from gnomon.core.finding import Finding, Report, Skipped
from gnomon.core.model import Knowledge
from gnomon.core.select import select
from gnomon.core.severity import Confidence, Severity
from gnomon.scan.snippets import findings_of


def report_on(
    change: Change,
    known: Knowledge,
    *,
    min_severity: Severity = Severity.NOTE,
    min_confidence: Confidence = Confidence.LOW,
    include_all: bool = False,
) -> Report:
    """The findings that the change brings; `include_all` adds, as notes, those of rules that are off by default."""
    off = {rule.id for rule in known.rules if not rule.default}
    picked = select(
        _milder(findings_of(change.edits, known), off) if change.edits else (),
        known.rules,
        min_severity=min_severity,
        min_confidence=min_confidence,
        include_all=include_all,
    )
    return Report(
        target=_target([edit.path for edit in change.edits]),
        findings=picked.findings,
        skipped=(*change.skipped, *picked.skipped),
        files=len(change.edits),
        lines=sum(edit.data.count(b"\n") for edit in change.edits),
        tool_version=__version__,
        knowledge_version=known.version,
        hidden=picked.hidden,
    )


def _milder(results: Iterator[Finding | Skipped], off: set[str]) -> Iterator[Finding | Skipped]:
    """An edit shows too little of a program to blame a load for what is not seen of it."""
    for result in results:
        is_off = isinstance(result, Finding) and result.rule in off
        yield replace(result, severity=Severity.NOTE) if is_off else result


def _target(paths: Sequence[str]) -> str:
    return paths[0] if len(paths) == 1 else f"an edit of {len(paths)} files"
