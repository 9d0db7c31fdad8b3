"""The exposure map: who can reach each socket, and what authenticates it."""

from collections.abc import Iterator, Sequence

from gnomon.render.html.contents import Contents, Section
from gnomon.render.html.elements import Element, el, link, picture
from gnomon.render.html.exposure.drawing import drawn, spot_name, spot_place
from gnomon.render.html.exposure.layout import NARROW, ROW_WORDS, WIDE, exposure_map
from gnomon.render.html.exposure.spots import COLUMNS, ROWS, Cell, Spot, by_cell, spots
from gnomon.render.html.found import found
from gnomon.render.html.tables import table
from gnomon.render.html.words import REACH, code
from gnomon.render.page import counted

_LISTED = 12
"""Sockets that the table names of one cell."""
_WIDEST = sorted(COLUMNS, key=list(REACH).index)


def section(contents: Contents) -> Section | None:
    """The map and the same as a table; None if no finding has a socket."""
    every = found(contents)
    sockets = spots(every)
    if not sockets:
        return None
    return Section(
        id="exposure",
        title="Exposure map",
        count=f"{len(sockets):,}",
        body=el(
            "div",
            {"class": "exposure-map"},
            el("p", None, _standing(sockets)),
            picture(drawn(exposure_map(sockets, WIDE), "wide")),
            picture(drawn(exposure_map(sockets, NARROW), "narrow")),
            _legend(sockets),
            _elsewhere(len([each for each in every if each.finding.endpoint is None])),
            _table(sockets),
        ),
    )


def _standing(sockets: Sequence[Spot]) -> str:
    worst = sum(spot.cell == ("none", "any-host") for spot in sockets)
    unknown = sum(spot.cell[1] == "unknown" for spot in sockets)
    told = f"{worst:,} of {counted(len(sockets), 'socket')} can be reached by any host, with no authentication"
    if unknown:
        told += f"; of {unknown:,} nobody can tell who reaches them"
    return f"{told}. Each mark leads to its finding."


def _legend(sockets: Sequence[Spot]) -> Element:
    rows = ["a circle: a socket in code" + (", a square: one that a probe saw" if _are_probed(sockets) else "")]
    rows.append("hollow: who can reach it is assumed, not seen")
    if any(spot.endpoint.peer_chosen_by_request for spot in sockets):
        rows.append("what connects to an address from a request is reached by any host")
    return el("ul", {"class": "legend"}, *(el("li", None, row) for row in rows))


def _are_probed(sockets: Sequence[Spot]) -> bool:
    return any(spot.is_listening for spot in sockets)


def _elsewhere(number: int) -> Element | None:
    if not number:
        return None
    return el(
        "p",
        {"class": "aside"},
        f"{counted(number, 'finding')} without a socket, such as loads of files: not on the map.",
    )


def _table(sockets: Sequence[Spot]) -> Element:
    """The map in words, for who can't see it and for who prefers to read; the widest reach first."""
    cells = by_cell(sockets)
    rows = [_row((row, column), cells[row, column]) for column in _WIDEST for row in ROWS if (row, column) in cells]
    summary = el("summary", None, "The map as a table")
    return el("details", None, summary, table(("Reach", "Authentication", "Sockets"), rows))


def _row(cell: Cell, group: Sequence[Spot]) -> Element:
    row, column = cell
    name, meaning = REACH[column]
    return el(
        "tr",
        None,
        el("th", {"scope": "row"}, name, el("small", None, meaning)),
        el("td", None, row, el("small", None, ROW_WORDS[row])),
        el("td", None, f"{len(group):,}", el("ul", {"class": "listed"}, *_named(group))),
    )


def _named(group: Sequence[Spot]) -> Iterator[Element]:
    for spot in group[:_LISTED]:
        yield el("li", None, link(f"#{spot.worst.id}", code(_which(spot))))
    if len(group) > _LISTED:
        yield el("li", None, f"and {len(group) - _LISTED:,} more, among the findings")


def _which(spot: Spot) -> str:
    """Its address, or where it is in the code if nobody knows that."""
    return spot_name(spot) if spot.endpoint.address else spot_place(spot)
