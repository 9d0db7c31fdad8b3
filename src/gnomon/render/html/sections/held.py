"""What guard refused, dropped or could not hold: what was asked for, where, by whom, and how often."""

from collections.abc import Iterator, Sequence

from gnomon.render.html.beside import HELD
from gnomon.render.html.contents import Contents, GuardEvent, GuardRun, Section
from gnomon.render.html.elements import Child, Element, el
from gnomon.render.html.tables import further, state, table
from gnomon.render.html.words import code, said, short
from gnomon.render.page import counted
from gnomon.render.tone import Tone

_MOST_ROWS = 200
_WORDS: dict[str, tuple[Tone, str]] = {
    "dropped": ("safe", "a message was discarded"),
    "refused": ("safe", "a load was stopped"),
    "shield-refused": ("safe", "a peer without a listed key"),
    "would-refuse": ("flawed", "a load that enforcing would stop"),
    "not-covered": ("eased", "something that guard can't hold"),
    "shield-left": ("eased", "a socket with keys of its own"),
    "shield-keys-unreadable": ("eased", "keys that can't be read again"),
    "shield-ended": ("eased", "a thread of the shield ended"),
    "bind-narrowed": ("safe", "bound to a narrower address"),
    "extension-code-not-given": ("safe", "pickles have the name instead"),
}
"""In the order of the table."""


def section(contents: Contents) -> Section | None:
    """A part for each file of events; None if there is none."""
    if not contents.guards:
        return None
    held = sum(event.count for run in contents.guards for event in run.events if event.event in HELD)
    several = len(contents.guards) > 1
    parts = [part for run in contents.guards for part in _run(run, several=several)]
    return Section(id="held", title="Held loads", count=f"{held:,}", body=el("div", None, *parts))


def _run(run: GuardRun, *, several: bool) -> Iterator[Child]:
    if several:
        yield el("h3", {"class": "part"}, code(run.file))
    yield el("p", None, f"{_standing(run.events)}{_when(run.events)}.")
    rows = sorted(run.events, key=lambda event: (_rank(event), -event.count))
    more = further(len(rows) - _MOST_ROWS + run.left_out, "event")
    yield table(("Event", "Asked for", "Where", "From", "Times"), map(_event, rows[:_MOST_ROWS]), more)
    if run.others:
        told = f"{counted(run.others, 'line')} of {run.file} {'is' if run.others == 1 else 'are'} no event of guard."
        yield el("p", {"class": "aside"}, *said(told))


def _standing(events: Sequence[GuardEvent]) -> str:
    held = sum(event.count for event in events if event.event in HELD)
    let = sum(event.count for event in events if event.event == "would-refuse")
    open_ = sum(event.count for event in events if event.event == "not-covered")
    told = [f"Guard held back {counted(held, 'load')}"]
    told += [f"{let:,} went on that enforcing would stop"] if let else []
    told += [f"{open_:,} could not be held"] if open_ else []
    return ", ".join(told)


def _when(events: Sequence[GuardEvent]) -> str:
    first = _second(min((event.first for event in events if event.first), default=""))
    last = _second(max((event.last for event in events), default=""))
    if not first:
        return ""
    return f", {first} UTC" if first == last else f", from {first} to {last} UTC"


def _second(time: str) -> str:
    return time[:19].replace("T", " ")


def _rank(event: GuardEvent) -> int:
    return list(_WORDS).index(event.event) if event.event in _WORDS else len(_WORDS)


def _event(event: GuardEvent) -> Element:
    tone, words = _WORDS.get(event.event, ("unknown", ""))
    return el(
        "tr",
        None,
        el("td", None, state(tone, event.event), el("small", None, words)),
        el("th", {"scope": "row"}, code(event.name) if event.name else "", *_why(event)),
        el("td", None, *_where(event)),
        el("td", None, *_peers(event)),
        el("td", {"class": "number"}, f"{event.count:,}", *_last(event)),
    )


def _why(event: GuardEvent) -> Iterator[Child]:
    if event.why:
        yield el("small", None, *said(event.why))


def _where(event: GuardEvent) -> Iterator[Child]:
    if event.site:
        yield code(event.site)
    if event.socket:
        yield el("small", None, "socket ", code(event.socket))


def _peers(event: GuardEvent) -> Iterator[Child]:
    yield ", ".join(short(peer, 60) for peer in event.peers) or "not told"
    if event.more_peers:
        yield f" and {event.more_peers:,} more"


def _last(event: GuardEvent) -> Iterator[Child]:
    if event.last:
        yield el("small", None, f"last {_second(event.last)}")
