r"""A tree of HTML elements that escapes by construction: there is no way to put in markup as text.

Every text, ours too, goes through `render.escape.visible` and is then escaped for HTML
(https://html.spec.whatwg.org/multipage/syntax.html): so there is nothing to forget. Elements, attributes and the
values of those that a browser acts on are on closed lists. Pictures are built as trees by `xml.etree` and turned into
elements by the same rules.
"""

from collections.abc import Iterator, Mapping
from typing import TypeAlias
from xml.etree import ElementTree as ET

from msgspec import Struct

from gnomon.render.escape import visible
from gnomon.render.html.vocabulary import ATTRIBUTES, ELEMENTS, OWN_LINE, SHAPES, VOID


class Element(Struct, frozen=True):
    """An element with its attributes and what is in it. Raises ValueError for a name or value that is not ours."""

    tag: str
    attributes: tuple[tuple[str, str], ...] = ()
    children: "tuple[Child, ...]" = ()

    def __post_init__(self) -> None:
        if self.tag not in ELEMENTS:
            raise ValueError(f"no element of the page: {self.tag}")
        for name, value in self.attributes:
            if name not in ATTRIBUTES or not ATTRIBUTES[name].fullmatch(value):
                raise ValueError(f"no attribute of the page: {name}={value!r}")


class LineEnd(Struct, frozen=True):
    """A line's end that is kept: within `pre`, or within what a part of a picture says when it is pointed at."""


Child: TypeAlias = Element | LineEnd | str


def el(tag: str, attributes: Mapping[str, str] | None = None, *children: Child | None) -> Element:
    """An element without the children that are None. Raises ValueError as Element does."""
    return Element(tag, tuple((attributes or {}).items()), tuple(child for child in children if child is not None))


def link(url: str, *children: Child) -> Element:
    """A link if `url`, which is untrusted, is a plain https address or a `#place` of the page; else a mere span."""
    return el("a", {"href": url}, *children) if ATTRIBUTES["href"].fullmatch(url) else el("span", None, *children)


def picture(svg: ET.Element) -> Element:
    """A picture that our own code has drawn, lines of its texts kept. Raises ValueError as Element does.

    Colours are classes that the page's style sheet knows: a `style` element or attribute would not be obeyed anyway.
    """
    attributes = {name: value for name, value in svg.attrib.items() if name != "xmlns"}
    children: list[Child] = [*lines(svg.text or "")]
    for child in svg:
        children += [picture(child), *lines(child.tail or "")]
    return el(svg.tag.rpartition("}")[2], attributes, *children)


def lines(text: str) -> Iterator[Child]:
    """Text whose lines are kept, but for blank ones at its ends."""
    for number, line in enumerate(text.strip("\n").split("\n") if text.strip() else ()):
        if number:
            yield LineEnd()
        yield line


def written(element: Element) -> str:
    """The element as HTML that is well-formed XML too."""
    return "".join(_written(element))


def escaped(text: str) -> str:
    """`text` as it stands in HTML, within an element or within quotes."""
    return visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _written(child: Child) -> Iterator[str]:
    match child:
        case str():
            yield escaped(child)
        case LineEnd():
            yield "\n"
        case Element(tag=tag, attributes=attributes):
            line = "\n" if tag in OWN_LINE else ""
            named = "".join(f' {name}="{escaped(value)}"' for name, value in attributes)
            is_closed = tag in VOID or (tag in SHAPES and not child.children)
            yield f"{line}<{tag}{named}{'/' if is_closed else ''}>"
            for inner in child.children:
                yield from _written(inner)
            if not is_closed:
                yield f"</{tag}>"
