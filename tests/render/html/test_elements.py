"""A tree of elements is HTML that holds what it was given as text, and nothing that is not on its lists."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given

from gnomon.render.escape import visible
from gnomon.render.html.elements import Element, el, lines, link, picture, written
from tests.render.hostile import TEXTS


@given(text=TEXTS, value=TEXTS)
def test_text_stays_text(text, value):
    """Whatever it is: once parsed it is the same text, made visible, in the same element and attribute."""
    parsed = ET.fromstring(written(el("span", {"title": value}, text)))

    assert (parsed.text or "", parsed.get("title")) == (visible(text), visible(value))
    assert len(parsed) == 0


@pytest.mark.parametrize(
    ("tag", "attributes"),
    [
        ("script", {}),
        ("style", {}),
        ("iframe", {}),
        ("img", {"src": "x"}),
        ("b", {"onclick": "f()"}),
        ("b", {"style": "color:red"}),
        ("b", {"class": 'a" onclick="f()'}),
        ("a", {"href": "javascript:f()"}),
        ("a", {"href": "http://example.org/"}),
        ("a", {"href": 'https://example.org/"onclick="f()'}),
        ("a", {"href": "https://user@example.org/"}),
        ("a", {"href": "//example.org/"}),
        ("p", {"id": "1 2"}),
        ("rect", {"fill": "url(https://example.org/x)"}),
    ],
)
def test_what_is_not_on_the_lists_is_refused(tag, attributes):
    """No element that loads or runs anything, no handler, no style, and no address but https and places of the page."""
    with pytest.raises(ValueError, match="of the page"):
        el(tag, attributes)
    with pytest.raises(ValueError, match="of the page"):
        Element(tag, tuple(attributes.items()))


def test_an_untrusted_address_is_a_link_only_if_it_is_plain():
    """Else its words stay, and lead nowhere."""
    assert written(link("https://example.org/a?b=1#c", "x")) == '<a href="https://example.org/a?b=1#c">x</a>'
    assert written(link("javascript:alert(1)", "x")) == "<span>x</span>"
    assert written(link(" https://example.org/", "x")) == "<span>x</span>"


def test_a_picture_becomes_elements_under_the_same_rules():
    """Lines of a title are kept, blanks that only indent are not, and a script is refused."""
    svg = ET.Element("{http://www.w3.org/2000/svg}svg", {"viewBox": "0 0 9 9", "xmlns": "http://www.w3.org/2000/svg"})
    ET.SubElement(svg, "title").text = "a<b\nc"
    svg.tail = svg.text = "\n  "

    assert written(picture(svg)) == '\n<svg viewBox="0 0 9 9"><title>a&lt;b\nc</title></svg>'
    ET.SubElement(svg, "script")
    with pytest.raises(ValueError, match="script"):
        picture(svg)


def test_lines_are_kept_where_they_are_wanted():
    """In `pre`, but for blank ones at the ends."""
    assert written(el("pre", None, *lines("\nif x:\n    y\n"))) == "\n<pre>if x:\n    y</pre>"
