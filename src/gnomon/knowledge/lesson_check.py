"""What is wrong with a lesson although each of its parts can be read."""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from gnomon.core.lesson import Lesson, LessonFile

LEAST_WRONG = 3
"""Wrong answers that every lesson knows the reason against."""
_PLACE = re.compile(r"([A-Za-z_][\w.-]*):(\d+)")
_LINK = re.compile(r"\]\((?!https://)[^)]*\)|\bhttp://|<http:")


class Mistake(Struct, frozen=True):
    """What is wrong, and words of the line that it is about."""

    what: str
    near: str = ""


def mistakes(lesson: Lesson) -> Iterator[Mistake]:
    """All of them, the plainest first."""
    if not 4 <= lesson.minutes <= 6:
        yield Mistake(f"{lesson.minutes} minutes; an exercise takes 4 to 6", "minutes")
    for name in ("title", "goal"):
        text = getattr(lesson, name)
        if not text or "\n" in text or text.endswith("."):
            yield Mistake(f"`{name}` is one line without a full stop", name)
    if not all(lesson.hints):
        yield Mistake("a hint is empty", "hints")
    if not lesson.files:
        yield Mistake("no file is given", "## Files")
    for text in (lesson.story, lesson.task, lesson.answer, lesson.explanation):
        if not text:
            yield Mistake("a section of prose is empty")
        for match in _LINK.finditer(text):
            yield Mistake("a link is not https", match[0])
    yield from {"places": _of_places, "choice": _of_choice, "edit": _of_edit}[lesson.kind](lesson)


def _of_places(lesson: Lesson) -> Iterator[Mistake]:
    lines = {file.name: file.text.count("\n") for file in lesson.files}
    for wrong in lesson.wrong:
        place = _PLACE.fullmatch(wrong.answer)
        if place is None or not 1 <= int(place[2]) <= lines.get(place[1], 0):
            yield Mistake(f"{wrong.answer!r} is no line of the files", wrong.answer)
    if not lesson.rules:
        yield Mistake("`rules` is empty", "rules")
    yield from _unused(lesson, options=True, edits=True, check=True)
    yield from _counted(len(lesson.wrong))


def _of_choice(lesson: Lesson) -> Iterator[Mistake]:
    keys = [option.key for option in lesson.options]
    if keys != [chr(ord("a") + at) for at in range(len(keys))]:
        yield Mistake("the options' keys are a, b, c, …", "[[options]]")
    with_files = [option for option in lesson.options if option.files]
    if with_files and len(with_files) != len(lesson.options):
        yield Mistake("either every option has files, or none", "### Option")
    said = [option for option in lesson.options if option.right]
    if with_files and said:
        yield Mistake("`right` is not said where options have files: the scanner and the check say it", "right")
    if not with_files and not said:
        yield Mistake("no option is `right`, and none has files to be judged by", "[[options]]")
    if with_files and not lesson.rules and not lesson.check:
        yield Mistake("nothing judges the options: `rules` is empty and there is no `Check`", "rules")
    for name in set(lesson.shown) - {file.name for file in lesson.files}:
        yield Mistake(f"`shown` names {name}, which is not given", "shown")
    for option in lesson.options:
        if not option.because:
            yield Mistake(f"option {option.key} has no `because`", "[[options]]")
    for wrong in lesson.wrong:
        chosen = wrong.answer.split()
        if not chosen or sorted(set(chosen)) != chosen or not set(chosen) <= set(keys):
            yield Mistake(f"{wrong.answer!r} are not keys of options in their order", wrong.answer)
    yield from _counted(len(lesson.wrong) + len(lesson.options) - max(1, len(said)))
    yield from _unused(lesson, options=False, edits=True, check=False)


def _of_edit(lesson: Lesson) -> Iterator[Mistake]:
    if not lesson.solution:
        yield Mistake("no solution is given", "## Solution")
    if not lesson.check:
        yield Mistake("no check is given", "## Check")
    for edit in lesson.wrong_edits:
        if not edit.files:
            yield Mistake("it has no file", edit.title)
    yield from _counted(len(lesson.wrong_edits))
    if lesson.wrong:
        yield Mistake("wrong answers of kind edit are sections `## Wrong: …`", "[[wrong]]")
    yield from _unused(lesson, options=True, edits=False, check=False)


def _counted(number: int) -> Iterator[Mistake]:
    if number < LEAST_WRONG:
        yield Mistake(f"it knows {number} wrong answers; there are at least {LEAST_WRONG}", "## Wrong")


def _unused(lesson: Lesson, *, options: bool, edits: bool, check: bool) -> Iterator[Mistake]:
    """Parts that an exercise of its kind has no use for."""
    given: dict[str, Sequence[object] | Sequence[LessonFile]] = {
        "[[options]]": lesson.options if options else (),
        "shown": lesson.shown if options else (),
        "## Solution": lesson.solution if edits else (),
        "## Wrong": lesson.wrong_edits if edits else (),
        "## Check": lesson.check if check else "",
    }
    for name, content in given.items():
        if content:
            yield Mistake(f"an exercise of kind {lesson.kind} has no `{name}`", name)
