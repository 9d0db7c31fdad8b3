"""The page in a browser: quiet, closed, whole without a script, and usable by everybody."""

import pytest

from gnomon.render.html.page import page
from tests.render.html.contents_sample import contents, hostile, many
from tests.render.sample import CLEAN, REPORT

pytestmark = pytest.mark.xdist_group("browser")  # one Chromium at a time

SAMPLE = page(contents(REPORT, CLEAN))
HOSTILE = page(contents(hostile(), REPORT))
FOLDS = "details:not([open])"
REACHABLE = """[...document.querySelectorAll("a[href], input, button, summary, [tabindex='0']")].filter(
  (each) => each.checkVisibility({visibilityProperty: true})).length"""
FOCUSED = """((at, mark) => [at.getAttribute("class") || at.tagName,
  mark ? parseFloat(getComputedStyle(mark).strokeWidth) > 3 : getComputedStyle(at).outlineStyle === "solid",
  at.getBoundingClientRect().top >= 0])(document.activeElement, document.activeElement.querySelector(".mark"))"""
"""Its class, if it is seen to have the focus (a mark of a picture has a strong line), and if it is in sight."""


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_accessibility_rules_hold(open_page, width, scheme):
    """No violation of axe-core's rules for WCAG and of its best practices, with everything unfolded."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs the dependency group `browser`")
    opened = open_page(SAMPLE, width=width, color_scheme=scheme, bypass_csp=True)
    opened.page.click("#unfold")

    result = axe.Axe().run(opened.page)

    assert result.violations_count == 0, result.generate_report()


@pytest.mark.parametrize("width", [1280, 390])
def test_hostile_text_neither_runs_nor_loads_nor_widens_anything(open_page, width):
    """Whatever a target's names and code are: none of it ran, nothing was said or loaded, nothing overflows."""
    opened = open_page(HOSTILE, width=width)
    opened.page.click("#unfold")
    opened.page.fill("#search", "<script>")

    assert opened.page.evaluate("window.ran") is None
    assert opened.trouble == []
    assert opened.page.evaluate("[document.scripts.length, document.images.length, frames.length]") == [1, 0, 0]
    opened.page.fill("#search", "")
    opened.page.locator("#shown:empty").wait_for(state="attached")
    assert opened.page.evaluate("document.documentElement.scrollWidth") == width
    assert opened.page.evaluate("document.baseURI === location.href")


def test_hostile_text_is_shown_as_it_is(open_page):
    """The words that tried to be markup can be read, in the DOM that the browser made of the page."""
    text = open_page(HOSTILE).page.evaluate("document.body.textContent")

    for told in (
        "</script><script>window.ran=1</script>",
        "\\u202egnp.exe\\u2066",
        "&lt;script&gt;",
        "javascript:window.ran=1",
    ):
        assert told in text


def test_nothing_overflows_on_a_telephone(open_page):
    """At 390 pixels no part is wider than the window, cards unfolded or not, nor at 320, WCAG's narrowest."""
    for width in (390, 320):
        opened = open_page(SAMPLE, width=width)
        opened.page.click("#unfold")

        assert opened.page.evaluate("document.documentElement.scrollWidth") == width


def test_a_link_to_a_finding_unfolds_it(open_page):
    """By address and by a link on the page, also when a search hides it; the finding is in sight."""
    finding = f"f-{REPORT.findings[1].fingerprint}"
    opened = open_page(SAMPLE, at=f"#{finding}")
    fold = opened.page.locator(f"#{finding} > details")
    assert fold.get_attribute("open") is not None

    opened = open_page(SAMPLE)
    opened.page.fill("#search", "nothing has this")
    opened.page.locator(f"#{finding}").wait_for(state="hidden")
    opened.page.locator(f"a[href='#{finding}']").first.click()

    opened.page.locator(f"#{finding} > details .known").wait_for()
    assert opened.page.locator(f"#{finding}").bounding_box()["y"] < 900
    assert opened.trouble == []


def test_search_and_severities_narrow_what_is_shown(open_page):
    """Each word has to be in a finding, rows as well; a severity can be left out; Escape brings all back."""
    opened = open_page(page(contents(many(400))))
    shown = opened.page.locator("#shown")

    opened.page.fill("#search", "part_9 worker.py")
    opened.page.get_by_text("13 of 400 shown").wait_for()
    assert opened.page.locator("article.finding:visible, .rows tbody tr:visible").count() == 13
    opened.page.press("#search", "Escape")
    opened.page.locator("#shown:empty").wait_for(state="attached")

    opened.page.uncheck("input[value=critical]")
    assert shown.inner_text() == "266 of 400 shown"
    assert opened.page.locator("article.critical:visible").count() == 0


def test_five_thousand_findings_can_be_searched(open_page):
    """The page opens, a word that is in one row finds it, and a link to that row brings it into sight."""
    opened = open_page(page(contents(many(5_000))), at=f"#f-{4_998:032x}")
    row = opened.page.locator(f"#f-{4_998:032x}")
    assert 0 <= row.bounding_box()["y"] < 900

    opened.page.fill("#search", "codec.py:4999")
    opened.page.get_by_text("1 of 5000 shown").wait_for()

    assert row.is_visible()
    assert opened.trouble == []


def test_without_a_script_the_page_is_whole(open_page):
    """No filter is shown that would do nothing, every finding is, and folds open by themselves."""
    opened = open_page(SAMPLE, java_script_enabled=False)

    assert opened.page.locator("#filter").is_hidden()
    assert opened.page.locator("article.finding").count() == len(REPORT.findings)
    fold = opened.page.locator(f"article.finding > {FOLDS}").first
    fold.locator("summary").click()
    assert opened.page.locator("article.finding > details[open]").count() == 2


def test_print_unfolds_everything_and_leaves_out_what_is_for_screens(open_page):
    """Without a script too: steps, evidence and the rules' texts are on paper, the filter and the contents are not."""
    for script in (True, False):
        opened = open_page(SAMPLE, java_script_enabled=script)
        opened.page.emulate_media(media="print", color_scheme="dark")
        folded = opened.page.locator(f"{FOLDS} > :not(summary)")

        assert folded.count() > 30
        assert folded.evaluate_all("all => all.filter((each) => !each.getBoundingClientRect().height).length") == 0
        assert opened.page.locator(".contents").is_hidden()
        assert opened.page.locator("#filter").is_hidden()
        assert (
            opened.page.locator("body").evaluate("each => getComputedStyle(each).backgroundColor")
            == "rgb(255, 255, 255)"
        )


def test_the_keyboard_reaches_everything(open_page):
    """The skip link comes first; Tab visits every link, field and fold, each in sight and with an outline."""
    opened = open_page(SAMPLE)
    keys = opened.page.keyboard

    visited = []
    for _ in range(opened.page.evaluate(REACHABLE)):
        keys.press("Tab")
        visited.append(opened.page.evaluate(FOCUSED))

    assert visited[0][0] == "skip"
    assert "BODY" not in {name for name, _, _ in visited}
    assert all(is_seen for _, is_seen, _ in visited)
    assert all(in_sight for _, _, in_sight in visited)
    folds = opened.page.locator("article.finding > details")
    folds.last.locator("> summary").focus()
    keys.press("Enter")
    assert folds.last.get_attribute("open") is not None
