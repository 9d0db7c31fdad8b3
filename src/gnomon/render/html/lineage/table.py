"""Copies and lineages as tables: for who can't see the picture, and for what has no place in it."""

from collections import Counter
from collections.abc import Iterator, Sequence

from gnomon.core.lineage import UNSAFE, Lineage
from gnomon.render.family import Member, families, first_day
from gnomon.render.html.elements import Child, Element, el
from gnomon.render.html.tables import further, state, table
from gnomon.render.html.words import advisory, named, place, said, short
from gnomon.render.page import counted
from gnomon.render.tone import WORST_FIRST, Tone, tone_of
from gnomon.render.trace_json import JsonCopy, JsonTarget

_NOTE, _BRIEF = 100, 50  # characters of one clue or reason
_MANY = 60  # rows, of which each has less room


def tone(word: str) -> Tone:
    """The tone of the state of that name."""
    return tone_of(next((state for state in WORST_FIRST if state == word), "unknown"))


def lineage_table(lineage: Lineage, most: int) -> Element:
    """A row for each place, the worst first, and at the end how many there are besides."""
    members = [member for family in families(lineage) for member in family]
    members.sort(key=lambda member: WORST_FIRST.index(member.node.state))
    room = _BRIEF if len(members) > _MANY else _NOTE
    rows = [_member(member, room) for member in members[:most]]
    return table(("State", "Code", "Since", "Taken from", "Why"), rows, further(len(members) - most, "place"))


def targets_table(targets: Sequence[JsonTarget], most: int) -> Element:
    """A row for each target: how many copies it has, and in which states."""
    rows = [_target(target) for target in targets[:most]]
    return table(("Target", "Copies", "Still unsafe", "States"), rows, further(len(targets) - most, "target"))


def copies_table(targets: Sequence[JsonTarget], most: int) -> Element:
    """A row for each copy in the targets, the worst first."""
    copies = [(target, copy) for target in targets for copy in target.copies]
    copies.sort(key=lambda each: _rank(each[1]))
    rows = [_copy(target, copy) for target, copy in copies[:most]]
    return table(("State", "Code", "Like", "Why"), rows, further(len(copies) - most, "place"))


def _target(target: JsonTarget) -> Element:
    counts = Counter(copy.state for copy in target.copies)
    return el(
        "tr",
        None,
        el("th", {"scope": "row"}, named(target.target)),
        el("td", None, f"{len(target.copies):,}"),
        el("td", None, f"{sum(counts[each] for each in UNSAFE):,}"),
        el("td", None, *_states(counts)),
    )


def _states(counts: Counter[str]) -> Iterator[Child]:
    for number, each in enumerate(word for word in WORST_FIRST if counts[word]):
        yield ", " if number else ""
        yield state(tone(each), each)
        yield f" {counts[each]:,}"


def _rank(copy: JsonCopy) -> int:
    return next((rank for rank, known in enumerate(WORST_FIRST) if known == copy.state), len(WORST_FIRST))


def _member(member: Member, room: int) -> Element:
    node = member.node
    now = node.moments[-1] if node.moments else None
    day = first_day(node)
    return el(
        "tr",
        None,
        el("td", None, state(tone(node.state), node.state)),
        el("th", {"scope": "row"}, short(node.project, 80), " ", el("code", None, short(node.qualname, 120))),
        el("td", {"class": "whole"}, f"{day}" if day else "not known"),
        el("td", None, *_taken(member, room)),
        el("td", None, *said(now.reason if now else "it was not looked at", room)),
    )


def _taken(member: Member, room: int) -> Iterator[Child]:
    if member.edge is None or member.source is None:
        yield "nobody that is known"
        return
    yield f"{short(member.source.project, 80)} "
    yield el("code", None, short(member.source.qualname, 120))
    clue = f": {short(member.edge.clues[0].note, room)}" if member.edge.clues else ""
    yield el("small", None, f"confidence {member.edge.confidence}{clue}")


def _copy(target: JsonTarget, copy: JsonCopy) -> Element:
    origin = f"the original of {copy.origin}" if copy.is_origin else copy.origin
    likeness = f"{copy.shared:,} of {counted(copy.of, 'statement')}"
    where = el("small", None, short(target.target, 120), ", ", place(copy.path, copy.line) or "")
    note = copy.attribution
    return el(
        "tr",
        None,
        el("td", None, state(tone(copy.state), copy.state)),
        el("th", {"scope": "row"}, el("code", None, short(copy.qualname, 120)), where),
        el("td", None, short(origin, 120), el("small", None, likeness, *_advisories(copy.advisories))),
        el(
            "td",
            None,
            *said(copy.reason),
            el("small", None, f"says itself, line {note.line}: ", el("code", None, short(note.text))) if note else None,
        ),
    )


def _advisories(names: Sequence[str]) -> Iterator[Child]:
    for name in names[:4]:
        yield ", "
        yield advisory(name)
