"""How far somebody has got with the exercises: values, and what each step makes of them."""

from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

SCHEMA = 1
SOLUTION_AFTER = 3
"""Attempts after which a solution is shown to whoever asks."""
_Count = Annotated[int, Meta(ge=0)]


class Standing(Struct, frozen=True, kw_only=True):
    """How one exercise stands."""

    begun: _Count = 0
    """Seconds since the epoch; 0 if it was not begun."""
    attempts: _Count = 0
    """Up to and with the one that solved it."""
    hints: _Count = 0
    """How many of the three were read before it was solved."""
    hints_after: _Count = 0
    """How many more were read since."""
    solution_seen: bool = False
    """True if the solution was read before it was solved."""
    done: bool = False
    seconds: _Count = 0
    """From the first look to the solution; 0 while it is not solved."""

    @property
    def hints_read(self) -> int:
        """How many of the three were read, before and after."""
        return self.hints + self.hints_after


class Progress(Struct, frozen=True, kw_only=True):
    """How all exercises stand, by their ids."""

    schema: int = SCHEMA
    exercises: dict[str, Standing] = {}

    def of(self, id_: str) -> Standing:
        """How an exercise stands, also one that was never begun."""
        return self.exercises.get(id_, Standing())

    def with_(self, id_: str, standing: Standing) -> "Progress":
        """The same, with that exercise as it stands now."""
        return replace(self, exercises={**self.exercises, id_: standing})


def begun(standing: Standing, now: int) -> Standing:
    """After a look at the exercise; `now` in seconds since the epoch."""
    return standing if standing.begun else replace(standing, begun=now)


def attempted(standing: Standing, now: int, *, solved: bool) -> Standing:
    """After an attempt. What comes after the first solution changes nothing any more."""
    if standing.done:
        return standing
    standing = begun(standing, now)
    seconds = max(1, now - standing.begun) if solved else 0
    return replace(standing, attempts=standing.attempts + 1, done=solved, seconds=seconds)


def hinted(standing: Standing, shown: int) -> Standing:
    """After that many hints were read. Those that are read after the solution do not count as help."""
    more = max(0, shown - standing.hints_read)
    if standing.done:
        return replace(standing, hints_after=standing.hints_after + more)
    return replace(standing, hints=standing.hints + more)


def shown_solution(standing: Standing) -> Standing:
    """After the solution was read."""
    return standing if standing.done else replace(standing, solution_seen=True)
