"""Who took flawed code from whom: projects as a picture, as a list for small screens, and as a table."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from gnomon.render.ecosystem_json import JsonEcosystem, JsonPassage
from gnomon.render.html.contents import Section
from gnomon.render.html.elements import Child, Element, el, picture
from gnomon.render.html.propagation.drawing import drawn, told
from gnomon.render.html.propagation.layout import plan
from gnomon.render.html.tables import table
from gnomon.render.html.words import said, short
from gnomon.render.page import counted

_LEGEND = (
    "an arrow leads from code to its copy: solid with high confidence, dashed with medium, dotted with low",
    "a circle is unfixed, a diamond mitigated, gated or moved, a square fixed; hollow: not looked at",
)
_HEAD = ("From", "To", "Places", "Confidence", "Since", "Why")
_MOST = 200


def section(whole: JsonEcosystem) -> Section | None:
    """The picture and what is in it; None if no code is known to have gone from one project to another."""
    if not whole.passages:
        return None
    made = plan(whole)
    body = el(
        "div",
        {"class": "propagation"},
        el("figure", {"class": "scroll", "tabindex": "0"}, picture(drawn(made))),
        el("ul", {"class": "legend"}, *(el("li", None, row) for row in _LEGEND)),
        el("ul", {"class": "listed ways"}, *_list(whole.passages)),
        *_left_out(whole, made.left_out),
        el("details", None, el("summary", None, "The passages as a table"), *_table(whole.passages)),
    )
    return Section(id="propagation", title="Propagation", count=f"{len(whole.passages):,}", body=body)


def _left_out(whole: JsonEcosystem, projects: int) -> Iterator[Element]:
    if projects:
        yield el("p", {"class": "aside"}, f"{counted(projects, 'project')} of fewer places not drawn: see the table.")
    if doubtful := whole.summary.doubtful:
        words = (
            f"Not shown: {counted(doubtful, 'doubtful edge')}, for which only a likeness of less than half of the code "
            "speaks. `edges.parquet` has all."
        )
        yield el("p", {"class": "aside"}, *said(words))


def _list(passages: Sequence[JsonPassage]) -> Iterator[Element]:
    """From whom to whom, for screens on which the picture has no room."""
    shown = sorted(passages[:_MOST], key=lambda each: each.source)
    for source, group in groupby(shown, key=lambda each: each.source):
        takers = ", ".join(f"{short(each.target, 60)} ({each.places:,}, {each.confidence})" for each in group)
        yield el("li", None, el("b", None, short(source, 60)), f" → {takers}")


def _table(passages: Sequence[JsonPassage]) -> Iterator[Child]:
    yield table(_HEAD, [_row(each) for each in passages[:_MOST]])
    if len(passages) > _MOST:
        words = f"and {counted(len(passages) - _MOST, 'passage')} more; `ecosystem.json` lists all."
        yield el("p", {"class": "aside"}, *said(words))


def _row(each: JsonPassage) -> Element:
    return el(
        "tr",
        None,
        el("td", None, short(each.source, 80)),
        el("th", {"scope": "row"}, el("b", None, short(each.target, 80))),
        el("td", None, f"{each.places:,}", el("small", None, f"{each.unsafe:,} still unsafe")),
        el("td", None, each.confidence),
        el("td", {"class": "whole"}, each.date or "not known"),
        el("td", None, *(el("small", None, line) for line in told(each))),
    )
