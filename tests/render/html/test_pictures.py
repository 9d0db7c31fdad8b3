"""The sections that have pictures or tables of their own: as reviewed, small, and nothing left out in silence."""

import re
from collections import Counter
from xml.etree import ElementTree as ET

import pytest
from msgspec.structs import replace

from gnomon.render.html.contents import Contents
from gnomon.render.html.elements import written
from gnomon.render.html.page import page
from gnomon.render.html.sections import exposure, held, lineage, packages, sockets
from gnomon.render.json import report_of
from gnomon.render.trace_json import trace_of
from tests.render.html.contents_sample import ESCAPES, contents, many
from tests.render.html.pictures_sample import DROPPED, events, everything, hostile_pictures, large
from tests.render.sample import REPORT
from tests.render.trace_sample import CLEAN, LINEAGE, SGLANG, outcome

SECTIONS = {
    "exposure": exposure.section,
    "lineage": lineage.section,
    "packages": packages.section,
    "sockets": sockets.section,
    "held": held.section,
}


def shown(name, found):
    """The section's body as HTML."""
    section = SECTIONS[name](found)
    assert section is not None
    return written(section.body)


def words(html):
    """What can be read of it, without markup."""
    return " ".join("".join(ET.fromstring(html).itertext()).split())


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_is_as_reviewed(matches_golden, name):
    """Everything that the samples have; styles and the rest of the page are elsewhere."""
    assert matches_golden(f"page-{name}.html", f"{shown(name, everything())}\n".encode())


@pytest.mark.parametrize("name", SECTIONS)
def test_there_is_no_section_about_nothing(name):
    """Without an answer there is neither a heading nor a line in the list of contents."""
    assert SECTIONS[name](Contents(title="nothing")) is None


@pytest.mark.parametrize("name", SECTIONS)
def test_hostile_text_makes_no_element(name):
    """Whatever names are: the elements are those of harmless names, and every link leads to where we want it."""
    html = shown(name, replace(hostile_pictures(), scans=(report_of(REPORT),)))
    root = ET.fromstring(html)

    assert not {element.tag for element in root.iter()} & {"script", "img", "base", "style", "iframe", "meta"}
    links = [element.get("href") for element in root.iter("a")]
    assert [link for link in links if not re.match(r"#[a-z]|https://(www\.cve\.org|github\.com)/", link)] == []
    assert name == "exposure" or ESCAPES[0] in "".join(root.itertext())


def test_marks_lead_to_findings_and_are_as_many_as_sockets():
    """On the wide map one by one; the narrow one has a mark for each cell, large enough for a finger."""
    root = ET.fromstring(shown("exposure", everything()))
    wide, narrow = root.findall("svg")

    document = page(everything()).decode()
    for link in root.iter("a"):
        assert f' id="{link.get("href")[1:]}"' in document
    cells = [cell for cell in wide.findall("g") if cell.find("text") is not None]
    assert [int(cell.findtext("text")) for cell in cells] == [len(cell.findall("a")) for cell in cells]
    assert len(narrow.findall(".//a")) == len(cells)
    assert min(float(mark.get("height")) for mark in narrow.findall(".//a/rect")) >= 24
    assert all(mark.findtext("title") for mark in wide.findall(".//a"))


def test_many_sockets_of_a_cell_become_one_mark_with_their_number():
    """And the table counts them and names the first."""
    html = shown("exposure", contents(many(5_000)))

    assert len(html) < 40_000
    assert re.search(r'class="many"[^>]*>125<', html)
    assert "and 113 more, among the findings" in html


def test_a_small_lineage_is_drawn_whole_and_told_as_a_table():
    """Each mark has a note, and each place a row."""
    root = ET.fromstring(shown("lineage", everything()))

    [drawn] = root.iter("svg")
    assert drawn.get("class") == "timeline"
    assert len(drawn.findall(".//title")) > 2 * len(LINEAGE.nodes)
    table = next(root.iter("table"))
    assert len(table.findall("tbody/tr")) == len(LINEAGE.nodes)


def test_of_a_large_lineage_the_overview_comes_first():
    """A row a project, and behind a fold the worst places; the page says how many there are in all."""
    trace = trace_of(outcome(SGLANG, lineage=large(400, every=1)))
    html = shown("lineage", Contents(title="x", traces=(trace,)))
    overview, places = ET.fromstring(html).iter("svg")

    assert "code in 50 places of 50 projects" in overview.get("aria-label")
    assert "code in 100 places" in places.get("aria-label")
    told = words(html)
    assert "One row is all places of a project, 400 places in all." in told
    assert "and 200 more places" in told
    assert len(html) < 400_000


def test_fifty_findings_and_a_lineage_of_a_hundred_places_are_small():
    """At most 300 KB, also if every place was taken from another."""
    trace = trace_of(outcome(SGLANG, lineage=large(100, every=1)))

    assert len(page(replace(contents(many(50)), traces=(trace,)))) <= 300_000


def test_moments_without_news_are_counted_when_they_are_not_drawn():
    """A history of a thousand commits is a line with some marks on it, and a sentence."""
    [first, *rest] = LINEAGE.nodes
    moments = tuple(
        replace(first.moments[0], date=f"20{10 + number // 336}-{1 + number // 28 % 12:02}-{1 + number % 28:02}")
        for number in range(1_000)
    )
    trace = trace_of(outcome(SGLANG, lineage=replace(LINEAGE, nodes=(replace(first, moments=moments), *rest))))

    html = shown("lineage", Contents(title="x", traces=(trace,)))

    assert "986 moments at which nothing changed are not drawn." in words(html)
    assert len(html) < 60_000


def test_without_a_lineage_the_copies_are_listed():
    """Where they are, what they are like, and why their state is what it is."""
    told = words(shown("lineage", Contents(title="x", traces=(trace_of(outcome(SGLANG)),))))

    for copy in SGLANG.copies:
        assert f"{copy.path}:{copy.line}" in told
        assert copy.qualname in told


def test_nothing_found_is_said():
    """With how much was compared."""
    told = words(shown("lineage", Contents(title="x", traces=(trace_of(outcome(CLEAN)),))))

    assert told == "In src, no copy of the 24 known signatures was found in 1,204 functions."


def test_equal_events_are_one_row_with_their_number():
    """Those that guard counted without a line included; whoever sends many different ones can't make the page large."""
    flood = [
        DROPPED | {"name": f"x{number}", "peer": f"10.0.{number // 250}.{number % 250}"} for number in range(3_000)
    ]
    run = events(DROPPED, DROPPED | {"left_out": 90}, *flood, {"event": "refused", "module": "os", "name": "system"})

    assert sum(event.count for event in run.events) + run.left_out == 1 + 91 + 3_000 + 1
    html = shown("held", Contents(title="x", guards=(run,)))
    assert len(html) < 120_000
    assert "92" in words(html)
    counts = Counter(re.findall(r'<span class="state \w+">([\w-]+)<', html))
    assert counts["dropped"] == 200
    assert re.search(r"and [0-9,]+ more events", html)
