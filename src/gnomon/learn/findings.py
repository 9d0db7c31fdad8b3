"""Findings told as evidence: in one line each, with the place."""

from collections.abc import Iterable, Iterator

from gnomon.core.finding import Finding
from gnomon.core.lesson import Lesson
from gnomon.core.severity import Severity
from gnomon.learn.verdict import Scanned


def against(lesson: Lesson, result: Scanned) -> tuple[Finding, ...]:
    """The findings of the lesson's rules that are more than a note."""
    return tuple(finding for finding in _asked(lesson, result) if finding.severity is not Severity.NOTE)


def leaves_note(lesson: Lesson, result: Scanned) -> bool:
    """True if a finding of the lesson's rules is a note."""
    return any(finding.severity is Severity.NOTE for finding in _asked(lesson, result))


def told(found: Iterable[Finding]) -> Iterator[str]:
    """`server.py:12: …`, and what a fix lacks that is there already."""
    for finding in found:
        yield f"scan: {finding.site.path}:{finding.site.line}: {finding.message}"
        if finding.incomplete is not None:
            yield f"scan: incomplete fix ({finding.incomplete.kind}): {finding.incomplete.what}"


def _asked(lesson: Lesson, result: Scanned) -> Iterator[Finding]:
    return (finding for finding in result.findings if finding.rule in lesson.rules)
