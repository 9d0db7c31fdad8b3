"""The plan of a propagation as a tree of SVG, with the classes that timelines have."""

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element, SubElement

from gnomon.core.severity import Confidence
from gnomon.render.ecosystem_json import JsonPassage
from gnomon.render.html.ecosystem.cells import tone
from gnomon.render.html.propagation.layout import SIZE, Plan, Spot
from gnomon.render.html.words import short
from gnomon.render.page import counted
from gnomon.render.timeline.picture import Mark
from gnomon.render.timeline.typeset import text_width
from gnomon.render.trace_svg import outline

_HEAD = 7.0
_SURE = tuple(each.value for each in Confidence)
_LONGEST, _CLUES = 110, 3  # characters and lines of what is shown when an arrow is pointed at


def drawn(plan: Plan) -> Element:
    """The picture; what it shows is in the table below it too."""
    root = Element("svg", {"class": "timeline", "viewBox": f"0 0 {plan.width:g} {plan.height:g}", "role": "img"})
    projects, ways = counted(len(plan.spots), "project"), counted(len(plan.passages), "arrow")
    root.set("aria-label", f"Who took flawed code from whom: {projects}, {ways}; the same is in the table below")
    spots = {spot.member.name: spot for spot in plan.spots}
    for passage in plan.passages:
        _draw_way(root, passage, spots)
    for spot in plan.spots:
        _draw_spot(root, spot)
    return root


def told(passage: JsonPassage) -> Iterator[str]:
    """How sure it is, and why, in lines."""
    yield f"confidence {passage.confidence}; {short(passage.what, 60)}: {passage.shared:,} of {passage.of:,} statements"
    for clue in passage.clues[:_CLUES]:
        yield short(f"{clue.kind}: {clue.note}", _LONGEST)


def _draw_way(root: Element, passage: JsonPassage, spots: Mapping[str, Spot]) -> None:
    source, target = spots[passage.source], spots[passage.target]
    group = SubElement(root, "g", {"class": f"arrow {passage.confidence if passage.confidence in _SURE else 'low'}"})
    lines = (f"{target.member.name} took {counted(passage.places, 'place')} from {source.member.name}", *told(passage))
    SubElement(group, "title").text = "\n".join(lines)
    x1, y1, x2, y2 = source.end, source.y, target.x - 9, target.y
    bend = max(abs(x2 - x1) / 2, 30)
    way = f"M{x1:.0f} {y1:g}C{x1 + bend:.0f} {y1:g} {x2 - bend:.0f} {y2:g} {x2 - _HEAD + 1:.0f} {y2:g}"
    SubElement(group, "path", {"class": "way", "d": way})
    SubElement(group, "path", {"class": "head", "d": f"M{x2:.0f} {y2:g}l-7 -3.5v7Z"})


def _draw_spot(root: Element, spot: Spot) -> None:
    member = spot.member
    group = SubElement(root, "g", {"class": f"mark {tone(member.state)}"})
    standing = f"{counted(member.unsafe, 'place')} still unsafe" if member.looked_at else "not looked at"
    since = f"\nsince {member.first_seen} at the latest" if member.first_seen else ""
    SubElement(group, "title").text = f"{short(member.name, 120)}: {member.state}, {standing}{since}"
    SubElement(group, "path", {"d": outline(Mark(x=spot.x, y=spot.y, tone=tone(member.state)))})
    text = SubElement(root, "text", {"class": "text bold", "x": f"{spot.x + 14:.0f}", "y": f"{spot.y + 4:g}"})
    text.set("font-size", f"{SIZE:g}")
    text.set("textLength", f"{max(text_width(spot.name, SIZE, bold=True), 1):g}")
    text.text = spot.name
