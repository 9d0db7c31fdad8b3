"""What a writer is given, and what it gives back: the answers of one run, and a document."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from gnomon.core.finding import Finding, Report
from gnomon.core.rule import Rule
from gnomon.core.severity import Severity
from gnomon.render.page import Style


class Answer(Struct, frozen=True, kw_only=True):
    """A report on one target, when it was begun and how long it took."""

    report: Report
    began: datetime
    """In UTC; no writer has a clock of its own, so the same outcome gives the same document."""
    elapsed_s: float

    @property
    def start_time(self) -> str:
        """`2026-01-28T03:26:02`, in UTC."""
        return _second(self.began)

    @property
    def end_time(self) -> str:
        """`2026-01-28T03:26:02`, in UTC, never before the start."""
        return end_time(self.began, self.elapsed_s)


class Outcome(Struct, frozen=True, kw_only=True):
    """Everything that one run has to tell."""

    answers: Sequence[Answer]
    """At least one, in the order in which the targets were named."""
    rules: Sequence[Rule]
    """All rules that there are, shown or not."""
    folder: str = ""
    """The folder that gnomon was started in, absolute; "" if nobody knows."""
    show_hidden: str = ""
    """What to change in the command so that nothing is hidden."""
    style: Style = Style()
    """What the place that text for people goes to can show."""

    @property
    def reports(self) -> tuple[Report, ...]:
        """The reports alone."""
        return tuple(answer.report for answer in self.answers)

    @property
    def found(self) -> list[tuple[Report, Finding]]:
        """The findings of all reports, each with the report it is in, the worst first."""
        found = [(report, finding) for report in self.reports for finding in report.findings]
        order = list(Severity)
        return sorted(found, key=lambda pair: order.index(pair[1].severity))


class Document(Struct, frozen=True, kw_only=True):
    """What a writer made."""

    data: bytes
    """UTF-8, harmless to print, ending in a line end."""
    left_out: str = ""
    """One sentence on what the format has no room for; "" if everything is in it."""


def end_time(began: datetime, elapsed_s: float) -> str:
    """When a run was ready: `2026-01-28T03:26:02`, in UTC."""
    return _second(began + timedelta(seconds=elapsed_s))


def _second(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
