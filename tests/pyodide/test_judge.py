"""The judge of the page, here: whole verdicts where files are fixed, the scanner's alone where they are changed."""

import runpy

import msgspec
import pytest

from tests.pyodide.answers import LESSONS, files, judged, right_places, said
from tests.pyodide.conftest import TOOLS

PLACES = [lesson for lesson in LESSONS if lesson.kind == "places"]
EDITED = [lesson for lesson in LESSONS if lesson.kind == "edit"]
building = runpy.run_path(str(TOOLS / "site" / "add_exercises.py"))


def test_lines_are_judged_as_in_the_terminal():
    """Those that the scanner finds solve it; each that tempts is refused for the lesson's reason."""
    for lesson in PLACES:
        assert judged(lesson.number, right_places(lesson))["state"] == "solved"
        for wrong in lesson.wrong:
            reply = judged(lesson.number, [wrong.answer])
            assert reply["state"] == "open"
            assert wrong.because.replace("`", "").replace("**", "") in said(reply)


def test_changed_files_are_scanned_and_no_more():
    """The lesson's own solution is `scanned`, never solved; a finding is told; untouched files don't count."""
    for lesson in EDITED:
        assert judged(lesson.number, files(lesson, lesson.solution))["state"] == "scanned"
        assert judged(lesson.number, files(lesson))["counts"] is False
        touched = {name: f"{text}\n# touched\n" for name, text in files(lesson).items()}
        assert "The scanner still finds the flaw." in said(judged(lesson.number, touched))


def test_options_are_judged_by_what_was_seen_when_the_site_was_built():
    """The options of a lesson are run for real, once; the judge joins that with the scanner's word."""
    (lesson,) = (each for each in LESSONS if each.number == 7)
    seen = msgspec.to_builtins(building["tried"]([lesson]))

    states = {option.key: judged(7, [option.key], seen)["state"] for option in lesson.options}

    assert [key for key, state in states.items() if state == "solved"] == ["e"]
    assert "check: a stranger's pickle is loaded at neither end" in said(judged(7, ["e"], seen))


@pytest.mark.parametrize("answer", [["z"], ["engine.py"], ["other.py:1"], ["engine.py:0"], {}])
def test_what_is_no_answer_is_said_to_be_none(answer):
    """Nothing counts, and the reason is told."""
    number = EDITED[0].number if isinstance(answer, dict) else 1

    reply = judged(number, answer)

    assert reply["counts"] is False
    assert said(reply)


def test_the_page_runs_its_own_scripts_and_asks_no_other_host():
    """The policy comes before the first script, and names each inline script by its digest."""
    text = '<head>\n<meta charset="utf-8">\n<script>one()</script><script src="a.js"></script></head><body></body>'

    page = building["loading"](text)

    assert page.index("Content-Security-Policy") < page.index("<script")
    assert "script-src 'self' 'wasm-unsafe-eval' 'sha256-HR7iaask9daLMRRskMI++QeJtjWDOjyPA6lGzYGzKW4='" in page
    assert "connect-src 'self'" in page
    assert '<script type="module" src="exercises/exercises.js"></script>' in page
