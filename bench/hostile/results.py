"""One run of the hostile bench, as kept in bench/results/hostile.json."""

from pathlib import Path

from msgspec import Struct

from bench import kept
from bench.machine import Machine

COMMITTED = Path(__file__).parents[1] / "results" / "hostile.json"
MAX_PEAK_MB = 1000


class Outcome(Struct, frozen=True, kw_only=True):
    """What a tool made of an input."""

    tool: str
    case: str
    kind: str
    ended: bool
    """In time, and not by a crash."""
    reported: bool
    """The flawed neighbour, in each target."""
    silent: tuple[str, ...]
    """What it neither reports nor names as left out."""
    outside: bool
    """It reported what lies outside of the folder, or ran something of it."""
    harmless: bool
    """No control character in its output."""
    seconds: float
    """Processor time, or wall time if that is less."""
    peak_mb: float

    @property
    def survived(self) -> bool:
        """All that is asked."""
        return self.ended and self.reported and not self.silent and not self.outside and self.peak_mb <= MAX_PEAK_MB


class Hostile(Struct, frozen=True, kw_only=True):
    """One run."""

    machine: Machine
    tool: str
    versions: dict[str, str]
    outcomes: tuple[Outcome, ...]


def read(path: Path = COMMITTED) -> Hostile:
    """A run read back."""
    return kept.read(path, Hostile)


def write(run: Hostile, path: Path) -> None:
    """Keep a run."""
    kept.write(run, path)
