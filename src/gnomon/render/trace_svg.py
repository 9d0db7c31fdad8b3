"""What `gnomon trace` found as one picture in SVG that needs nothing else: no script, no font, no other file."""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from gnomon.render.escape import visible
from gnomon.render.family import related
from gnomon.render.outcome import Document
from gnomon.render.page import counted
from gnomon.render.svg_style import STYLE
from gnomon.render.timeline.layout import timeline
from gnomon.render.timeline.listing import listing
from gnomon.render.timeline.picture import Arrow, Label, Mark, Picture
from gnomon.render.trace_outcome import TraceOutcome

_ROUND = 9.0
"""Radius of an arrow's corners."""


def write(outcome: TraceOutcome) -> Document:
    """The lineage as a timeline; a list of the copies if there is none."""
    footer = (
        f"gnomon {outcome.tool_version}, {counted(outcome.signatures, 'signature')} {outcome.pack_version}".rstrip()
    )
    notes = [f"Incomplete: {counted(outcome.skipped, 'skipped file')}"] if outcome.skipped else []
    if outcome.lineage is not None and outcome.lineage.nodes:
        lineage = related(outcome.lineage)
        alone = len(outcome.lineage.nodes) - len(lineage.nodes)
        notes += [f"Not drawn: {counted(alone, 'flawed place')} that nobody took from another"] if alone else []
        picture = timeline(lineage, notes, footer)
    else:
        picture = listing(outcome, notes, footer)
    return Document(data=drawn(picture), left_out=_left_out(outcome))


def _left_out(outcome: TraceOutcome) -> str:
    if not outcome.skipped:
        return ""
    return f"A picture has no room for {counted(outcome.skipped, 'skipped file')}: `--format json` lists them."


def drawn(picture: Picture) -> bytes:
    """The picture as a file of SVG, ending in a line end."""
    tree = shapes(picture)
    box = {"viewBox": tree.attrib.pop("viewBox"), "width": f"{picture.width:g}", "height": f"{picture.height:g}"}
    root = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **box, **tree.attrib})
    SubElement(root, "style").text = STYLE
    root.extend(tree)
    indent(root)
    document: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return document + b"\n"


def shapes(picture: Picture) -> Element:
    """The picture as a tree that has classes and no colours yet: those of `svg_style`, or of a page."""
    root = Element("svg", viewBox=f"0 0 {picture.width:g} {picture.height:g}", role="img")
    root.set("aria-label", visible(picture.summary))
    _rect(root, "paper", picture.width, 0, picture.height)
    for band in picture.bands:
        _rect(root, "band" if band.is_shaded else "band plain", picture.width, band.top, band.height)
    for rule in picture.rules:
        path = f"M{rule.x:.1f} {rule.top:.1f}V{rule.bottom:.1f}"
        SubElement(root, "path", {"class": "rule year" if rule.is_strong else "rule", "d": path})
    for arrow in picture.arrows:
        _draw_arrow(root, arrow)
    for stretch in picture.stretches:
        path = f"M{stretch.x1:.1f} {stretch.y:.1f}H{stretch.x2:.1f}"
        SubElement(root, "path", {"class": f"stretch {stretch.tone}", "d": path})
    for arrow in picture.arrows:
        if arrow.is_branch:
            SubElement(root, "path", {"class": "branch", "d": _circle(*arrow.start, 3.4)})
    for mark in sorted(picture.marks, key=lambda mark: not mark.is_small):
        _draw_mark(root, mark)
    for label in picture.labels:
        _draw_label(root, label)
    return root


def _rect(root: Element, kind: str, width: float, top: float, height: float) -> None:
    SubElement(
        root, "rect", {"class": kind, "x": "0", "y": f"{top:.1f}", "width": f"{width:g}", "height": f"{height:.1f}"}
    )


def _group(root: Element, kind: str, note: tuple[str, ...]) -> Element:
    """A group that browsers show `note` for when it is pointed at."""
    group = SubElement(root, "g", {"class": kind})
    if note:
        SubElement(group, "title").text = "\n".join(map(visible, note))
    return group


def _draw_label(root: Element, label: Label) -> None:
    group = _group(root, f"text {label.ink}{' bold' if label.is_bold else ''}", (label.note,) if label.note else ())
    text = SubElement(group, "text", x=f"{label.x:.1f}", y=f"{label.y:.1f}")
    text.set("font-size", f"{label.size:g}")
    # The width that the layout reckoned with, whatever font there is.
    text.set("textLength", f"{max(label.width, 1):.1f}")
    text.set("lengthAdjust", "spacingAndGlyphs")
    text.text = label.text


def _draw_mark(root: Element, mark: Mark) -> None:
    group = _group(root, f"mark {mark.tone}{' small' if mark.is_small else ''}", mark.note)
    SubElement(group, "path", d=outline(mark))


def outline(mark: Mark) -> str:
    """A diamond, a square or a circle: told apart without colour too."""
    x, y, r = mark.x, mark.y, mark.radius
    if mark.tone == "eased":
        r *= 1.2
        return f"M{x:.1f} {y - r:.1f}L{x + r:.1f} {y:.1f}L{x:.1f} {y + r:.1f}L{x - r:.1f} {y:.1f}Z"
    if mark.tone == "safe":
        r *= 0.9
        return f"M{x - r:.1f} {y - r:.1f}H{x + r:.1f}V{y + r:.1f}H{x - r:.1f}Z"
    return _circle(x, y, r)


def _circle(x: float, y: float, r: float) -> str:
    return f"M{x - r:.1f} {y:.1f}a{r:g} {r:g} 0 1 0 {2 * r:g} 0a{r:g} {r:g} 0 1 0 {-2 * r:g} 0Z"


def _draw_arrow(root: Element, arrow: Arrow) -> None:
    group = _group(root, f"arrow {arrow.confidence}", arrow.note)
    SubElement(group, "path", {"class": "way", "d": _way(arrow)})
    x, y = arrow.end
    SubElement(group, "path", {"class": "head", "d": f"M{x:.1f} {y:.1f}l-7 -3.5v7Z"})


def _way(arrow: Arrow) -> str:
    """Along the source's row, up or down, along the target's row, with round corners."""
    (x1, y1), (x2, y2), trunk = arrow.start, arrow.end, arrow.trunk
    tall = abs(y2 - y1)
    if tall < 1:
        return f"M{x1:.1f} {y1:.1f}H{x2 - 4:.1f}"
    down = 1 if y2 > y1 else -1
    first = min(_ROUND, abs(trunk - x1), tall / 2)
    side = 1 if trunk > x1 else -1
    last = min(_ROUND, max(x2 - 4 - trunk, 0), tall / 2)
    return (
        f"M{x1:.1f} {y1:.1f}H{trunk - side * first:.1f}"
        f"Q{trunk:.1f} {y1:.1f} {trunk:.1f} {y1 + down * first:.1f}"
        f"V{y2 - down * last:.1f}Q{trunk:.1f} {y2:.1f} {trunk + last:.1f} {y2:.1f}H{x2 - 4:.1f}"
    )
