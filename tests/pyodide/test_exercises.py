"""Exercises in the browser: the judge says there what it says here, and mouse and keyboard can use the page."""

import re
from typing import Any

import pytest

from tests.pyodide.answers import LESSONS, answers, judged

pytestmark = pytest.mark.network


def test_the_judge_says_the_same_under_pyodide(there: dict[str, Any]) -> None:
    """For all exercises, word for word: of solutions, of all that is known to be wrong, and of what is no answer."""
    here = [judged(number, answer) for number, answer in answers()]

    assert here == there["replies"]
    assert {reply["state"] for reply in here} == {"solved", "scanned", "open", "no answer"}


def test_exercises_are_done_in_the_page(chromium: Any, site: str) -> None:
    """A wrong line by mouse, the right ones by keyboard, a change of files. A quiet console, and one host."""
    heard: list[str] = []
    context = chromium.new_context(viewport={"width": 390, "height": 900})
    context.on("console", lambda message: heard.append(message.text))
    context.on("weberror", lambda error: heard.append(str(error.error)))
    context.on("request", lambda request: request.url.startswith(site) or heard.append(request.url))
    page = context.new_page()
    page.set_default_timeout(60_000)  # milliseconds; a busy machine takes long to compile Python
    page.goto(f"{site}exercises.html")
    page.click("a >> text=Spot the sink")

    page.click("[data-place='engine.py:33']")
    page.click("button >> text=Judge")
    page.locator(".outcome", has_text="Not yet.").wait_for()
    assert "json.loads can only give texts" in page.inner_text(".verdict")

    page.click("[data-place='engine.py:33']")
    page.press("[data-place='engine.py:33']", "ArrowDown")
    page.keyboard.press("Space")
    assert page.input_value("#answer") == "engine.py:34"
    page.keyboard.press("Tab")
    page.keyboard.press("End")
    page.keyboard.type(" 38")
    page.keyboard.press("Enter")
    page.locator(".outcome", has_text="Solved.").wait_for()
    assert "Three questions find these lines" in page.inner_text(".verdict")

    page.click("a >> text=Check after load")
    page.fill("[name='server.py']", next(file.text for file in LESSONS[1].solution if file.name == "server.py"))
    page.press("[name='server.py']", "Tab")
    page.keyboard.press("Enter")
    page.locator(".outcome", has_text="gnomon learn check 2").wait_for()

    page.reload()
    states = page.locator("#exercises .exercises .state").all_inner_texts()
    assert states[:2] == ["solved", "scanned; the rest in the terminal"]
    assert page.input_value("[name='server.py']") == next(iter(LESSONS[1].solution)).text
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert re.fullmatch(r"BODY|H2", page.evaluate("document.activeElement.tagName"))
    context.close()
    assert heard == []
