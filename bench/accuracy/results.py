"""One run's answers to all labels, as kept in bench/results/accuracy.json."""

from pathlib import Path

from msgspec import Struct

from bench import kept
from bench.accuracy.columns import Column
from bench.accuracy.score import Scored
from bench.machine import Machine

COMMITTED = Path(__file__).parents[1] / "results" / "accuracy.json"


class ReleaseRun(Struct, frozen=True, kw_only=True):
    """How one release's scan went."""

    package: str
    version: str
    lines: int
    findings: int
    """Findings a user sees without options."""
    serious: int
    """Those of them that are critical or high."""
    unlabelled_serious: int
    """Those of the serious ones that no label speaks of."""
    skipped: int
    """Files the tool could not look at."""
    seconds: float


class NotScored(Struct, frozen=True, kw_only=True):
    """A labelled release or tree without an answer, and why; only a failed scan counts against the tool."""

    name: str
    labels: int
    reason: str


class Accuracy(Struct, frozen=True, kw_only=True):
    """One run over the labels."""

    machine: Machine
    tool: str
    cases: tuple[Scored, ...]
    column: Column
    """What a user sees without options, by the rivals' measure."""
    releases: tuple[ReleaseRun, ...]
    not_scored: tuple[NotScored, ...]


def read(path: Path = COMMITTED) -> Accuracy:
    """A run read back."""
    return kept.read(path, Accuracy)


def write(run: Accuracy, path: Path) -> None:
    """Keep a run, one value a line, so that a new run's difference can be read."""
    kept.write(run, path)
