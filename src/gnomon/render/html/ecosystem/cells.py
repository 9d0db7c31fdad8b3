"""What the tables of a survey's page say alike: states, reach with authentication, and rows folded beyond the first."""

from collections.abc import Sequence

from gnomon.render.ecosystem_json import JsonExposure
from gnomon.render.html.elements import Child, Element, el
from gnomon.render.html.lineage.table import tone as tone_of_state
from gnomon.render.html.tables import state, table
from gnomon.render.html.words import REACH, severity, short
from gnomon.render.page import counted
from gnomon.render.tone import Tone

DOCUMENT = "ecosystem.json"
_SAFE = ("authenticated", "clear")
_CHUNK = 200
"""Rows of one fold: what is closed costs nothing to draw."""


def tone(word: str) -> Tone:
    """The tone of a package's state."""
    return "safe" if word in _SAFE else tone_of_state(word)


def standing(word: str) -> Element:
    """A state in its colour."""
    return state(tone(word), word)


def exposure(told: JsonExposure) -> Element:
    """Who can reach it, and what is in the way: the severity, reach and authentication of one finding."""
    if told.severity is None:
        return el("td", None, "unknown", el("small", None, "scan has no finding there"))
    reach = REACH[told.reach][0] if told.reach in REACH else short(told.reach, 30)
    held = f"{told.authentication}, not effective" if told.authentication not in ("none", "unknown") else None
    lock = told.authentication if told.effective else held or f"{told.authentication} authentication"
    words = lock.replace("none authentication", "no authentication").replace("unknown authentication", "not known what")
    return el("td", None, severity(told.severity), el("small", None, f"{reach}, {words}"))


def folded(head: Sequence[str], rows: Sequence[Element], first: int, most: int, noun: str) -> list[Child]:
    """A table of the first rows, folds with further ones, and at the end how many have no place on the page."""
    shown: list[Child] = [table(head, rows[:first])]
    for begin in range(first, min(len(rows), most), _CHUNK):
        some = rows[begin : min(begin + _CHUNK, most)]
        heading = f"{noun[0].upper()}{noun[1:]}s {begin + 1:,} to {begin + len(some):,}"
        shown.append(el("details", None, el("summary", None, heading), table(head, some)))
    if len(rows) > most:
        more = counted(len(rows) - most, noun).replace(" ", " more ", 1)
        shown.append(el("p", {"class": "aside"}, f"and {more}; ", el("code", None, DOCUMENT), " lists all."))
    return shown
