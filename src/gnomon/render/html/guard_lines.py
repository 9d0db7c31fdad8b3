"""The lines that guard wrote, counted: equal events become one, with how often, since when and from whom."""

import re
from collections.abc import Iterable

import msgspec
from msgspec import Struct

from gnomon.render.html.contents import GuardEvent, GuardRun

MOST_EVENTS = 2_000
"""Different events of one file: names come from the network, so a sender can make as many as it likes."""
MOST_PEERS = 5
_PREFIX = b"gnomon guard: "
"""Before an event that had to go to standard error."""
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z")


class _Line(Struct):
    """What of an event is counted; all of it was written by guard, or by whoever wrote to the same file."""

    event: str
    time: str = ""
    module: str | None = None
    name: str | None = None
    site: str | None = None
    line: int | None = None
    socket: str | None = None
    outcome: str | None = None
    kind: str | None = None
    why: str | None = None
    problem: str | None = None
    peer: str | None = None
    endpoint: str | None = None
    left_out: int = 0
    asked: str | None = msgspec.field(name="from", default=None)
    given: str | None = msgspec.field(name="to", default=None)

    @property
    def about(self) -> tuple[str, ...]:
        """What equal events have in common."""
        named = ".".join(filter(None, (self.module, self.name)))
        changed = f"{self.asked} became {self.given}" if self.asked and self.given else ""
        place = f"{self.site}:{self.line}" if self.site and self.line else self.site or ""
        why = self.why or self.problem or changed
        return (self.event, named, place, self.socket or self.endpoint or "", self.outcome or "", self.kind or "", why)


class _Count:
    """How often an event was told, in which time, and by whom it was caused."""

    def __init__(self) -> None:
        self.times = 0
        self.first = self.last = ""
        self.peers: dict[str, None] = {}
        self.more_peers: set[str] = set()

    def add(self, line: _Line) -> None:
        self.times += 1 + max(line.left_out, 0)
        if _TIME.fullmatch(line.time):
            self.first = min(self.first or line.time, line.time)
            self.last = max(self.last, line.time)
        if line.peer and line.peer not in self.peers:
            if len(self.peers) < MOST_PEERS:
                self.peers[line.peer] = None
            elif len(self.more_peers) < MOST_EVENTS:
                self.more_peers.add(line.peer)


def guard_run(file: str, lines: Iterable[bytes]) -> GuardRun | None:
    """The events among the lines of a file; None if there is none."""
    decoder = msgspec.json.Decoder(_Line)
    counts: dict[tuple[str, ...], _Count] = {}
    others = left_out = 0
    for text in filter(None, map(bytes.strip, lines)):
        try:
            line = decoder.decode(text.removeprefix(_PREFIX))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            others += 1
            continue
        if line.about not in counts and len(counts) >= MOST_EVENTS:
            left_out += 1 + max(line.left_out, 0)
        else:
            counts.setdefault(line.about, _Count()).add(line)
    if not counts:
        return None
    return GuardRun(
        file=file,
        events=tuple(_event(about, count) for about, count in counts.items()),
        left_out=left_out,
        others=others,
    )


def _event(about: tuple[str, ...], count: _Count) -> GuardEvent:
    event, name, site, socket, outcome, kind, why = about
    return GuardEvent(
        event=event,
        name=name,
        site=site,
        socket=socket,
        outcome=outcome,
        kind=kind,
        why=why,
        count=count.times,
        first=count.first,
        last=count.last,
        peers=tuple(count.peers),
        more_peers=len(count.more_peers),
    )
