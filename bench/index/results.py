"""One run of the index bench, as kept in bench/results/index.json."""

from pathlib import Path

from msgspec import Struct

from bench import kept
from bench.machine import Machine

COMMITTED = Path(__file__).parents[1] / "results" / "index.json"


class Measured(Struct, frozen=True, kw_only=True):
    """One engine at one size. Seconds are of the processor, since other programs were at work; milliseconds are not."""

    engine: str
    functions: int
    postings: int
    bytes: int
    build_s: float
    """Of all releases, one after the other, and of putting them in order."""
    add_s: float
    """Of one release more."""
    first_ms: float
    """The first look-up of a process."""
    p50_ms: float
    """Of look-ups, the best of three each."""
    p95_ms: float
    most_ms: float


class Run(Struct, frozen=True, kw_only=True):
    """What was measured, where and when."""

    machine: Machine
    versions: dict[str, str]
    release: int
    """Functions that are added at once."""
    real_functions: int
    """The others are variations of these."""
    questions: int
    measured: tuple[Measured, ...]


def read(path: Path = COMMITTED) -> Run:
    """A run read back."""
    return kept.read(path, Run)


def write(run: Run, path: Path) -> None:
    """Keep a run."""
    kept.write(run, path)
