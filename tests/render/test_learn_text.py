"""Pages of `gnomon learn`: prose in a small part of Markdown, pages that can be read, nothing that a terminal obeys."""

import pytest
from msgspec.structs import replace

from gnomon.core.lesson import Lesson, LessonFile, Option
from gnomon.learn.progress import Standing
from gnomon.learn.verdict import Point, Verdict
from gnomon.render.certificate import render_certificate
from gnomon.render.learn_json import ExerciseRecord, Record
from gnomon.render.learn_prose import write_prose
from gnomon.render.learn_text import Opening, duration, render_opening, render_solution, render_verdict
from gnomon.render.page import Page, Style

HOSTILE = "a\x1b[31m\u202eb\rc"
LESSON = Lesson(
    number=1,
    id="sample",
    title="Sample",
    minutes=4,
    goal="see it",
    kind="choice",
    hints=("a", "b", "c"),
    rules=("pickle-over-network",),
    options=(
        Option(key="a", text="Use `json`", files=(LessonFile(name="s.py", language="python", text="b\n", line=1),)),
    ),
    story="s",
    task="t",
    answer="a",
    explanation="e",
    files=(LessonFile(name="s.py", language="python", text="a\n", line=1),),
    digest="0" * 12,
)


def prose(text: str, style: Style) -> str:
    """The page of a text."""
    page = Page(style)
    write_prose(page, text)
    return page.text()


def test_prose_is_wrapped_and_code_is_not():
    """Paragraphs and items are filled, code keeps its lines."""
    text = (
        "One two three\nfour five.\n\n- an item that\n  goes on\n- another\n\n    code  as it is, however long it is\n"
    )

    assert prose(text, Style(width=24)).splitlines() == [
        "  One two three four",
        "  five.",
        "",
        "  - an item that goes on",
        "  - another",
        "",
        "      code  as it is, however long it is",
    ]


def test_marks_become_styles_and_a_link_shows_where_it_leads():
    """Without colour code keeps its backticks; in parentheses a link takes no further ones."""
    text = "Use `recv` **now**, [here](https://a.example/b) (see [there](https://c.example))."

    assert prose(text, Style()) == "  Use `recv` now, here (https://a.example/b) (see there: https://c.example).\n"
    assert "\x1b[36mrecv\x1b[0m \x1b[1mnow\x1b[0m" in prose(text, Style(color=True))


def test_an_option_shows_its_change():
    """Both when it is to be chosen, and as a solution."""
    opening = Opening(lesson=LESSON, folder="f", standing=Standing(), of=1)

    page = render_opening(opening, Style(width=80))

    assert "  a) Use `json`" in page.splitlines()
    assert page.splitlines()[page.splitlines().index("-a") + 1] == "+b"


def test_a_file_that_an_option_brings_is_shown_as_it_is():
    """Its lines are numbered, as those of given files; those that need not be read are named alone."""
    given = tuple(
        LessonFile(name=name, language="text", text=f"text of {name}\n", line=1) for name in ("a.txt", "b.txt")
    )
    brought = LessonFile(name="plan.txt", language="text", text="first\nthen\n", line=1)
    lesson = replace(LESSON, files=given, shown=("b.txt",), options=(Option(key="a", text="One", files=(brought,)),))

    page = render_opening(Opening(lesson=lesson, folder="f", standing=Standing(), of=1), Style(width=80))

    assert "  a.txt, b.txt in f; printed here: b.txt\n\n  b.txt\n  1 │ text of b.txt\n\n  a) One\n" in page
    assert "  plan.txt\n  1 │ first\n  2 │ then\n\nHow to answer" in page


def test_what_the_learners_program_says_is_made_visible():
    """It may hold anything."""
    point = Point(good=False, about=HOSTILE, text=HOSTILE, evidence=(HOSTILE,))
    verdict = Verdict(solved=False, points=(point,))

    for page in (
        render_verdict(LESSON, verdict, Standing(), "", Style(width=80)),
        render_solution(LESSON, [point], HOSTILE, Style(width=80)),
    ):
        assert all(char.isprintable() or char == "\n" for char in page)
        assert "a\\x1b[31m\\u202eb\\x0dc" in page


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3_700, "1 h"), (90_000, "25 h"), (180_000, "2 days")],
)
def test_a_duration_is_told_in_one_unit(seconds, text):
    """The largest that it fills."""
    assert duration(seconds) == text


@pytest.mark.parametrize(("done", "title"), [(True, "certificate"), (False, "progress so far")])
def test_a_certificate_says_what_its_owner_can_do(done, title):
    """Of the exercises that are solved; only with all of them it is called a certificate."""
    exercise = ExerciseRecord(number=1, id="sample", done=done, attempts=2, hints=1, solution_seen=False, seconds=61)
    record = Record(name="Ada", team="", day="2026-01-02", gnomon="1", lessons="sha256:0", exercises=(exercise,))

    page = render_certificate(record, [LESSON], Style(width=80))

    assert page.splitlines()[0] == f"gnomon learn: {title}"
    assert ("see it (2 attempts, 1 hint)" in page) == done
