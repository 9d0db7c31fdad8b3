"""Copies and lineages as tables: for who can't see the picture, and for what has no place in it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from gnomon.core.lineage import UNSAFE, Lineage
from gnomon.render.family import Member, families, first_day
from gnomon.render.html.elements import Child, Element, el
from gnomon.render.html.words import advisory, named, place, said, short
from gnomon.render.page import counted
from gnomon.render.tone import WORST_FIRST, tone_of
from gnomon.render.trace_json import JsonCopy, JsonTarget

_NOTE = 100  # characters of one clue or reason


def state(word: str) -> Element:
    """A state in its colour, with the mark that the picture has for it."""
    known = next((each for each in WORST_FIRST if each == word), "unknown")
    return el("span", {"class": f"state {tone_of(known)}"}, short(word, 40))


def table(head: Iterable[str], rows: Iterable[Element]) -> Element:
    """A table in a frame that can be scrolled, so that the page never is wider than a screen."""
    columns = (el("th", {"scope": "col"}, each) for each in head)
    inner = el("table", None, el("thead", None, el("tr", None, *columns)), el("tbody", None, *rows))
    return el("div", {"class": "scroll", "tabindex": "0"}, inner)


def lineage_table(lineage: Lineage, most: int) -> Element:
    """A row for each place, the worst first, and at the end how many there are besides."""
    members = [member for family in families(lineage) for member in family]
    members.sort(key=lambda member: WORST_FIRST.index(member.node.state))
    rows = [_member(member) for member in members[:most]]
    if more := len(members) - most if len(members) > most else 0:
        rows.append(_more(more, "place", 5))
    return table(("State", "Code", "Since", "Taken from", "Why"), rows)


def targets_table(targets: Sequence[JsonTarget], most: int) -> Element:
    """A row for each target: how many copies it has, and in which states."""
    rows = [_target(target) for target in targets[:most]]
    if len(targets) > most:
        rows.append(_more(len(targets) - most, "target", 4))
    return table(("Target", "Copies", "Still unsafe", "States"), rows)


def copies_table(targets: Sequence[JsonTarget], most: int) -> Element:
    """A row for each copy in the targets, the worst first."""
    copies = [(target, copy) for target in targets for copy in target.copies]
    copies.sort(key=lambda each: _rank(each[1]))
    rows = [_copy(target, copy) for target, copy in copies[:most]]
    if more := len(copies) - most if len(copies) > most else 0:
        rows.append(_more(more, "copy", 4))
    return table(("State", "Code", "Like", "Why"), rows)


def _target(target: JsonTarget) -> Element:
    counts = Counter(copy.state for copy in target.copies)
    found = [each for each in WORST_FIRST if counts[each]]
    return el(
        "tr",
        None,
        el("th", {"scope": "row"}, named(target.target)),
        el("td", None, f"{len(target.copies):,}"),
        el("td", None, f"{sum(counts[each] for each in UNSAFE):,}"),
        el("td", None, *(part for each in found for part in (state(each), f" {counts[each]:,}  "))),
    )


def _rank(copy: JsonCopy) -> int:
    return next((rank for rank, known in enumerate(WORST_FIRST) if known == copy.state), len(WORST_FIRST))


def _more(number: int, noun: str, columns: int) -> Element:
    told = f"{number:,} more {noun if number == 1 else noun.replace('copy', 'copie') + 's'}: `--format json` has all"
    return el("tr", {"class": "more"}, el("td", {"colspan": str(columns)}, *said(told)))


def _member(member: Member) -> Element:
    node = member.node
    now = node.moments[-1] if node.moments else None
    day = first_day(node)
    return el(
        "tr",
        None,
        el("td", None, state(node.state)),
        el("th", {"scope": "row"}, short(node.project, 80), " ", el("code", None, short(node.qualname, 120))),
        el("td", None, f"{day}" if day else "not known"),
        el("td", None, *_taken(member)),
        el("td", None, *said(now.reason if now else "it was not looked at", _NOTE)),
    )


def _taken(member: Member) -> Iterator[Child]:
    if member.edge is None or member.source is None:
        yield "nobody that is known"
        return
    yield f"{short(member.source.project, 80)} "
    yield el("code", None, short(member.source.qualname, 120))
    clue = f": {short(member.edge.clues[0].note, _NOTE)}" if member.edge.clues else ""
    yield el("small", None, f"confidence {member.edge.confidence}{clue}")


def _copy(target: JsonTarget, copy: JsonCopy) -> Element:
    origin = f"the original of {copy.origin}" if copy.is_origin else copy.origin
    likeness = f"{copy.shared:,} of {counted(copy.of, 'statement')}"
    where = el("small", None, short(target.target, 120), ", ", place(copy.path, copy.line) or "")
    note = copy.attribution
    return el(
        "tr",
        None,
        el("td", None, state(copy.state)),
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
