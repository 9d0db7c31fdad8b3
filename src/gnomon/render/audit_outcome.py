"""What a writer of `gnomon audit` is given: the answer, and when it was asked for."""

from datetime import UTC, datetime

from msgspec import Struct

from gnomon.core.audit import FINDINGS, Audited, Status, Verdict
from gnomon.render.page import Style

WORDS: dict[Status, str] = {
    "affected": "affected, and the flawed code is there",
    "still-flawed": "called fixed, and the flawed code is there",
    "copied": "with a copy of flawed code, and no advisory of its own",
    "by-version": "affected by version, files not looked at",
    "unknown": "not decided",
    "mitigated": "mitigated: the load is there, out of reach",
    "code-absent": "called affected, and the flawed code is not there",
    "clear": "not affected",
}
"""What each status says of a package."""


class AuditOutcome(Struct, frozen=True, kw_only=True):
    """Everything that one run of `gnomon audit` has to tell."""

    audited: Audited
    began: datetime
    """In UTC; no writer has a clock of its own."""
    elapsed_s: float
    tool_version: str
    folder: str = ""
    """The folder that gnomon was started in, absolute; "" if nobody knows."""
    style: Style = Style()

    @property
    def time(self) -> str:
        """`2026-01-28T03:26:02Z`."""
        return self.began.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def findings(self) -> tuple[Verdict, ...]:
        """What makes the exit code 1."""
        return tuple(each for each in self.audited.verdicts if each.status in FINDINGS)
