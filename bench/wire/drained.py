"""One run of the drain bench, as kept in bench/results/wire-drain.json."""

import statistics
from pathlib import Path

from msgspec import Struct

from bench import kept
from bench.machine import Machine

COMMITTED = Path(__file__).parents[1] / "results" / "wire-drain.json"


class Drained(Struct, frozen=True, kw_only=True):
    """One way to take messages in an asyncio task."""

    way: str
    transport: str
    call: str
    rates: tuple[float, ...]
    """Messages a second, in each round."""

    @property
    def per_s(self) -> float:
        """The median."""
        return statistics.median(self.rates)


class Drain(Struct, frozen=True, kw_only=True):
    """What was measured, where and when."""

    machine: Machine
    versions: dict[str, str]
    load: float
    """Processes that wanted a processor when it began, of the last minute."""
    messages: int
    """Control messages that were waiting in each round."""
    drained: tuple[Drained, ...]


def read(path: Path = COMMITTED) -> Drain:
    """A run read back."""
    return kept.read(path, Drain)


def write(run: Drain, path: Path) -> None:
    """Keep a run."""
    kept.write(run, path)
