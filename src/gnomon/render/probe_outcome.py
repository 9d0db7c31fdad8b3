"""What one probe has to tell, for every writer."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from gnomon.core.finding import Report
from gnomon.core.rule import Rule
from gnomon.probe.verdict import Row, Verdict
from gnomon.render.page import Style


class ProbeOutcome(Struct, frozen=True, kw_only=True):
    """Everything that one run has to tell."""

    report: Report
    rows: Sequence[Row]
    """Those to be shown, in order of endpoints."""
    counts: Mapping[Verdict, int]
    """Of all places, shown or not."""
    began: datetime
    elapsed_s: float
    rules: Sequence[Rule]
    style: Style = Style()

    @property
    def asked(self) -> int:
        """Places in all."""
        return sum(self.counts.values())

    @property
    def began_s(self) -> int:
        """Seconds since 1970."""
        return int(self.began.astimezone(UTC).timestamp())
