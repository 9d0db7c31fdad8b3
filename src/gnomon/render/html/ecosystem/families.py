"""The families of flawed code, folded: what is alike, where it came from, and how far it went."""

from gnomon.render.ecosystem_json import JsonEcosystem, JsonFamily
from gnomon.render.html.contents import Section
from gnomon.render.html.ecosystem.cells import folded
from gnomon.render.html.elements import Element, el
from gnomon.render.html.words import said, short
from gnomon.render.page import counted

_HEAD = ("Family", "Oldest", "Projects", "Places", "Still unsafe")
_MOST = 200


def section(whole: JsonEcosystem) -> Section | None:
    """The table; None if there is no flawed code."""
    if not whole.families:
        return None
    rows = [_row(each) for each in whole.families[:_MOST]]
    rows += [el("tr", None)] * (len(whole.families) - len(rows))
    words = "A family is flawed code that is alike, through all releases; `families.parquet` has every function of it."
    heading = "1 family" if len(whole.families) == 1 else f"{len(whole.families):,} families"
    body = el(
        "div",
        None,
        el("p", {"class": "lead"}, *said(words)),
        el("details", None, el("summary", None, heading), *folded(_HEAD, rows, _MOST, _MOST, "row")),
    )
    return Section(id="families", title="Families", count=f"{len(whole.families):,}", body=body)


def _row(each: JsonFamily) -> Element:
    return el(
        "tr",
        None,
        el("td", None, f"{each.id:,}"),
        el("th", {"scope": "row"}, short(each.origin, 80), " ", el("code", None, short(each.what, 120))),
        el("td", None, f"{each.projects:,}"),
        el("td", None, f"{each.places:,}", el("small", None, counted(each.edges, "edge"))),
        el("td", None, f"{each.unsafe:,}"),
    )
