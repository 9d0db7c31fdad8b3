"""The exercise that a learner names, how it stands, and what judging it takes."""

import time
from collections.abc import Mapping, Sequence

from msgspec import Struct

from gnomon.cli import console
from gnomon.core.errors import GnomonError, MissingExtra
from gnomon.core.lesson import Lesson
from gnomon.io.learner import read_progress, write_progress
from gnomon.knowledge import lessons as files
from gnomon.learn.progress import Progress, Standing
from gnomon.learn.verdict import Behaviour, Scanned
from gnomon.render.escape import visible

_IMPORTED = {"wire": ("zmq", "cryptography"), "fix": ("libcst",)}
"""What tells that an extra is installed."""


class Desk(Struct, frozen=True, kw_only=True):
    """All exercises, and how far the learner has got."""

    lessons: tuple[Lesson, ...]
    progress: Progress
    keeps: bool
    """False if progress can't be kept; that was said already."""

    def lesson(self, number: str) -> Lesson:
        """The exercise of that number. Raises GnomonError."""
        for lesson in self.lessons:
            if number.isdecimal() and int(number) == lesson.number:
                return lesson
        there = ", ".join(str(lesson.number) for lesson in self.lessons)
        raise GnomonError(f"there is no exercise {number!r}; there are {there}.", remedy="gnomon learn")

    def standing(self, lesson: Lesson) -> Standing:
        """How it stands."""
        return self.progress.of(lesson.id)

    def note(self, lesson: Lesson, standing: Standing) -> Standing:
        """Keeps how an exercise stands now; where that is not possible, says so and goes on."""
        if self.keeps and standing != self.standing(lesson):
            _tell(write_progress(self.progress.with_(lesson.id, standing)))
        return standing


def opened() -> Desk:
    """The exercises and the progress; what is wrong with its file is said on standard error."""
    kept = read_progress()
    _tell(kept.remark)
    return Desk(lessons=files.load(), progress=kept.progress, keeps=kept.replaceable)


def now() -> int:
    """Seconds since the epoch."""
    return int(time.time())


def check_extras(lesson: Lesson) -> None:
    """Raises MissingExtra if the exercise needs what is not installed: better at its beginning than at its end."""
    from importlib.util import find_spec

    missing = [extra for extra in lesson.needs if not all(map(find_spec, _IMPORTED[extra]))]
    if missing:
        extras = ",".join(missing)
        raise MissingExtra(
            f"exercise {lesson.number} is tried out with the extra {extras}, which is not installed.",
            remedy=f"pip install 'gnomon[{extras}]'",
        )


def scan(contents: Mapping[str, bytes]) -> Scanned:
    """What the scanner says, from a process of its own."""
    from gnomon.io.lesson_scan import scanned_apart
    from gnomon.knowledge.load import load

    return scanned_apart(contents, load())


class Check(Struct, frozen=True):
    """An exercise's check, to be run on files."""

    lesson: Lesson

    def __call__(self, contents: Mapping[str, bytes]) -> Behaviour:
        """What it says of them, from a process of its own."""
        from gnomon.io.behaviour import behaviour_of

        return behaviour_of(contents, self.lesson.check)


def following(lesson: Lesson, lessons: Sequence[Lesson], progress: Progress) -> str:
    """What to type once the exercise is solved, as prose."""
    left = [other.number for other in lessons if other.number != lesson.number and not progress.of(other.id).done]
    if not left:
        return "That was the last one. Your certificate: `gnomon learn record --name NAME`."
    number = min((each for each in left if each > lesson.number), default=left[0])
    return f"Go on with `gnomon learn {number}`."


def _tell(remark: str) -> None:
    if remark:
        console.print_problem(f"gnomon: {visible(remark)}\n")
