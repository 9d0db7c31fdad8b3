"""An outcome as GitHub workflow commands: annotations of lines, and in the log everything that they have no room for.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands; the runner makes annotations of
the first ten commands of each kind in a step and drops the others, and cuts messages at 4,096 characters
(`_maxCountPerIssueType` and `_maxIssueMessageLength` in actions/runner, src/Runner.Worker/ExecutionContext.cs).
"""

from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from gnomon.core.finding import Finding, Report
from gnomon.core.severity import Severity
from gnomon.render.escape import visible
from gnomon.render.outcome import Document, Outcome
from gnomon.render.page import counted
from gnomon.render.place import from_folder
from gnomon.render.summary import channel, known, told, verdict

Kind = Literal["error", "warning", "notice"]
_KIND: dict[Severity, Kind] = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
    Severity.NOTE: "notice",
}
_ANNOTATIONS = 10
_MESSAGE = 4000  # UTF-16 units, 96 below the runner's limit
_LINE = 1000
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


class Annotation(Struct, frozen=True, kw_only=True):
    """What GitHub shows beside a line, or without `place` above all lines."""

    kind: Kind
    title: str
    lines: tuple[str, ...]
    """Untrusted text, each made one line on its way out."""
    file: str = ""
    line: int = 0
    column: int = 0


def write(outcome: Outcome) -> Document:
    """One command a line, worst first; what GitHub would drop is in plain lines, and the last line counts it."""
    shown, unshown = _divided(outcome)
    lines = [_command(annotation) for annotation in shown]
    lines += [_plain(annotation) for annotation in unshown]
    for report in outcome.reports:
        lines += [visible(f"gnomon: {report.target}: {verdict(report)}")]
        lines += [visible(f"gnomon: {line}") for line in known(report, outcome.show_hidden)]
    if unshown:
        lines.append(_remainder(len(unshown)))
    return Document(data="".join(f"{line}\n" for line in lines).encode())


def _divided(outcome: Outcome) -> tuple[list[Annotation], list[Annotation]]:
    """The annotations that GitHub makes, and the others."""
    shown: list[Annotation] = []
    unshown: list[Annotation] = []
    room: dict[Kind, int] = {"error": _ANNOTATIONS, "warning": _ANNOTATIONS, "notice": _ANNOTATIONS}
    for annotation in _annotations(outcome):
        (shown if room[annotation.kind] > 0 else unshown).append(annotation)
        room[annotation.kind] -= 1
    if unshown and room["notice"] <= 0:  # the last line is a notice itself, and must not be the one that is dropped
        last = max(index for index, annotation in enumerate(shown) if annotation.kind == "notice")
        unshown.insert(0, shown.pop(last))
    return shown, unshown


def _annotations(outcome: Outcome) -> Iterator[Annotation]:
    """First that something was not looked at: then the worst findings of all targets."""
    for report in outcome.reports:
        if report.skipped:
            yield _incomplete(report)
    for report, finding in outcome.found:
        yield _annotation(report, finding, outcome.folder)


def _incomplete(report: Report) -> Annotation:
    skips = tuple(f"{entry.path}: {entry.reason}" for entry in report.skipped)
    return Annotation(
        kind="error",
        title="gnomon: incomplete",
        lines=(f"{report.target}: {counted(len(skips), 'part')} not looked at", *skips),
    )


def _annotation(report: Report, finding: Finding, folder: str) -> Annotation:
    return Annotation(
        kind=_KIND[finding.severity],
        title=f"{finding.severity}: {finding.rule} (confidence {finding.confidence})",
        lines=tuple(_lines(report, finding, folder)),
        file=from_folder(report, finding.site.path, folder),
        line=finding.site.line,
        column=finding.site.span.column,
    )


def _lines(report: Report, finding: Finding, folder: str) -> Iterator[str]:
    yield finding.message
    if finding.endpoint:
        yield f"Endpoint: {channel(finding.endpoint)}"
    if finding.incomplete:
        yield f"Incomplete fix: {told(report, finding.incomplete, folder)}"
    if finding.remedy:
        yield f"Remedy: {finding.remedy}"
    for number, step in enumerate(finding.flow, start=1):
        yield f"{number}. {from_folder(report, step.site.path, folder)}:{step.site.line} {step.note}"


def _command(annotation: Annotation) -> str:
    place = {"file": annotation.file, "line": annotation.line, "col": annotation.column} if annotation.file else {}
    properties = {**place, "title": annotation.title}
    written = ",".join(f"{name}={visible(str(value)).translate(_PROPERTY)}" for name, value in properties.items())
    return f"::{annotation.kind} {written}::{_message(annotation.lines).translate(_DATA)}"


def _message(lines: Sequence[str]) -> str:
    """As many lines as the runner lets through, and how many there are more."""
    fitting: list[str] = []
    room = _MESSAGE
    for line in map(_shortened, lines):
        room -= len(line.encode("utf-16-le")) // 2 + 1
        if room < 0:
            fitting.append(f"and {counted(len(lines) - len(fitting), 'more line')}; --format json has them all")
            break
        fitting.append(line)
    return "\n".join(fitting)


def _shortened(text: str) -> str:
    shown = visible(text)
    return shown if len(shown) <= _LINE else f"{shown[:_LINE]}…"


def _plain(annotation: Annotation) -> str:
    place = f"{annotation.file}:{annotation.line}:{annotation.column}: " if annotation.file else ""
    return visible(f"gnomon: {place}{annotation.title}: {annotation.lines[0]}")


def _remainder(number: int) -> str:
    text = (
        f"{counted(number, 'result')} without an annotation: GitHub shows {_ANNOTATIONS} of each kind in a step. "
        "They are in this step's log, and --format text, json or sarif has them in full."
    )
    return _command(Annotation(kind="notice", title="gnomon: not annotated", lines=(text,)))
