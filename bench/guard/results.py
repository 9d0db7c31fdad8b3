"""One run of the bypass suite, as kept in bench/results/guard-bypass.json."""

from pathlib import Path
from typing import Literal

from msgspec import Struct

from bench import kept
from bench.machine import Machine

COMMITTED = Path(__file__).parents[1] / "results" / "guard-bypass.json"
Under = Literal["nothing", "fickling", "fickling-ml", "guard"]


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of the marker and of its harmless twin, with something switched on."""

    under: Under
    loaded: bool
    """The twin was called, and its load raised nothing."""
    fired: bool
    """The marker was called."""
    said: str = ""
    """What guard's events say of what it does not cover."""
    error: str = ""
    """The first thing that went wrong, if an answer is missing or the twin was refused."""
    answered: bool = True
    """The process went both ways to the end."""

    @property
    def verdict(self) -> str:
        """In one word or two."""
        if not self.answered:
            return "broken"
        if self.fired:
            return "not covered, and said so" if self.said else "fired"
        return "stopped" if self.loaded else "refuses both"


class Gone(Struct, frozen=True, kw_only=True):
    """A way, and its outcomes; none if this machine lacks what it needs."""

    id: str
    kind: str
    title: str
    special: str
    references: tuple[str, ...]
    skipped: str = ""
    outcomes: tuple[Outcome, ...] = ()

    def under(self, name: str) -> Outcome:
        """The outcome with that switched on."""
        return next(outcome for outcome in self.outcomes if outcome.under == name)


class Bypass(Struct, frozen=True, kw_only=True):
    """One run."""

    machine: Machine
    tool: str
    versions: dict[str, str]
    ways: tuple[Gone, ...]


def read(path: Path = COMMITTED) -> Bypass:
    """A run read back."""
    return kept.read(path, Bypass)


def write(run: Bypass, path: Path) -> None:
    """Keep a run."""
    kept.write(run, path)
