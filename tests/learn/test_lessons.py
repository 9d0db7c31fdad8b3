"""Every lesson holds: its solution is accepted, every wrong answer is refused with its reason, its text can be read."""

import pytest

from gnomon.core.lesson import Lesson, laid_over
from gnomon.knowledge.lessons import load
from gnomon.learn.judging import judged_answer, judged_files, right_points
from gnomon.learn.progress import Standing
from gnomon.learn.verdict import Verdict
from gnomon.render.learn_text import Opening, render_hint, render_opening, render_solution, render_verdict
from gnomon.render.page import Style

LESSONS = load()
TERMINAL = Style(width=80)
TYPED = [lesson for lesson in LESSONS if lesson.kind != "edit"]
EDITED = [lesson for lesson in LESSONS if lesson.kind == "edit"]
WRONG_ANSWERS = [(lesson, wrong) for lesson in TYPED for wrong in lesson.wrong]
WRONG_EDITS = [(lesson, wrong) for lesson in EDITED for wrong in lesson.wrong_edits]


def named(value: object) -> str | None:
    """A lesson by its folder in the names of tests."""
    return value.folder if isinstance(value, Lesson) else None


def said(verdict: Verdict) -> str:
    """All that a learner is told."""
    return " ".join(" ".join((point.text, *point.evidence)) for point in verdict.points if not point.good)


def test_the_lessons_are_numbered_from_one():
    """Without a gap, in the order that they are done."""
    assert [lesson.number for lesson in LESSONS] == list(range(1, len(LESSONS) + 1))


@pytest.mark.parametrize("lesson", TYPED, ids=named)
def test_what_is_shown_as_the_answer_is_accepted(lesson, scan, check):
    """The places that the scanner finds, or the options that hold; there is at least one, and not all are."""
    right = [point.about for point in right_points(lesson, scan, check(lesson))]

    verdict = judged_answer(lesson, right, scan, check(lesson))

    assert right
    assert verdict.solved, verdict.points


@pytest.mark.parametrize(("lesson", "wrong"), WRONG_ANSWERS, ids=named)
def test_a_wrong_answer_is_refused_with_its_reason(lesson, wrong, scan, check):
    """Also beside all that is right."""
    right = [point.about for point in right_points(lesson, scan, check(lesson))]
    beside = right if lesson.kind == "places" else []

    verdict = judged_answer(lesson, [*beside, *wrong.answer.split()], scan, check(lesson))

    assert not verdict.solved
    assert wrong.because in said(verdict)


@pytest.mark.parametrize("lesson", [lesson for lesson in TYPED if lesson.kind == "choice"], ids=named)
def test_a_wrong_option_is_refused_with_its_reason(lesson, scan, check):
    """Each of them; together with the sets of options that are known to be wrong there are three."""
    right = {point.about for point in right_points(lesson, scan, check(lesson))}
    wrong = [option for option in lesson.options if option.key not in right]

    for option in wrong:
        verdict = judged_answer(lesson, [option.key], scan, check(lesson))
        assert not verdict.solved
        assert option.because in said(verdict)
    assert len(wrong) + len(lesson.wrong) >= 3


@pytest.mark.parametrize("lesson", EDITED, ids=named)
def test_the_solution_is_accepted(lesson, scan, check):
    """By the scanner and by the check."""
    verdict = judged_files(lesson, laid_over(lesson.files, lesson.solution), scan, check(lesson))

    assert verdict.solved, said(verdict)


@pytest.mark.parametrize("lesson", EDITED, ids=named)
def test_the_given_files_are_no_solution(lesson, scan, check):
    """Nor if something harmless is changed: both the scanner and the check say what is wrong with them."""
    given = laid_over(lesson.files, ())
    touched = {name: data + b"\n" for name, data in given.items()}

    assert not judged_files(lesson, given, scan, check(lesson)).counts
    verdict = judged_files(lesson, touched, scan, check(lesson))
    assert not verdict.solved
    assert verdict.counts


@pytest.mark.parametrize(("lesson", "wrong"), WRONG_EDITS, ids=named)
def test_a_wrong_change_is_refused_with_its_reason(lesson, wrong, scan, check):
    """The words that the lesson expects are among those that the learner reads."""
    verdict = judged_files(lesson, laid_over(lesson.files, wrong.files), scan, check(lesson))

    assert not verdict.solved
    assert wrong.expect in said(verdict)


@pytest.mark.parametrize("lesson", LESSONS, ids=named)
def test_the_text_fits_into_eighty_columns(lesson, scan, check):
    """Of every page, prose and code; only a link may be longer."""
    solved = Verdict(solved=True, points=())
    opening = Opening(lesson=lesson, folder=f"gnomon-learn/{lesson.folder}", standing=Standing(), of=len(LESSONS))
    pages = [
        render_opening(opening, TERMINAL),
        render_verdict(lesson, solved, Standing(done=True), "Go on.", TERMINAL),
        render_solution(lesson, right_points(lesson, scan, check(lesson)), "gnomon-learn", TERMINAL),
        *(render_hint(lesson, number, TERMINAL) for number in (1, 2, 3)),
    ]

    wide = [line for page in pages for line in page.splitlines() if len(line) > 80 and "https://" not in line]

    assert wide == []


@pytest.mark.parametrize("lesson", LESSONS, ids=named)
def test_an_example_in_the_text_does_not_solve_the_exercise(lesson, scan, check):
    """What is shown under "how to answer" is to be read, not to be typed."""
    begin = f"gnomon learn {lesson.number} "
    typed = [line.strip().removeprefix(begin).split() for line in lesson.answer.splitlines() if begin in line]

    for words in typed if lesson.kind == "places" else ():
        assert not judged_answer(lesson, words, scan, check(lesson)).solved
