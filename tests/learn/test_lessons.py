"""Every lesson holds: its solution is accepted, every wrong answer is refused with its reason, its text can be read."""

import pytest

from gnomon.core.lesson import Lesson, laid_over
from gnomon.knowledge.lessons import load
from gnomon.learn.judging import judged_answer, judged_files, right_points
from gnomon.learn.progress import Standing
from gnomon.learn.verdict import Point, Verdict
from gnomon.render.learn_text import Opening, render_hint, render_opening, render_solution, render_verdict
from gnomon.render.page import Style

LESSONS = load()
TERMINAL = Style(width=80)
PLACES = [lesson for lesson in LESSONS if lesson.kind == "places"]
CHOICES = [lesson for lesson in LESSONS if lesson.kind == "choice"]
EDITED = [lesson for lesson in LESSONS if lesson.kind == "edit"]
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


@pytest.mark.parametrize("lesson", PLACES, ids=named)
def test_places_that_are_found_are_accepted_and_others_refused(lesson, scan, check):
    """What is shown as the answer is right; with a line too many it is not, for the lesson's reason."""
    right = [point.about for point in right_points(lesson, scan, check(lesson))]

    assert right
    assert judged_answer(lesson, right, scan, check(lesson)).solved
    for wrong in lesson.wrong:
        verdict = judged_answer(lesson, [*right, wrong.answer], scan, check(lesson))
        assert not verdict.solved
        assert wrong.because in said(verdict)


@pytest.mark.parametrize("lesson", CHOICES, ids=named)
def test_options_that_hold_are_accepted_and_others_refused(lesson, scan, check):
    """One test a lesson, since its options are run: at least three answers are wrong, each for its own reason."""
    right = [point.about for point in right_points(lesson, scan, check(lesson))]
    wrong = {option.key: option.because for option in lesson.options if option.key not in right}
    wrong |= {entry.answer: entry.because for entry in lesson.wrong}

    assert right
    assert judged_answer(lesson, right, scan, check(lesson)).solved
    assert len(wrong) >= 3
    for answer, because in wrong.items():
        verdict = judged_answer(lesson, answer.split(), scan, check(lesson))
        assert not verdict.solved
        assert because in said(verdict)


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


@pytest.mark.parametrize(("number", "name"), [(2, b"compare_digest("), (4, b" in ALLOWED"), (6, b"compare_digest(")])
def test_a_slip_that_ends_the_program_is_told_by_its_error(number, name, scan, check):
    """Not only that no message arrives: the learner would look for it in the wrong place."""
    lesson = LESSONS[number - 1]
    files = laid_over(lesson.files, lesson.solution)
    slipped = {
        path: data.replace(name, name.replace(b"ALLOWED", b"ALOWED").replace(b"t(", b"("))
        for path, data in files.items()
    }

    verdict = judged_files(lesson, slipped, scan, check(lesson))
    assert slipped != files
    assert "Error: " in said(verdict)


@pytest.mark.parametrize("lesson", LESSONS, ids=named)
def test_the_text_fits_into_eighty_columns(lesson):
    """Of every page, prose and code; only what has no blank, such as a link or a hash, may be longer."""
    opening = Opening(lesson=lesson, folder=f"gnomon-learn/{lesson.folder}", standing=Standing(), of=len(LESSONS))
    points = tuple(Point(good=True, about=option.key, text=option.because) for option in lesson.options)
    points += tuple(Point(good=False, about=wrong.answer, text=wrong.because) for wrong in lesson.wrong)
    solved = Verdict(solved=True, points=points)
    pages = [
        render_opening(opening, TERMINAL),
        render_verdict(lesson, solved, Standing(done=True), "Go on.", TERMINAL),
        render_solution(lesson, points, "gnomon-learn", TERMINAL),
        *(render_hint(lesson, number, TERMINAL) for number in (1, 2, 3)),
    ]

    wide = [line for page in pages for line in page.splitlines() if len(line) > 80]

    assert [line for line in wide if max(map(len, line.split())) < 60] == []


@pytest.mark.parametrize("lesson", PLACES, ids=named)
def test_an_example_in_the_text_does_not_solve_the_exercise(lesson, scan, check):
    """What is shown under "how to answer" is to be read, not to be typed."""
    begin = f"gnomon learn {lesson.number} "
    typed = [line.strip().removeprefix(begin).split() for line in lesson.answer.splitlines() if begin in line]

    assert typed
    for words in typed:
        assert not judged_answer(lesson, words, scan, check(lesson)).solved
