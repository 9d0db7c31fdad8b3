"""The pictures and tables of the page in a browser: reached, readable, scrolled within themselves, and quiet."""

import pytest
from msgspec.structs import replace

from gnomon.render.html.contents import Contents
from gnomon.render.html.page import page
from gnomon.render.trace_json import trace_of
from tests.render.html.pictures_sample import everything, hostile_pictures, large
from tests.render.trace_sample import SGLANG, outcome

pytestmark = pytest.mark.xdist_group("browser")  # one Chromium at a time

WHOLE = page(everything())
HOSTILE = page(hostile_pictures())
LARGE = page(Contents(title="a large lineage", traces=(trace_of(outcome(SGLANG, lineage=large(300))),)))
SECTIONS = ("exposure", "lineage", "packages", "sockets", "held")
UNFOLD = "document.querySelectorAll('details').forEach((each) => { each.open = true })"
COLORS = """(selector) => [...document.querySelectorAll(selector)].map((each) => getComputedStyle(each).fill)"""


def test_accessibility_rules_hold(open_page):
    """No violation of axe-core's rules, with everything unfolded: maps, timelines and tables of all kinds."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs the dependency group `browser`")
    opened = open_page(WHOLE, color_scheme="dark", bypass_csp=True)
    opened.page.evaluate(UNFOLD)

    result = axe.Axe().run(opened.page, context={"include": [[f"#{name}"] for name in SECTIONS]})

    assert result.violations_count == 0, result.generate_report()


@pytest.mark.parametrize("document", [WHOLE, HOSTILE, LARGE], ids=["whole", "hostile", "large"])
def test_nothing_runs_loads_or_overflows(open_page, document):
    """Whatever projects, packages, sockets and senders call themselves, unfolded or not, on a desk and a telephone."""
    opened = open_page(document)
    opened.page.evaluate(UNFOLD)

    assert opened.page.evaluate("window.ran") is None
    assert opened.trouble == []
    assert opened.page.evaluate("[document.scripts.length, document.images.length, frames.length]") == [1, 0, 0]
    for width in (1280, 390):
        opened.page.set_viewport_size({"width": width, "height": 900})
        assert opened.page.evaluate("document.documentElement.scrollWidth") == width


def test_a_mark_of_the_map_leads_to_its_finding(open_page):
    """By the keyboard as well, on the map that fits the screen; the other one is not in the way."""
    for width, shown, other in ((1280, "wide", "narrow"), (390, "narrow", "wide")):
        opened = open_page(WHOLE, width=width)
        marks = opened.page.locator(f"svg.exposure.{shown} a")
        assert opened.page.locator(f"svg.exposure.{other}").is_hidden()

        target = marks.first.get_attribute("href")
        marks.first.focus()
        opened.page.keyboard.press("Enter")

        opened.page.locator(f"{target} > details[open]").wait_for()


def test_timelines_have_the_colours_of_their_legend(open_page):
    """In both schemes the four tones differ, and text is as wide as it was laid out."""
    for scheme in ("light", "dark"):
        opened = open_page(WHOLE, color_scheme=scheme)
        tones = [opened.page.evaluate(COLORS, f".timeline .mark.{tone}") for tone in ("flawed", "eased", "safe")]

        assert [len(set(tone)) for tone in tones] == [1, 1, 1]
        assert len({tone[0] for tone in tones}) == 3
        assert opened.page.locator("svg.timeline").bounding_box()["width"] > 800


def test_on_a_telephone_a_timeline_is_scrolled_within_its_frame(open_page):
    """The keyboard reaches the frame; the page itself does not move."""
    opened = open_page(WHOLE, width=390)
    frame = opened.page.locator("figure.scroll")
    frame.focus()

    assert frame.evaluate("each => each.scrollWidth > each.clientWidth && each === document.activeElement")


def test_print_shows_timelines_whole(open_page):
    """On paper nothing can be scrolled."""
    opened = open_page(page(replace(everything(), scans=())), width=800)
    opened.page.emulate_media(media="print")

    assert opened.page.locator("figure.scroll").evaluate("each => each.scrollWidth <= each.clientWidth")
