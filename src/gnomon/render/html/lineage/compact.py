"""A timeline as it goes into a page, in half the room: short notes, and no more attributes than the page's style needs.

What the notes lack is in the table below the picture.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from xml.etree.ElementTree import Element

from msgspec.structs import replace

from gnomon.render.html.words import short
from gnomon.render.timeline.picture import Arrow, Mark, Picture, Stretch
from gnomon.render.trace_svg import shapes

_USUAL_SIZE = "11.5"
"""Of text, in pixels: what the style sheet says of all that has no size of its own."""
_LONGEST = 90  # characters of a line that is shown when something is pointed at
_NOUGHT = re.compile(r"\.0(?![0-9])")
_PLACE = re.compile(r"[0-9]{2,}\.[0-9]+")
"""A coordinate; what is shorter is a radius, and would be seen to change."""
_NUMBERS = {"d", "x", "y", "height", "textLength"}
_ALONE = ("path", "text")
"""Shapes that one class says all of."""
_CLUES = 4
"""Lines of an arrow's note: who, from whom, how surely, and the first reason."""
_MANY_ARROWS = 60
"""In a picture of more an arrow's note says from whom and how surely: the rest is in the table."""
_MANY = 150
"""Marks; in a picture of more the notes say who, from whom and when, and the table has the reasons."""


def compact(picture: Picture) -> Element:
    """The picture as a tree of SVG for the page."""
    is_large = len(picture.marks) > _MANY
    root = shapes(
        replace(
            picture,
            marks=tuple(sorted(_noted(picture.marks, 1 if is_large else None), key=lambda mark: mark.tone)),
            arrows=tuple(_shortened(arrow, _CLUES - is_large, len(picture.arrows)) for arrow in picture.arrows),
            stretches=tuple(_joined(picture.stretches)),
        )
    )
    whole = Element("svg", {**root.attrib, "class": "timeline"})
    for (kind, _), run in groupby(map(_plain, root), key=lambda each: (each.get("class"), each.tag in _ALONE)):
        whole.extend(_together(kind or "", list(run)))
    for each in whole.iter():
        for name in _NUMBERS & each.attrib.keys():
            whole_pixels = _PLACE.sub(lambda number: str(round(float(number[0]))), each.attrib[name])
            each.set(name, _NOUGHT.sub("", whole_pixels))
    return whole


def _together(kind: str, run: Sequence[Element]) -> Iterator[Element]:
    """Neighbours of one class in a group that has it."""
    if len(run) < 2 or run[0].tag not in _ALONE:
        yield from run
        return
    group = Element("g", {"class": kind})
    for each in run:
        del each.attrib["class"]
    group.extend(run)
    yield group


def _noted(marks: Iterable[Mark], most: int | None) -> Iterator[Mark]:
    """When, in which state, and why where that is news, at `most` so many lines; whose mark it is stands above it."""
    before = ""
    for mark in marks:
        when, *why = mark.note[2:] or mark.note or ("",)
        told = f"{mark.y} {why}"
        lines = [when] if mark.is_small or told == before else [when, *why]
        before = before if mark.is_small else told
        yield replace(mark, note=tuple(_cut(lines[:most])) if mark.note else ())


def _shortened(arrow: Arrow, most: int, among: int) -> Arrow:
    lines = arrow.note[:most]
    if among > _MANY_ARROWS:
        lines = tuple(line.partition(", similarity ")[0] for line in arrow.note[1:3])
    return replace(arrow, note=tuple(_cut(lines)))


def _joined(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Neighbours that look the same as one."""
    last: Stretch | None = None
    for each in stretches:
        if last is not None and (last.y, last.tone, last.x2) == (each.y, each.tone, each.x1):
            last = replace(last, x2=each.x2)
            continue
        if last is not None:
            yield last
        last = each
    if last is not None:
        yield last


def _cut(lines: Iterable[str]) -> Iterator[str]:
    return (short(line, _LONGEST) for line in lines)


def _plain(group: Element) -> Element:
    """A shape or text alone instead of a group of one, and without what is usual."""
    kind = group.get("class", "")
    inner = group[-1] if len(group) else group
    if kind.startswith("text"):
        inner.attrib.pop("lengthAdjust", None)
        if inner.get("font-size") == _USUAL_SIZE:
            del inner.attrib["font-size"]
    elif not kind.startswith("mark"):
        for child in group if kind.startswith("arrow ") else ():
            child.attrib.pop("class", None)  # the style tells way and head by their order
        return group
    titles = [child for child in group if child is not inner]
    alone = Element(inner.tag, {"class": kind, **inner.attrib})
    alone.text = inner.text
    # A title ends the text before it, which has to come first: so text with a title stays a group.
    if titles and alone.text:
        return group
    alone.extend(titles)
    return alone
