"""`gnomon learn`: exercises in the terminal, judged by the scanner and by what the code does."""

import sys
from pathlib import Path

import click

from gnomon.cli import console
from gnomon.cli.default_verb import OF, DefaultVerb, Of
from gnomon.cli.exercises import Check, Desk, check_extras, following, now, opened, scan
from gnomon.core.errors import GnomonError
from gnomon.core.lesson import Lesson, laid_over
from gnomon.io.learner import answer_in, exercise_folder, lay_out
from gnomon.learn.judging import judged_answer, judged_files, right_points
from gnomon.learn.progress import SOLUTION_AFTER, attempted, begun, hinted, shown_solution
from gnomon.learn.verdict import NotAnAnswer, Verdict
from gnomon.render.learn_text import (
    Opening,
    how,
    render_hint,
    render_list,
    render_opening,
    render_solution,
    render_verdict,
)
from gnomon.render.page import Style

_SOLVED, _NOT_YET = 0, 1
_EPILOG = """\b
Further verbs:
  gnomon learn check N     judge the files that you changed
  gnomon learn hint N      the next of three hints
  gnomon learn solution N  a solution, after three attempts
  gnomon learn record      your certificate, and a record for your trainer
\b
Exit code:
  0  solved, or nothing was to be judged
  1  not solved yet
  2  wrong usage
"""


class Verbs(DefaultVerb):
    """`gnomon learn [N [ANSWER…]]`, and verbs of its own."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """The further verbs."""
        return ["check", "hint", "solution", "record"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (as above)
        """The verb's command, or None."""
        if cmd_name == "record":
            from gnomon.cli.learn_record import command as record

            return record
        return {"check": check, "hint": hint, "solution": solution, OF: of}.get(cmd_name)


@click.group(name="learn", cls=Verbs, add_help_option=False, short_help="Learn to see the flaw and to remove it.")
def command() -> None:
    """Learn to see the flaw and to remove it."""


@click.command(name="learn", cls=Of, epilog=_EPILOG)
@click.argument("number", metavar="[N]", required=False)
@click.argument("answer", metavar="[ANSWER…]", nargs=-1)
@click.option(
    "--again", is_flag=True, help="Begin with the files as they are given; what you made of them is kept aside."
)
@click.help_option("-h", "--help")
def of(number: str | None, answer: tuple[str, ...], again: bool) -> int:
    """Learn to see the flaw and to remove it: exercises of four to six minutes, offline.

    Without N: the exercises, and how far you have got. With N: that exercise; its files are written to a folder in
    gnomon-learn/. ANSWER is what the exercise asks for: lines such as server.py:12, or the letters of options.
    """
    desk = opened()
    lesson = desk.lesson(number) if number is not None else None
    if again and (lesson is None or answer):
        raise GnomonError(
            "--again begins an exercise anew: it takes its number, and no answer.",
            remedy=f"gnomon learn {lesson.number if lesson else 'N'} --again",
        )
    if lesson is None:
        console.print_text(render_list(desk.lessons, desk.progress, _style()))
        return 0
    return _answer(desk, lesson, answer) if answer else _begin(desk, lesson, again=again)


@click.command(name="check")
@click.argument("number", metavar="N")
@click.help_option("-h", "--help")
def check(number: str) -> int:
    """Judge the files of exercise N that you changed: they are scanned, and a copy is run with limits."""
    desk = opened()
    lesson = desk.lesson(number)
    if lesson.kind != "edit":
        raise GnomonError(f"exercise {lesson.number} is answered by what you type.", remedy=how(lesson))
    check_extras(lesson)
    contents = answer_in(exercise_folder(lesson.folder), f"gnomon learn {lesson.number}")
    return _judged(desk, lesson, judged_files(lesson, contents, scan, Check(lesson)))


@click.command(name="hint")
@click.argument("number", metavar="N")
@click.help_option("-h", "--help")
def hint(number: str) -> int:
    """Show the next hint of exercise N; there are three, and the last nearly tells it."""
    desk = opened()
    lesson = desk.lesson(number)
    standing = desk.standing(lesson)
    shown = min(standing.hints_read + 1, len(lesson.hints))
    desk.note(lesson, hinted(begun(standing, now()), shown))
    console.print_text(render_hint(lesson, shown, _style()))
    return 0


@click.command(name="solution")
@click.argument("number", metavar="N")
@click.option("--anyway", is_flag=True, help=f"Show it before the {SOLUTION_AFTER} attempts.")
@click.help_option("-h", "--help")
def solution(number: str, anyway: bool) -> int:
    """Show a solution of exercise N, with the reason; after three attempts."""
    desk = opened()
    lesson = desk.lesson(number)
    standing = desk.standing(lesson)
    if not (anyway or standing.done or standing.attempts >= SOLUTION_AFTER):
        raise GnomonError(
            f"a solution is shown after {SOLUTION_AFTER} attempts, and this is after {standing.attempts}.",
            remedy=f"gnomon learn hint {lesson.number}, or gnomon learn solution {lesson.number} --anyway",
        )
    points = right_points(lesson, scan, Check(lesson))
    desk.note(lesson, shown_solution(begun(standing, now())))
    console.print_text(render_solution(lesson, points, _named(exercise_folder(lesson.folder)), _style()))
    return 0


def _begin(desk: Desk, lesson: Lesson, *, again: bool) -> int:
    check_extras(lesson)
    folder = exercise_folder(lesson.folder)
    laid = lay_out(folder, laid_over(lesson.files, ()), again=again)
    opening = Opening(
        lesson=lesson,
        folder=_named(folder),
        laid=laid,
        aside=_named(folder.with_name(laid.aside)) if laid.aside else "",
        standing=desk.note(lesson, begun(desk.standing(lesson), now())),
        of=len(desk.lessons),
    )
    console.print_text(render_opening(opening, _style()))
    return 0


def _answer(desk: Desk, lesson: Lesson, words: tuple[str, ...]) -> int:
    if lesson.kind == "edit":
        raise GnomonError(f"exercise {lesson.number} is answered by changing its files.", remedy=how(lesson))
    check_extras(lesson)
    try:
        verdict = judged_answer(lesson, words, scan, Check(lesson))
    except NotAnAnswer as error:
        raise GnomonError(str(error), remedy=how(lesson)) from None
    return _judged(desk, lesson, verdict)


def _judged(desk: Desk, lesson: Lesson, verdict: Verdict) -> int:
    standing = desk.standing(lesson)
    if verdict.counts:
        standing = desk.note(lesson, attempted(standing, now(), solved=verdict.solved))
    after = following(lesson, desk.lessons, desk.progress)
    console.print_text(render_verdict(lesson, verdict, standing, after, _style()))
    return _SOLVED if verdict.solved else _NOT_YET


def _named(folder: Path) -> str:
    """The folder as it is typed from here."""
    here = Path.cwd()
    if folder == here:
        return "this folder"
    return str(folder.relative_to(here) if folder.is_relative_to(here) else folder)


def _style() -> Style:
    return console.style_of(sys.stdout)
