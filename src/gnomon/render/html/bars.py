"""Numbers as a list with a bar behind each: the same count as a word, a number and a length."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element as SvgElement
from xml.etree.ElementTree import SubElement

from msgspec import Struct

from gnomon.render.html.elements import Element, el, picture


class Bar(Struct, frozen=True):
    """One number."""

    label: Element
    count: int
    tone: str
    """A severity, for its colour."""
    note: str = ""
    href: str = ""


def bars(rows: Sequence[Bar]) -> Element:
    """The numbers in their order; the longest bar is as wide as there is room for."""
    most = max((row.count for row in rows), default=0) or 1
    return el("ul", {"class": "bars"}, *(_bar(row, most) for row in rows))


def _bar(row: Bar, most: int) -> Element:
    label = el("a", {"href": row.href}, row.label) if row.href else row.label
    note = el("span", {"class": "dim"}, row.note) if row.note else None
    return el(
        "li",
        None if row.count else {"class": "none"},
        el("span", {"class": "label"}, label, " ", note),
        el("span", {"class": "number"}, f"{row.count:,}"),
        picture(_drawn(row, most)),
    )


def _drawn(row: Bar, most: int) -> SvgElement:
    width = max(1.5, 100 * row.count / most) if row.count else 0
    svg = SvgElement(
        "svg", {"class": "bar", "viewBox": "0 0 100 4", "preserveAspectRatio": "none", "aria-hidden": "true"}
    )
    SubElement(svg, "rect", {"class": f"fill {row.tone}", "width": f"{width:.1f}", "height": "4"})
    return svg
