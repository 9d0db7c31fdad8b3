"""What listens, whom it lets in and whose it is: the answers of probe."""

from collections.abc import Iterator, Mapping, Sequence

from gnomon.render.html.contents import Contents, Section
from gnomon.render.html.elements import Child, Element, el, link
from gnomon.render.html.found import found
from gnomon.render.html.tables import further, state, table
from gnomon.render.html.words import REACH, code, named, said, short
from gnomon.render.page import counted
from gnomon.render.probe_json import JsonOwner, JsonProbe, JsonSocket
from gnomon.render.tone import Tone

_MOST_ROWS = 300
_ORDER = ("open", "unclear", "denied", "protected", "failed", "unasked")
"""Of the table; what speaks no ZeroMQ comes last."""
_WORDS: dict[str, tuple[Tone, str]] = {
    "open": ("flawed", "whoever connects is let in"),
    "unclear": ("unknown", "it did not say whom it lets in"),
    "denied": ("safe", "it turned the probe away"),
    "protected": ("safe", "it demands a key or a password"),
    "not-zeromq": ("unknown", "it speaks something else, or nothing"),
    "closed": ("unknown", "nothing listens"),
    "filtered": ("unknown", "no answer came"),
    "unreachable": ("unknown", "there is no way to it"),
    "unasked": ("unknown", "it was not asked"),
    "failed": ("unknown", "it could not be asked"),
}


def section(contents: Contents) -> Section | None:
    """A part for each probe; None if there is none."""
    if not contents.probes:
        return None
    places = {(of, each.finding.path): each.id for each in reversed(found(contents)) for of in each.targets}
    several = len(contents.probes) > 1
    parts = [part for probe in contents.probes for part in _probe(probe, places, several=several)]
    is_open = sum(probe.summary.verdicts.get("open", 0) for probe in contents.probes)
    return Section(id="sockets", title="Sockets", count=f"{is_open:,}", body=el("div", None, *parts))


def _probe(probe: JsonProbe, places: Mapping[tuple[str, str], str], *, several: bool) -> Iterator[Child]:
    if several:
        yield el("h3", {"class": "part"}, named(probe.target))
    verdicts = probe.summary.verdicts
    speak = sum(verdicts.get(each, 0) for each in _ORDER[:4])
    is_open = verdicts.get("open", 0)
    yield el(
        "p",
        None,
        f"{counted(probe.summary.asked, 'place')} of {named(probe.target)} asked: {speak:,} speak ZeroMQ, "
        f"and {is_open:,} of these let in whoever connects.",
    )
    if probe.sockets:
        rows = sorted(probe.sockets, key=_rank)
        owned = any(each.owner for each in rows)
        listed = [
            _socket(each, places.get((probe.target, each.endpoint), ""), owned=owned) for each in rows[:_MOST_ROWS]
        ]
        more = further(len(rows) - _MOST_ROWS, "place")
        yield table(("Verdict", "Socket", "Speaks", "Reach", *(("Whose",) if owned else ())), listed, more)
    rest = {each: count for each, count in verdicts.items() if count and each not in _shown(probe.sockets)}
    if rest:
        told = ", ".join(f"{count:,} {short(each, 20)}" for each, count in rest.items())
        yield el("p", {"class": "aside"}, *said(f"Not listed: {told}; `gnomon probe --all` lists them."))


def _shown(sockets: Sequence[JsonSocket]) -> set[str]:
    return {socket.verdict for socket in sockets}


def _rank(socket: JsonSocket) -> int:
    return _ORDER.index(socket.verdict) if socket.verdict in _ORDER else len(_ORDER)


def _socket(socket: JsonSocket, id_: str, *, owned: bool) -> Element:
    tone, words = _WORDS.get(socket.verdict, ("unknown", ""))
    endpoint = code(socket.endpoint)
    speaks = ", ".join(filter(None, (socket.type, socket.mechanism, socket.protocol)))
    return el(
        "tr",
        None,
        el("td", None, state(tone, socket.verdict), el("small", None, words)),
        el("th", {"scope": "row"}, link(f"#{id_}", endpoint) if id_ else endpoint, *_detail(socket.detail)),
        el("td", None, short(speaks, 80)),
        el("td", None, REACH[socket.reach][0] if socket.reach in REACH else short(socket.reach, 40)),
        el("td", None, *_owner(socket.owner)) if owned else None,
    )


def _detail(detail: str | None) -> Iterator[Child]:
    if detail:
        yield el("small", None, *said(detail))


def _owner(owner: JsonOwner | None) -> Iterator[Child]:
    if owner is None:
        return
    yield f"{short(owner.name, 60)} "
    yield el("span", {"class": "dim"}, f"pid {owner.pid}")
    if owner.framework is not None:
        yield el("small", None, short(f"{owner.framework.name} {owner.framework.version}, {owner.basis}", 100))
    yield el("small", None, code(owner.command))
