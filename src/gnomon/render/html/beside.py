"""What is to be told beside findings, in a sentence each: packages, copies, and loads that guard held back."""

from collections.abc import Iterator

from msgspec import Struct

from gnomon.core.audit import FINDINGS
from gnomon.core.lineage import UNSAFE
from gnomon.render.html.contents import Contents
from gnomon.render.page import counted

HELD = ("dropped", "refused")
"""Events of a load that guard stopped."""


class Told(Struct, frozen=True):
    """A sentence without a full stop, and the part of the page that has more of it."""

    place: str
    text: str
    is_bad: bool


def beside(contents: Contents) -> Iterator[Told]:
    """A sentence for each kind of answer that there is."""
    if contents.audits:
        yield _packages(contents)
    if contents.traces:
        yield _copies(contents)
    if contents.guards:
        held = sum(event.count for run in contents.guards for event in run.events if event.event in HELD)
        yield Told("#held", f"guard held back {counted(held, 'load')}", is_bad=bool(held))


def worst_beside(contents: Contents) -> str:
    """The sentence that says most; "" if there is none."""
    told = sorted(beside(contents), key=lambda each: not each.is_bad)
    return told[0].text if told else ""


def _packages(contents: Contents) -> Told:
    flawed = {
        (audit.target, verdict.package)
        for audit in contents.audits
        for verdict in audit.verdicts
        if verdict.status in FINDINGS
    }
    packages = sum(audit.summary.packages for audit in contents.audits)
    has = "has" if len(flawed) == 1 else "have"
    return Told("#packages", f"{len(flawed):,} of {counted(packages, 'package')} {has} a known flaw", bool(flawed))


def _copies(contents: Contents) -> Told:
    copies = [copy for trace in contents.traces for target in trace.targets for copy in target.copies]
    if not copies:
        return Told("#lineage", "no copy of known-flawed code was found", is_bad=False)
    unsafe = sum(copy.state in UNSAFE for copy in copies)
    does = "loads" if unsafe == 1 else "load"
    text = f"{unsafe:,} of {counted(len(copies), 'place')} like known-flawed code still {does} what comes"
    return Told("#lineage", text, bool(unsafe))
