"""What a writer of `gnomon trace` is given: the copies found in each target, and who took them from whom."""

from datetime import datetime

from msgspec import Struct

from gnomon.core.lineage import Lineage, Traced
from gnomon.render.page import Style, counted


class TraceOutcome(Struct, frozen=True, kw_only=True):
    """Everything that one run of `gnomon trace` has to tell."""

    traced: tuple[Traced, ...]
    """At least one, in the order in which the targets were named."""
    lineage: Lineage | None = None
    """None unless several targets or histories were compared with one another."""
    style: Style = Style()
    """What the place that text for people goes to can show."""
    began: datetime
    """In UTC; no writer has a clock of its own."""
    elapsed_s: float
    tool_version: str
    pack_version: str
    """Of the signatures."""
    signatures: int
    """How many are known."""

    @property
    def skipped(self) -> int:
        """How much of all targets could not be looked at: the answer is incomplete unless it is 0."""
        return sum(len(each.skipped) for each in self.traced)

    @property
    def nothing_found(self) -> str:
        """`no copy of the 24 known signatures was found in 1,204 functions`; "" if there is one."""
        if any(each.copies for each in self.traced):
            return ""
        return nothing_found(self.signatures, sum(each.functions for each in self.traced))


def nothing_found(signatures: int, functions: int) -> str:
    """`no copy of the 24 known signatures was found in 1,204 functions`."""
    known = f"the {signatures:,} known signatures" if signatures != 1 else "the 1 known signature"
    return f"no copy of {known} was found in {counted(functions, 'function')}"
