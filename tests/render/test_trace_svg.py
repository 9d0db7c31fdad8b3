"""The picture is one file that needs no other, and tells by shape and by words what it tells by colour."""

import re
from xml.etree import ElementTree as ET

from gnomon.render.tone import TONES
from gnomon.render.trace_svg import write
from tests.render.trace_sample import CLEAN, LINEAGE, SGLANG, VLLM, node, outcome

SVG = "{http://www.w3.org/2000/svg}"


def test_it_refers_to_nothing_outside_of_itself():
    """No script, link, image, font, event handler or address: a page can show it whatever its policy."""
    document = write(outcome(SGLANG, VLLM, lineage=LINEAGE)).data.decode()

    elements = {element.tag.removeprefix(SVG) for element in ET.fromstring(document).iter()}
    assert elements == {"svg", "style", "rect", "path", "g", "title", "text"}
    attributes = {name for element in ET.fromstring(document).iter() for name in element.attrib}
    assert not [name for name in attributes if name.startswith("on") or "href" in name]
    assert not re.search(r"url\(|@import|<!|<\?(?!xml version)", document)


def test_every_mark_and_arrow_says_why():
    """Pointed at, each shows its evidence."""
    root = _root(CLEAN, lineage=LINEAGE)
    legend = 4 + 1 + 3

    groups = [each for each in root.iter(f"{SVG}g") if each.get("class").split()[0] in ("mark", "arrow")]
    assert len([group for group in groups if group.find(f"{SVG}title") is None]) == legend
    [told] = [text for text in _titles(root) if text.startswith("ROCm/aiter MessageQueue\ntaken from")]
    assert told == (
        "ROCm/aiter MessageQueue\n"
        "taken from vllm-project/vllm MessageQueue\n"
        "confidence high, similarity 0.99, 19 of 19 statements\n"
        "attribution: line 1: `# Adapted from https://github.com/vllm-project/vllm`\n"
        "dates: first seen 125 days later"
    )


def test_states_differ_in_shape_too():
    """A circle, a diamond, a square, and a hollow circle: no two tones are drawn alike where they can be confused."""
    outlines = {}
    for mark in _root(CLEAN, lineage=LINEAGE).iter(f"{SVG}g"):
        kind, _, tone = mark.get("class").partition(" ")
        if kind == "mark" and " " not in tone:
            outlines[tone] = re.sub(r"[-\d. ]+", " ", mark.find(f"{SVG}path").get("d"))

    assert outlines.keys() == TONES.keys()
    assert len({outlines["flawed"], outlines["eased"], outlines["safe"]}) == 3
    style = _root(CLEAN, lineage=LINEAGE).find(f"{SVG}style").text
    hollow = re.findall(r"\.mark\.unknown\{fill:(#\w+);stroke:(#\w+)\}", style)
    papers = re.findall(r"\.paper,\.band\.plain\{fill:(#\w+)\}", style)
    assert [fill for fill, _ in hollow] == papers


def test_light_and_dark_have_the_same_rules():
    """Every rule that gives a colour has its counterpart in the dark."""
    style = _root(CLEAN, lineage=LINEAGE).find(f"{SVG}style").text
    light, dark = style.split("@media (prefers-color-scheme:dark)")

    in_light, in_dark = (re.findall(r"^([^{}\n]+)\{(?:fill|stroke):#", part, re.MULTILINE) for part in (light, dark))
    assert in_light == in_dark
    assert len(in_dark) > 10


def test_incomplete_is_written_on_the_picture():
    """What could not be looked at is counted below the heading, and told beside the picture."""
    document = write(outcome(SGLANG, lineage=LINEAGE))

    assert b"Incomplete: 2 skipped files" in document.data
    assert document.left_out == "A picture has no room for 2 skipped files: `--format json` lists them."
    assert write(outcome(CLEAN, lineage=LINEAGE)).left_out == ""


def test_text_has_the_width_that_the_layout_reckoned_with():
    """Whatever font a viewer has, a label takes no more room than was kept for it."""
    labels = list(_root(CLEAN, lineage=LINEAGE).iter(f"{SVG}text"))

    assert labels
    assert all(float(label.get("textLength")) > 0 for label in labels)


def test_characters_that_xml_forbids_are_visible():
    """A control character in a name is written out, in the label and in what is shown when it is pointed at."""
    root = _root(
        CLEAN, lineage=LINEAGE.__class__(nodes=(node("a", "p", "f\x00\x1b\ufffe", seen="2024-01-01"),), edges=())
    )

    assert r"f\x00\x1b\ufffe" in [text.text for text in root.iter(f"{SVG}text")]
    assert [text for text in _titles(root) if r"p f\x00\x1b\ufffe" in text]


def _root(*traced, lineage=None) -> ET.Element:
    return ET.fromstring(write(outcome(*traced, lineage=lineage)).data)


def _titles(root: ET.Element) -> list[str]:
    return [title.text or "" for title in root.iter(f"{SVG}title")]
