"""The page of a survey in a browser: quiet, no wider than the screen, and usable by everybody."""

import pytest

from gnomon.render.html.ecosystem.page import ecosystem_page
from tests.render.html.contents_sample import ESCAPES
from tests.render.html.ecosystem_sample import SAMPLE, hostile, many

pytestmark = pytest.mark.xdist_group("browser")  # one Chromium at a time

UNFOLD = "document.querySelectorAll('details').forEach(each => each.open = true)"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_accessibility_rules_hold(open_page, width, scheme):
    """No violation of axe-core's rules for WCAG and of its best practices, with everything unfolded."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs the dependency group `browser`")
    opened = open_page(ecosystem_page(SAMPLE), width=width, color_scheme=scheme, bypass_csp=True)
    opened.page.evaluate(UNFOLD)

    result = axe.Axe().run(opened.page)

    assert result.violations_count == 0, result.generate_report()


@pytest.mark.parametrize(
    ("width", "survey"), [(1280, hostile(ESCAPES)), (390, hostile(ESCAPES)), (390, many(1_000, 10_000))]
)
def test_hostile_text_and_many_rows_neither_run_nor_widen_anything(open_page, width, survey):
    """Nothing was said or loaded, and nothing overflows."""
    opened = open_page(ecosystem_page(survey), width=width)
    opened.page.evaluate(UNFOLD)

    assert opened.page.evaluate("window.ran") is None
    assert opened.trouble == []
    assert opened.page.evaluate("document.documentElement.scrollWidth") == width


def test_a_small_screen_has_the_passages_as_a_list(open_page):
    """In place of the picture."""
    shown = "name => document.querySelector(name).checkVisibility()"

    for width, figure, ways in ((1280, True, False), (390, False, True)):
        opened = open_page(ecosystem_page(SAMPLE), width=width)
        assert opened.page.evaluate(shown, ".propagation figure") is figure
        assert opened.page.evaluate(shown, ".ways") is ways
