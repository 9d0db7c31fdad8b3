"""One run of the speed bench, as kept in bench/results/speed.json."""

from pathlib import Path

from msgspec import Struct

from bench import kept
from bench.machine import Machine
from bench.speed.measure import Costs

COMMITTED = Path(__file__).parents[1] / "results" / "speed.json"


class TreeCosts(Struct, frozen=True, kw_only=True):
    """All tools on one folder, in turns."""

    name: str
    files: int
    lines: int
    tools: tuple[Costs, ...]


class Point(Struct, frozen=True, kw_only=True):
    """One release on the curve."""

    release: str
    files: int
    lines: int
    sinks: int
    """Calls of deserializers in it, counted when the labels were made."""
    wall_s: float
    """Median."""
    peak_mb: float


class Speed(Struct, frozen=True, kw_only=True):
    """One run."""

    machine: Machine
    tool: str
    versions: dict[str, str]
    published_rules: int
    repetitions: int
    trees: tuple[TreeCosts, ...]
    start: tuple[Costs, ...]
    """Commands that scan nothing."""
    curve: tuple[Point, ...]


def read(path: Path = COMMITTED) -> Speed:
    """A run read back."""
    return kept.read(path, Speed)


def write(run: Speed, path: Path) -> None:
    """Keep a run."""
    kept.write(run, path)
