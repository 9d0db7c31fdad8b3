"""The page: a head that lets nothing in from outside, a list of contents, and the sections in a fixed order."""

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from xml.etree.ElementTree import Element as SvgElement
from xml.etree.ElementTree import SubElement

from gnomon.render.html.contents import Contents, Section
from gnomon.render.html.elements import Element, el, escaped, picture, written
from gnomon.render.html.sections import (
    exposure,
    findings,
    held,
    lineage,
    packages,
    rules,
    skipped,
    sockets,
    summary,
    versions,
)

_SECTIONS = (
    summary.section,
    exposure.section,
    findings.section,
    lineage.section,
    packages.section,
    sockets.section,
    held.section,
    rules.section,
    versions.section,
    skipped.section,
)
_STYLES = ("style.css", "pictures.css")
"""Files of this folder; what pictures need of their own comes behind it."""
_SCRIPT = "filter.js"


def page(contents: Contents) -> bytes:
    """The whole document in UTF-8, ending in a line end; the same bytes for the same contents."""
    style = "".join(_asset(name) for name in _STYLES)
    script = _asset(_SCRIPT)
    sections = [section for make in _SECTIONS if (section := make(contents)) is not None]
    return f"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="{_policy(style, script)}"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<meta name="referrer" content="no-referrer"/>
<title>{escaped(contents.title)} · gnomon</title>
<style>{style}</style>
</head>
<body>
{written(_body(contents, sections))}
<script>{script}</script>
</body>
</html>
""".encode()


def _asset(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Nothing is loaded from anywhere, and only our own style and script are obeyed (https://www.w3.org/TR/CSP3/)."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _body(contents: Contents, sections: list[Section]) -> Element:
    return el(
        "div",
        {"class": "page"},
        el("a", {"class": "skip", "href": "#main"}, "Skip to the summary"),
        _masthead(contents),
        _contents_list(sections),
        el("main", {"id": "main"}, *map(_section, sections)),
    )


def _masthead(contents: Contents) -> Element:
    """Whose page it is, and what it is about."""
    drawn = SvgElement("svg", {"viewBox": "0 0 20 20", "aria-hidden": "true"})
    SubElement(drawn, "path", {"d": "M3 17L13 2V17Z"})  # a sundial's gnomon
    when = el("time", {"datetime": f"{contents.made}Z"}, f"{contents.made[:16].replace('T', ' ')} UTC")
    return el(
        "header",
        {"class": "masthead"},
        el("p", {"class": "brand"}, picture(drawn), el("b", None, "gnomon"), when if contents.made else None),
        el("h1", None, contents.title),
    )


def _contents_list(sections: list[Section]) -> Element:
    items = (
        el(
            "li",
            None,
            el(
                "a",
                {"href": f"#{each.id}"},
                each.title,
                el("span", {"class": "count"}, each.count) if each.count else None,
            ),
        )
        for each in sections
    )
    return el("nav", {"class": "contents", "aria-label": "Sections"}, el("ol", None, *items))


def _section(section: Section) -> Element:
    heading = el("h2", {"id": f"{section.id}-title"}, section.heading or section.title)
    return el("section", {"id": section.id, "aria-labelledby": f"{section.id}-title"}, heading, section.body)
