"""What goes onto the page: documents as gnomon's JSON has them, from one run or from the files of many."""

from msgspec import Struct

from gnomon.core.rule import Rule
from gnomon.render.audit_json import JsonAudit
from gnomon.render.html.elements import Element
from gnomon.render.json import JsonRemark, JsonReport, JsonSkipped
from gnomon.render.probe_json import JsonProbe
from gnomon.render.trace_json import JsonTrace


class GuardEvent(Struct, frozen=True, kw_only=True):
    """What guard told once or many times: the same event, about the same name, at the same place."""

    event: str
    """`dropped`, `refused`, `would-refuse`, `not-covered` and others; the file may have any text."""
    name: str
    """What was asked for, `os.system`; "" if it is not about a name."""
    site: str
    """Where it would have been loaded; "" if nothing is said of that."""
    socket: str
    outcome: str
    kind: str
    why: str
    count: int
    """How often, with those that guard counted without a line of their own."""
    first: str
    """UTC, `2026-11-26T21:22:53.950Z`; "" if no line has a time that can be read."""
    last: str
    peers: tuple[str, ...]
    """Whom it came from; the first of them, if they are many."""
    more_peers: int
    """Further ones, at least."""


class GuardRun(Struct, frozen=True, kw_only=True):
    """The events of one file that guard wrote."""

    file: str
    events: tuple[GuardEvent, ...]
    """In the order in which each was told first."""
    left_out: int = 0
    """Events beyond those, of a file with too many different ones."""
    others: int = 0
    """Lines that are no events: what else was written to the same file."""


class Contents(Struct, frozen=True, kw_only=True):
    """Everything that one page tells; all text in it is untrusted, but for that of the rules."""

    title: str
    """What was looked at, in a few words."""
    scans: tuple[JsonReport, ...] = ()
    traces: tuple[JsonTrace, ...] = ()
    audits: tuple[JsonAudit, ...] = ()
    probes: tuple[JsonProbe, ...] = ()
    guards: tuple[GuardRun, ...] = ()
    unread: tuple[JsonSkipped, ...] = ()
    """Files that were to be on the page and could not be read or understood."""
    remarks: tuple[JsonRemark, ...] = ()
    """What to know about the files that the page was made from."""
    rules: tuple[Rule, ...] = ()
    """All that there are; the page explains those that have findings."""
    made: str = ""
    """When, in UTC: `2026-01-28T03:26:02`. Rendering has no clock of its own."""
    tool_version: str = ""

    @property
    def explained(self) -> frozenset[str]:
        """The rules with findings, suppressed ones too, that it is known what they mean."""
        occurring = {finding.rule for document in self.answers for finding in document.findings}
        occurring |= {entry.finding.rule for scan in self.scans for entry in scan.suppressed}
        return frozenset(rule.id for rule in self.rules) & occurring

    @property
    def answers(self) -> tuple[JsonReport | JsonProbe, ...]:
        """The documents that have findings."""
        return (*self.scans, *self.probes)


class Section(Struct, frozen=True, kw_only=True):
    """One part of the page, with a heading and an entry in its list of contents."""

    id: str
    title: str
    heading: str = ""
    """What its heading says, if that is not the title."""
    count: str = ""
    """How much is in it, for the list of contents: `23`, `2 of 40`; "" where that says nothing."""
    body: Element
