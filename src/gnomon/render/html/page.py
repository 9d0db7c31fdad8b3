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
    sections = [section for make in _SECTIONS if (section := make(contents)) is not None]
    return framed(contents.title, contents.made, sections)


def framed(title: str, made: str, sections: list[Section]) -> bytes:
    """A document of these sections; `made`: when, in UTC, "" if nothing is to be said of that."""
    style = "".join(_asset(name) for name in _STYLES)
    script = _asset(_SCRIPT)
    return f"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="{_policy(style, script)}"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<meta name="referrer" content="no-referrer"/>
<title>{escaped(title)} · gnomon</title>
<style>{style}</style>
</head>
<body>
{written(_body(title, made, sections))}
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


def _body(title: str, made: str, sections: list[Section]) -> Element:
    return el(
        "div",
        {"class": "page"},
        el("a", {"class": "skip", "href": "#main"}, "Skip to the summary"),
        _masthead(title, made),
        _contents_list(sections),
        el("main", {"id": "main"}, *map(_section, sections)),
    )


def _masthead(title: str, made: str) -> Element:
    """Whose page it is, and what it is about."""
    drawn = SvgElement("svg", {"viewBox": "0 0 20 20", "aria-hidden": "true"})
    SubElement(drawn, "path", {"d": "M3 17L13 2V17Z"})  # a sundial's gnomon
    when = el("time", {"datetime": f"{made}Z"}, f"{made[:16].replace('T', ' ')} UTC")
    return el(
        "header",
        {"class": "masthead"},
        el("p", {"class": "brand"}, picture(drawn), el("b", None, "gnomon"), when if made else None),
        el("h1", None, title),
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
