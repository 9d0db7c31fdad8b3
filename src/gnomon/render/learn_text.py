"""Exercises, verdicts and hints as text for a terminal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from gnomon.core.lesson import Lesson, LessonFile, Option, laid_over
from gnomon.learn.laid import Laid
from gnomon.learn.progress import SOLUTION_AFTER, Progress, Standing
from gnomon.learn.verdict import Point, Verdict
from gnomon.render.fix_outcome import FileChange
from gnomon.render.learn_prose import INDENT, inline, write_prose
from gnomon.render.page import Page, Style, Words, counted
from gnomon.render.unified import diff

_WIDEST = 100
"""Columns; prose in longer lines is hard to read, also in a pipe."""
_MOST_NAMES = 6
_MARKS = {"+": "good", "-": "bad", "@": "gutter"}
_HEADS = ("+++", "---", "diff ", "new file")


class Opening(Struct, frozen=True, kw_only=True):
    """An exercise that somebody looks at."""

    lesson: Lesson
    folder: str
    """Where its files are, as it is typed."""
    laid: Laid = Laid()
    """What was there already."""
    aside: str = ""
    """Where that was moved to, as it is typed; "" if it was left."""
    standing: Standing
    of: int
    """How many exercises there are."""


def render_list(lessons: Sequence[Lesson], progress: Progress, style: Style) -> str:
    """A line for each exercise with how it stands, then what to type."""
    page = _page(style)
    minutes = sum(lesson.minutes for lesson in lessons)
    page.line(
        Words("gnomon learn", "strong"), Words(f": {counted(len(lessons), 'exercise')}, {minutes} minutes in all.")
    )
    page.line(Words("They need no network, and what you have done is kept: stop whenever you like.", "dim"))
    page.blank()
    widest = max((len(lesson.title) for lesson in lessons), default=0)
    for lesson in lessons:
        first = Words(f"  {lesson.number:>2}  {lesson.title:{widest}}  {lesson.minutes} min  ")
        page.line(*_state(lesson, progress.of(lesson.id)), first=first)
    page.blank()
    left = [lesson for lesson in lessons if not progress.of(lesson.id).done]
    done = len(lessons) - len(left)
    page.line(*_next(left, done, len(lessons)))
    return page.text()


def render_opening(opening: Opening, style: Style) -> str:
    """The whole exercise: what happened, what to do, what is given, how to answer."""
    page, lesson = _page(style), opening.lesson
    page.line(
        Words(f"Exercise {lesson.number} of {opening.of}: {lesson.title}", "strong"),
        Words(f" • about {lesson.minutes} minutes", "dim"),
    )
    page.line(*inline(page, f"After this you can {lesson.goal}."))
    _write_section(page, "What happened", lesson.story)
    _write_section(page, "What to do", lesson.task)
    _write_given(page, opening)
    _write_section(page, "How to answer", lesson.answer)
    page.blank()
    page.line(*_help(page, lesson, opening.standing))
    return page.text()


def render_verdict(lesson: Lesson, verdict: Verdict, standing: Standing, after: str, style: Style) -> str:
    """A line or two for each point; then the explanation, or what to try. `after` is what to type once it is solved."""
    page = _page(style)
    for point in verdict.points:
        _write_point(page, point)
    page.blank()
    if verdict.solved:
        page.line(Words("Solved.", "good"), Words(f" {_effort(standing)}"))
        _write_section(page, "Why", lesson.explanation)
        page.blank()
        page.line(*inline(page, after))
    else:
        page.line(*_refused(lesson, standing))
        _write_commands(page, _further(lesson, standing))
    return page.text()


def render_hint(lesson: Lesson, number: int, style: Style) -> str:
    """The hint of that number, 1-based, and whether there are more."""
    page = _page(style)
    page.line(*inline(page, lesson.hints[number - 1]), first=Words(f"Hint {number} of {len(lesson.hints)}: ", "strong"))
    page.blank()
    further = {f"gnomon learn hint {lesson.number}": "the next hint"} if number < len(lesson.hints) else {}
    _write_commands(page, {**further, how(lesson): "to answer"})
    return page.text()


def render_solution(lesson: Lesson, lines: Iterable[Point], folder: str, style: Style) -> str:
    """What answers the exercise: its places or options, or the change to its files; then why."""
    page = _page(style)
    page.line(Words(f"Exercise {lesson.number}, {lesson.title}: a solution", "strong"))
    page.blank()
    for point in lines:
        _write_point(page, point)
    _write_changes(page, lesson, lesson.solution)
    if lesson.solution:
        page.blank()
        page.line(*inline(page, f"Make this change in `{folder}`, then type `{how(lesson)}`."))
    _write_section(page, "Why", lesson.explanation)
    return page.text()


def how(lesson: Lesson) -> str:
    """How the exercise is answered, as it is typed."""
    match lesson.kind:
        case "edit":
            return f"gnomon learn check {lesson.number}"
        case "choice":
            return f"gnomon learn {lesson.number} LETTER"
        case "places":
            file = lesson.files[0].name if len(lesson.files) == 1 else "FILE"
            return f"gnomon learn {lesson.number} {file}:LINE"


def _page(style: Style) -> Page:
    width = min(style.width or 80, _WIDEST)
    return Page(Style(color=style.color, width=width, ascii=style.ascii))


def _state(lesson: Lesson, standing: Standing) -> Iterator[Words]:
    if standing.done:
        yield Words("done", "good")
        return
    so_far = counted(standing.attempts, "attempt") if standing.attempts else "begun" if standing.begun else ""
    yield Words(so_far, "warn")
    if lesson.needs:
        yield Words(f"{', ' if so_far else ''}needs gnomon[{','.join(lesson.needs)}]", "dim")


def _next(left: Sequence[Lesson], done: int, of: int) -> tuple[Words, ...]:
    if not left:
        return Words("All done.", "good"), Words(" Your certificate: "), _typed("gnomon learn record --name NAME")
    begin = "Begin with" if not done else f"{done} of {of} done. Go on with"
    return Words(f"{begin}: "), _typed(f"gnomon learn {left[0].number}")


def _typed(command: str) -> Words:
    return Words(command, "place")


def _write_section(page: Page, title: str, text: str) -> None:
    page.blank()
    page.line(Words(title, "strong"))
    write_prose(page, text)


def _write_given(page: Page, opening: Opening) -> None:
    """Which files there are; the text of those to be read where an answer names lines or options."""
    lesson = opening.lesson
    names = ", ".join(file.name for file in lesson.files)
    page.blank()
    page.line(Words("Files", "strong"))
    printed = (Words("; printed here: "), Words(", ".join(lesson.shown), "place")) if lesson.shown else ()
    page.line(Words(names, "place"), Words(" in "), Words(opening.folder, "place"), *printed, first=Words(INDENT))
    if opening.laid.found:
        page.line(*_from_before(opening), first=Words(INDENT))
        if opening.laid.differing and not opening.aside:
            _write_commands(page, {f"gnomon learn {lesson.number} --again": "to begin anew; yours is kept aside"})
    if lesson.kind != "edit":
        for file in lesson.files:
            if not lesson.shown or file.name in lesson.shown:
                _write_file(page, file)
    for option in lesson.options:
        _write_option(page, lesson, option)


def _from_before(opening: Opening) -> Iterator[Words]:
    """What became of files that were there already."""
    laid, lesson = opening.laid, opening.lesson
    if opening.aside:
        yield Words("Begun anew. What was changed or added is kept in ")
        yield Words(opening.aside, "place")
        yield Words(f": {_some(laid.differing)}")
        return
    yield Words("They are here from before, ")
    yield Words("and kept as you left them." if laid.differing else "and nothing in them was changed.")
    ways = {"Changed": laid.changed, "Added": laid.added, "Missing, and written again": laid.missing}
    for way, names in ways.items():
        if names:
            yield Words(f" {way}: {_some(names)}.")
    if laid.changed and lesson.kind != "edit":
        yield Words(" What is judged is the text below.")


def _some(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")


def _write_file(page: Page, file: LessonFile) -> None:
    lines = file.text.splitlines()
    digits = len(str(len(lines)))
    page.blank()
    page.line(Words(file.name, "strong"), first=Words(INDENT))
    for number, line in enumerate(lines, 1):
        first, rest = (Words(f"{INDENT}{text:>{digits}} │ ", "gutter") for text in (number, ""))
        page.line(Words(line.expandtabs(4)), first=first, rest=Words(f"{rest.text}  ", "gutter"))


def _write_option(page: Page, lesson: Lesson, option: Option) -> None:
    page.blank()
    page.line(*inline(page, option.text), first=Words(f"{INDENT}{option.key}) ", "strong"))
    given = laid_over(lesson.files, ())
    for file in option.files:
        if file.name not in given:  # as a difference it would be longer, and hold nothing more
            _write_file(page, file)
    _write_changes(page, lesson, [file for file in option.files if file.name in given])


def _write_changes(page: Page, lesson: Lesson, changed: Iterable[LessonFile]) -> None:
    before = laid_over(lesson.files, ())
    changes = [FileChange(path=file.name, before=before.get(file.name), after=file.text.encode()) for file in changed]
    lines = diff(changes).decode().splitlines()
    if lines:
        page.blank()
    for line in lines:
        style = "strong" if line.startswith(_HEADS) else _MARKS.get(line[:1], "")
        page.line(Words(line[1:], style), first=Words(line[:1], style), rest=Words(f"{'':8}"))


def _refused(lesson: Lesson, standing: Standing) -> tuple[Words, ...]:
    if standing.done:
        return Words("Not this one.", "warn"), Words(f" Exercise {lesson.number} is solved already, and stays so.")
    return (Words("Not yet.", "warn"),)


def _help(page: Page, lesson: Lesson, standing: Standing) -> tuple[Words, ...]:
    if standing.done:
        return inline(page, "You have solved this one; answer again as often as you like.")
    return inline(page, f"If you are stuck: `gnomon learn hint {lesson.number}`.")


def _write_point(page: Page, point: Point) -> None:
    mark = Words("yes  ", "good") if point.good else Words("no   ", "bad")
    about = (Words(point.about, "place"), Words("  ")) if point.about else ()
    page.line(*about, *inline(page, point.text), first=mark, rest=Words("     "))
    for line in point.evidence:
        page.line(Words(line, "dim"), first=Words("       "), rest=Words("         "))


def _effort(standing: Standing) -> str:
    tries = counted(standing.attempts, "attempt")
    hints = f", {counted(standing.hints, 'hint')}" if standing.hints else ""
    return f"{tries}{hints}, {duration(standing.seconds)}."


def duration(seconds: int) -> str:
    """`40 s`, `3 min`, `2 h`, `3 days`."""
    for size, unit in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size or (seconds >= size and unit != "days"):
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def _further(lesson: Lesson, standing: Standing) -> dict[str, str]:
    """What to type after an answer that solves nothing, and what it does."""
    further = {how(lesson): "to try again"}
    if standing.hints_read < len(lesson.hints):
        further[f"gnomon learn hint {lesson.number}"] = "for a hint"
    if standing.done or standing.attempts >= SOLUTION_AFTER:
        further[f"gnomon learn solution {lesson.number}"] = "to see a solution"
    return further


def _write_commands(page: Page, commands: Mapping[str, str]) -> None:
    """A line for each, never broken, so that it can be copied."""
    widest = max(map(len, commands))
    for command, does in commands.items():
        page.line(Words(f"{does}", "dim"), first=Words(f"{INDENT}{command:{widest}}  ", "place"))
