"""What goes onto the page: documents as gnomon's JSON has them, from one run or from the files of many."""

from msgspec import Struct

from gnomon.core.rule import Rule
from gnomon.render.audit_json import JsonAudit
from gnomon.render.html.elements import Element
from gnomon.render.json import JsonReport
from gnomon.render.probe_json import JsonProbe
from gnomon.render.trace_json import JsonTrace


class GuardEvent(Struct, frozen=True, kw_only=True):
    """One line of what guard wrote."""

    time: str
    event: str
    facts: tuple[tuple[str, str], ...] = ()
    """Name and value, in the order of the line."""


class GuardRun(Struct, frozen=True, kw_only=True):
    """The events of one file that guard wrote."""

    file: str
    events: tuple[GuardEvent, ...]


class Contents(Struct, frozen=True, kw_only=True):
    """Everything that one page tells; all text in it is untrusted, but for that of the rules."""

    title: str
    """What was looked at, in a few words."""
    scans: tuple[JsonReport, ...] = ()
    traces: tuple[JsonTrace, ...] = ()
    audits: tuple[JsonAudit, ...] = ()
    probes: tuple[JsonProbe, ...] = ()
    guards: tuple[GuardRun, ...] = ()
    rules: tuple[Rule, ...] = ()
    """All that there are; the page explains those that have findings."""
    made: str = ""
    """When, in UTC: `2026-01-28T03:26:02`. Rendering has no clock of its own."""
    tool_version: str = ""


class Section(Struct, frozen=True, kw_only=True):
    """One part of the page, with a heading and an entry in its list of contents."""

    id: str
    title: str
    heading: str = ""
    """What its heading says, if that is not the title."""
    count: str = ""
    """How much is in it, for the list of contents: `23`, `2 of 40`; "" where that says nothing."""
    body: Element
