r"""A tree of HTML elements that escapes by construction: there is no way to put in markup as text.

Every text, ours too, goes through `render.escape.visible` and is then escaped for HTML
(https://html.spec.whatwg.org/multipage/syntax.html): so there is nothing to forget. Elements, attributes and the
values of those that a browser acts on are on closed lists. Pictures are built as trees by `xml.etree` and turned into
elements by the same rules.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias
from xml.etree import ElementTree as ET

from msgspec import Struct

from gnomon.render.escape import visible
from gnomon.render.html.vocabulary import ATTRIBUTES, HTML, OWN_LINE, SVG, SVG_ATTRIBUTES, VOID


class Element(Struct, frozen=True):
    """An element with its attributes and what is in it; made by `el`, which checks the names."""

    tag: str
    attributes: tuple[tuple[str, str], ...] = ()
    children: "tuple[Child, ...]" = ()


Child: TypeAlias = Element | str


def el(tag: str, attributes: Mapping[str, str] | None = None, *children: Child | None) -> Element:
    """An element of HTML without the children that are None. Raises ValueError for a name or value that is not ours."""
    return _checked(tag, (attributes or {}).items(), children, HTML, ATTRIBUTES)


def many(tag: str, attributes: Mapping[str, str] | None, children: Iterable[Child | None]) -> Element:
    """As `el`, for children that are computed."""
    return el(tag, attributes, *children)


def link(url: str, *children: Child) -> Element:
    """A link if `url`, which is untrusted, is a plain https address or a `#place` of the page; else a mere span."""
    return el("a", {"href": url}, *children) if ATTRIBUTES["href"].fullmatch(url) else el("span", None, *children)


def picture(svg: ET.Element) -> Element:
    """A picture that our own code has drawn, as an element; lines of a text are kept. Raises ValueError as `el` does.

    Colours are classes that the page's style sheet knows: a `style` element or attribute in it would not be obeyed.
    """
    tag = svg.tag.rpartition("}")[2]
    attributes = [(name, value) for name, value in svg.attrib.items() if name != "xmlns"]
    children: list[Child] = [*lines(svg.text or "")]
    for child in svg:
        children += [picture(child), *lines(child.tail or "")]
    return _checked(tag, attributes, children, SVG, SVG_ATTRIBUTES)


def written(element: Element) -> str:
    """The element as HTML that is well-formed XML too."""
    return "".join(_written(element))


def escaped(text: str) -> str:
    """`text` as it stands in HTML, within an element or within quotes."""
    shown = visible(text)
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def lines(text: str) -> Iterator[Child]:
    """Text whose lines are kept: for `pre`, and for what a picture says when it is pointed at."""
    for number, line in enumerate(text.strip("\n").split("\n")):
        if number:
            yield _BREAK
        if line:
            yield line


_BREAK = Element("\n")
"""A line's end within the title of a part of a picture, or within `pre`."""


def _checked(
    tag: str,
    attributes: Iterable[tuple[str, str]],
    children: Iterable[Child | None],
    tags: frozenset[str],
    patterns: Mapping[str, re.Pattern[str]],
) -> Element:
    if tag not in tags:
        raise ValueError(f"no element of the page: {tag}")
    kept = tuple(attributes)
    for name, value in kept:
        if name not in patterns or not patterns[name].fullmatch(value):
            raise ValueError(f"no attribute of the page: {name}={value!r}")
    return Element(tag, kept, tuple(child for child in children if child is not None))


def _written(element: Element) -> Iterator[str]:
    tag = element.tag
    if element is _BREAK:
        yield "\n"
        return
    attributes = "".join(f' {name}="{escaped(value)}"' for name, value in element.attributes)
    line = "\n" if tag in OWN_LINE else ""
    if tag in VOID:
        yield f"{line}<{tag}{attributes}/>"
        return
    yield f"{line}<{tag}{attributes}>"
    for child in element.children:
        if isinstance(child, str):
            yield escaped(child)
        else:
            yield from _written(child)
    yield f"</{tag}>"
