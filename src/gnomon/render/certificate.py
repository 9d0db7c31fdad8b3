"""A learner's certificate, and the table of a team, as text."""

from collections.abc import Sequence

from gnomon.core.lesson import Lesson
from gnomon.render.escape import visible
from gnomon.render.learn_json import ExerciseRecord, Record
from gnomon.render.learn_text import duration
from gnomon.render.page import Page, Style, Words, cells, counted

_MOST_CELLS = 24
"""Of a name in the table."""


def render_certificate(record: Record, lessons: Sequence[Lesson], style: Style) -> str:
    """Who has solved what: each solved exercise with what its learner can do now."""
    page = _page(style)
    whole = record.done == len(record.exercises)
    page.line(Words("gnomon learn: " + ("certificate" if whole else "progress so far"), "strong"))
    page.blank()
    who = record.name or "(no name given)"
    team = f", {record.team}" if record.team else ""
    page.line(Words(who, "strong"), Words(team), first=Words("  "))
    of = counted(len(record.exercises), "exercise")
    if not record.done:
        page.line(Words(f"has solved none of {of} yet; begin with gnomon learn 1"), first=Words("  "))
    else:
        page.line(Words(f"has solved {record.done} of {of} by {record.day}, and can"), first=Words("  "))
        page.blank()
    solved = {exercise.id: exercise for exercise in record.exercises if exercise.done}
    for lesson in lessons:
        if lesson.id in solved:
            page.line(Words(lesson.goal), Words(f" ({_effort(solved[lesson.id])})", "dim"), first=Words("  - "))
    page.blank()
    page.line(Words(f"gnomon {record.gnomon}, lessons {record.lessons}", "dim"), first=Words("  "))
    return page.text()


def render_team(records: Sequence[Record], style: Style) -> str:
    """A line for each learner: a mark for each exercise, and what it took; then how often each was solved."""
    page = Page(style)
    numbers = sorted({exercise.number for record in records for exercise in record.exercises})
    names = [_cut(", ".join(filter(None, (record.name or "(no name)", record.team)))) for record in records]
    widest = max(map(cells, names), default=0)
    page.verbatim(
        Words(f"{'':{widest}}  {' '.join(f'{number:>2}' for number in numbers)}  done  hints  time", "strong")
    )
    for name, record in zip(names, records, strict=True):
        marks = " ".join(f"{_mark(_of(record, number)):>2}" for number in numbers)
        pad = " " * (widest - cells(name))
        hints = sum(exercise.hints for exercise in record.exercises)
        time = duration(sum(exercise.seconds for exercise in record.exercises))
        page.verbatim(Words(f"{name}{pad}  {marks}  {record.done:>4}  {hints:>5}  {time}"))
    totals = [sum(_solved(record, number) for record in records) for number in numbers]
    page.verbatim(Words(f"{'solved':{widest}}  {' '.join(f'{total:>2}' for total in totals)}", "dim"))
    page.blank()
    page.line(Words("A number is the attempts that it took, * with the solution read first, - not solved yet.", "dim"))
    return page.text()


def _page(style: Style) -> Page:
    return Page(Style(color=style.color, width=style.width or 80, ascii=style.ascii))


def _effort(exercise: ExerciseRecord) -> str:
    aided = ", with the solution read first" if exercise.solution_seen else ""
    return f"{counted(exercise.attempts, 'attempt')}, {counted(exercise.hints, 'hint')}{aided}"


def _of(record: Record, number: int) -> ExerciseRecord | None:
    return next((exercise for exercise in record.exercises if exercise.number == number), None)


def _solved(record: Record, number: int) -> bool:
    exercise = _of(record, number)
    return exercise is not None and exercise.done


def _mark(exercise: ExerciseRecord | None) -> str:
    if exercise is None or not exercise.done:
        return "-"
    return "*" if exercise.solution_seen else str(exercise.attempts)


def _cut(text: str) -> str:
    shown = visible(text)
    if cells(shown) <= _MOST_CELLS:
        return shown
    while cells(shown) > _MOST_CELLS - 1:
        shown = shown[:-1]
    return f"{shown}…"
