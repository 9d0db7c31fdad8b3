"""Tables of the sections: in a frame that can be scrolled, with a state in each row, and a word on what is left out."""

from collections.abc import Iterable

from gnomon.render.html.elements import Element, el
from gnomon.render.html.words import said, short
from gnomon.render.page import counted
from gnomon.render.tone import Tone


def table(head: Iterable[str], rows: Iterable[Element], more: Element | None = None) -> Element:
    """A table, and below it what was left out of it; the page never is wider than a screen for it."""
    columns = (el("th", {"scope": "col"}, each) for each in head)
    inner = el("table", None, el("thead", None, el("tr", None, *columns)), el("tbody", None, *rows))
    return el("div", {"class": "scroll"}, inner, more)


def further(number: int, noun: str) -> Element | None:
    """`and 12 more places`; None if that is none."""
    if number <= 0:
        return None
    told = counted(number, noun).replace(" ", " more ", 1)
    return el("p", {"class": "aside"}, *said(f"and {told}; `--format json` lists all."))


def state(tone: Tone, word: str) -> Element:
    """A word in its colour, with the mark that pictures have for that tone."""
    return el("span", {"class": f"state {tone}"}, short(word, 60))
