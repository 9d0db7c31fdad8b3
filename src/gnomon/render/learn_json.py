"""A learner's record for trainers, as JSON that is versioned apart from the file of progress: docs/learn.md."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from gnomon.core.errors import GnomonError
from gnomon.core.lesson import Lesson
from gnomon.learn.progress import Progress
from gnomon.render.escape import quiet_json

SCHEMA = 1
MAX_NAME = 100
"""Characters of a name, and of a team's."""

_REMEDY = "gnomon learn record -o FILE writes one"
_Text = Annotated[str, Meta(max_length=MAX_NAME)]
_Count = Annotated[int, Meta(ge=0, le=10**9)]


class ExerciseRecord(Struct, frozen=True, kw_only=True):
    """One exercise."""

    number: Annotated[int, Meta(ge=1, le=99)]
    id: _Text
    done: bool
    attempts: _Count
    hints: _Count
    solution_seen: bool
    """True if the solution was read before it was solved."""
    seconds: _Count
    """From the first look to the solution; 0 while it is not solved."""


class Record(Struct, frozen=True, kw_only=True):
    """What a learner hands to a trainer. Nothing proves it: it is the learner's own word."""

    schema: int = SCHEMA
    name: _Text
    team: _Text
    day: _Text
    """ISO 8601 day in UTC."""
    gnomon: _Text
    """Version of the program."""
    lessons: _Text
    """Identity of the lessons: `sha256:` and 12 digits."""
    exercises: Annotated[tuple[ExerciseRecord, ...], Meta(max_length=99)]

    @property
    def done(self) -> int:
        """How many are solved."""
        return sum(exercise.done for exercise in self.exercises)


def exercises_of(lessons: Sequence[Lesson], progress: Progress) -> tuple[ExerciseRecord, ...]:
    """How each exercise stands."""
    standings = ((lesson, progress.of(lesson.id)) for lesson in lessons)
    return tuple(
        ExerciseRecord(
            number=lesson.number,
            id=lesson.id,
            done=standing.done,
            attempts=standing.attempts,
            hints=standing.hints,
            solution_seen=standing.solution_seen,
            seconds=standing.seconds,
        )
        for lesson, standing in standings
    )


def written(record: Record) -> bytes:
    """The document, with whatever a terminal would obey as escapes."""
    document = msgspec.json.format(msgspec.json.encode(record), indent=2).decode()
    return f"{quiet_json(document)}\n".encode()


def parsed(data: bytes, name: str) -> Record:
    """The record in a file of that name. Raises GnomonError."""
    try:
        record = msgspec.json.decode(data, type=Record)
    except msgspec.DecodeError as error:
        raise GnomonError(f"{name} is no record of gnomon learn: {error}.", remedy=_REMEDY) from None
    if record.schema != SCHEMA:
        known = f"this gnomon reads schema {SCHEMA}"
        raise GnomonError(f"{name} has schema {record.schema}, and {known}.", remedy="pip install --upgrade gnomon")
    return record
