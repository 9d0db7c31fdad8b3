"""The picture of a pattern as SVG that needs nothing else: light or dark, by what the viewer prefers."""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from bench.wire.panels import BAR, TOP, Bar, Panel, Picture, laid_out
from bench.wire.results import Run
from gnomon.render.timeline.picture import WIDTH, Label

_SHAPES = """\
svg{font-family:Helvetica,Arial,"Liberation Sans",sans-serif}
.bold{font-weight:bold}
.rule,.spread{fill:none}
"""
# Explicit colours instead of variables: not every viewer of SVG knows those.
_COLORED = """\
.paper{{fill:{paper}}}
.band{{fill:{band}}}
.rule{{stroke:{rule}}}
.rule.one{{stroke:{dim};stroke-width:1.5}}
.spread{{stroke:{strong};stroke-opacity:.6}}
.strong{{fill:{strong}}}
.plain{{fill:{plain}}}
.dim{{fill:{dim}}}
.hmac{{fill:{hmac};stroke:{hmac}}}
.json{{fill:{json};stroke:{json}}}
.msgspec{{fill:{paper};stroke:{hmac}}}
.curve{{fill:{curve};stroke:{curve}}}
.sealed{{fill:{sealed};stroke:{sealed}}}
.local{{fill:{local};stroke:{local}}}
"""
_LIGHT = {
    "paper": "#ffffff", "band": "#f5f7f9", "rule": "#dde2e8", "strong": "#1b1f24", "plain": "#2c333b", "dim": "#5f6873",
    "hmac": "#7b8591", "json": "#c3cad3", "curve": "#3c64b8", "sealed": "#00785a", "local": "#b06a00",
}  # fmt: skip
_DARK = {
    "paper": "#0f1318", "band": "#171c23", "rule": "#2a323c", "strong": "#f2f5f8", "plain": "#d5dbe2", "dim": "#98a3b0",
    "hmac": "#8a94a1", "json": "#4b5562", "curve": "#86a5ea", "sealed": "#3ec99d", "local": "#f0b132",
}  # fmt: skip
_STYLE = f"\n{_SHAPES}{_COLORED.format(**_LIGHT)}@media (prefers-color-scheme:dark){{\n{_COLORED.format(**_DARK)}}}\n"
_CLASSES = {"pickle + HMAC": "hmac", "JSON": "json"}
"""Of ways whose name is no class."""


def drawn(run: Run, pattern: str) -> bytes:
    """The picture of one pattern of a run that has it, ending in a line end."""
    picture = laid_out(run, pattern)
    root = Element(
        "svg",
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH:g} {picture.height:g}",
        width=f"{WIDTH:g}",
        height=f"{picture.height:g}",
        role="img",
    )
    root.set("aria-label", picture.summary)
    SubElement(root, "style").text = _STYLE
    _rectangle(root, "paper", (0, 0), (WIDTH, picture.height))
    for panel in picture.panels:
        _draw_panel(root, panel, picture)
    for way, text in picture.keys:
        _rectangle(root, _CLASSES.get(way, way), (text.x - 20, text.y - 9.5), (13, BAR - 1))
        _write(root, text)
    for text in picture.labels:
        _write(root, text)
    indent(root)
    document: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return document + b"\n"


def _draw_panel(root: Element, panel: Panel, picture: Picture) -> None:
    rows = round((picture.bottom - TOP) / picture.row)
    for number in range(0, rows, 2):
        _rectangle(root, "band", (panel.left, TOP + number * picture.row), (panel.width, picture.row))
    for tick in panel.ticks:
        kind = "rule one" if tick == 1 else "rule"
        SubElement(root, "path", {"class": kind, "d": f"M{panel.x(tick):.1f} {TOP:.1f}V{picture.bottom:.1f}"})
    for bar in panel.bars:
        _draw_bar(root, panel, bar)


def _draw_bar(root: Element, panel: Panel, bar: Bar) -> None:
    group = SubElement(root, "g")
    note = f"{bar.way}, {panel.transport}: {bar.ratio:.2f} ({bar.least:.2f}-{bar.most:.2f})"
    SubElement(group, "title").text = note
    begin, end = sorted((panel.x(1), panel.x(bar.ratio)))
    _rectangle(group, _CLASSES.get(bar.way, bar.way), (begin, bar.y), (end - begin, BAR))
    middle = bar.y + BAR / 2
    path = f"M{panel.x(bar.least):.1f} {middle:.1f}H{panel.x(bar.most):.1f}"
    SubElement(group, "path", {"class": "spread", "d": path})


def _rectangle(root: Element, kind: str, at: tuple[float, float], size: tuple[float, float]) -> None:
    x, y, width, height = (f"{each:.1f}" for each in (*at, *size))
    SubElement(root, "rect", {"class": kind, "x": x, "y": y, "width": width, "height": height})


def _write(root: Element, label: Label) -> None:
    text = SubElement(root, "text", {"class": f"{label.ink}{' bold' if label.is_bold else ''}"})
    text.set("x", f"{label.x:.1f}")
    text.set("y", f"{label.y:.1f}")
    text.set("font-size", f"{label.size:g}")
    # The width that the layout reckoned with, whatever font there is.
    text.set("textLength", f"{label.width:.1f}")
    text.set("lengthAdjust", "spacingAndGlyphs")
    text.text = label.text
