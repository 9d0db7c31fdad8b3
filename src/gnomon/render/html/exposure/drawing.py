"""The exposure map as a picture: each socket a mark that leads to its finding."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement

from gnomon.render.html.exposure.layout import Field, Map, Mark
from gnomon.render.html.exposure.spots import Spot
from gnomon.render.html.words import short
from gnomon.render.page import counted

_RADIUS = 6.5
_LONGEST = 90  # characters of one line that is shown when a mark is pointed at


def drawn(plan: Map, kind: str) -> Element:
    """The map as a tree of SVG; `kind` is the class of screens that it is for."""
    root = Element("svg", {"class": f"exposure {kind}", "viewBox": f"0 0 {plan.width:g} {plan.height:g}"})
    root.set("role", "group")
    root.set("aria-label", "Exposure map: sockets by who can reach them, and by what authenticates them")
    for name in plan.names:
        text = SubElement(root, "text", x=f"{name.x:g}", y=f"{name.y:g}")
        text.set("class", "name" if name.is_strong else "words")
        text.text = name.text
    for field in plan.fields:
        _draw_field(root, field)
    return root


def _draw_field(root: Element, field: Field) -> None:
    group = SubElement(root, "g", {"class": f"cell {field.grade or 'open'}{'' if field.count else ' empty'}"})
    box = SubElement(group, "rect", x=f"{field.x:g}", y=f"{field.y:g}", rx="4")
    box.set("width", f"{field.width:g}")
    box.set("height", f"{field.height:g}")
    if not field.count:
        return
    if field.is_together:
        _draw_many(group, field, field.marks[0])
        return
    count = SubElement(group, "text", {"class": "count", "x": f"{field.x + 9:g}", "y": f"{field.y + 17:g}"})
    count.text = f"{field.count:,}"
    for mark in field.marks:
        _draw_mark(group, mark)


def _draw_many(group: Element, field: Field, mark: Mark) -> None:
    """One mark for all sockets of a cell."""
    target = _linked(group, mark.spots[0])
    SubElement(target, "title").text = f"{field.cell[1]}, {field.cell[0]}: {counted(field.count, 'socket')}"
    half = min(field.width / 2 - 6, 40)
    shape = SubElement(
        target, "rect", {"class": "mark", "x": f"{mark.x - half:g}", "y": f"{mark.y - 12:g}", "rx": "12"}
    )
    shape.set("width", f"{half * 2:g}")
    shape.set("height", "24")
    text = SubElement(target, "text", {"class": "many", "x": f"{mark.x:g}", "y": f"{mark.y + 4.5:g}"})
    text.set("text-anchor", "middle")
    text.text = f"{field.count:,}"


def _draw_mark(group: Element, mark: Mark) -> None:
    [spot] = mark.spots
    target = _linked(group, spot)
    SubElement(target, "title").text = "\n".join(_told(spot))
    kind = "mark" if spot.is_evidenced else "mark assumed"
    x, y, r = mark.x, mark.y, _RADIUS
    if spot.is_listening:
        SubElement(target, "path", {"class": kind, "d": f"M{x - r:g} {y - r:g}h{2 * r:g}v{2 * r:g}h{-2 * r:g}z"})
    else:
        SubElement(target, "circle", {"class": kind, "cx": f"{x:g}", "cy": f"{y:g}", "r": f"{r:g}"})


def _linked(group: Element, spot: Spot) -> Element:
    return SubElement(group, "a", href=f"#{spot.worst.id}")


def spot_name(spot: Spot) -> str:
    """`tcp://*:5557, bind`; where there is no address, the transport, or that nobody knows."""
    endpoint = spot.endpoint
    address = endpoint.address or (endpoint.transport if endpoint.transport != "unknown" else "address not known")
    return short(address, _LONGEST) + (f", {endpoint.role}" if endpoint.role != "unknown" else "")


def spot_place(spot: Spot) -> str:
    """Where its worst finding is; for a listening socket whose it is."""
    finding = spot.worst.finding
    return short(f"{finding.path}:{finding.line}" if finding.line else spot.worst.of, _LONGEST)


def _told(spot: Spot) -> Iterator[str]:
    """What is shown of a socket when it is pointed at: where it is, and why it is in its cell."""
    finding, more = spot.worst.finding, len(spot.found) - 1
    yield spot_name(spot)
    yield f"{spot_place(spot)}{f' and {more:,} more' if more else ''}"
    yield f"{finding.severity}, confidence {finding.confidence}"
    for evidence in spot.endpoint.evidence:
        if evidence.claim in ("reach", "authentication"):
            yield short(f"{evidence.basis}: {evidence.note}", _LONGEST)
