"""One run of the wire bench, as kept in bench/results/wire.json."""

import math
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct

from bench import kept
from bench.machine import Machine

COMMITTED = Path(__file__).parents[1] / "results" / "wire.json"
BASE = "send_pyobj"
"""The way that ratios are to."""
OURS = ("curve", "sealed", "local")


class Measured(Struct, frozen=True, kw_only=True):
    """One way for one class of messages, in one pattern over one transport."""

    pattern: str
    transport: str
    message: str
    way: str
    rates: tuple[float, ...]
    """Messages a second, or answers, in each round."""
    cpu_us: tuple[float, ...]
    """Processor time of both ends for a message, or a request and its answer, in each round."""
    p50_us: float
    """Half of the messages took no longer: from sender to receiver one at a time (PUSH/PULL), or there and back."""
    p99_us: float
    timed: int
    """Messages that the last two are of."""

    @property
    def per_s(self) -> float:
        """The median rate."""
        return statistics.median(self.rates)

    @property
    def cpu(self) -> float:
        """Median, microseconds."""
        return statistics.median(self.cpu_us)

    def ratios(self, other: "Measured") -> tuple[float, ...]:
        """Its rate to another one's, round by round: what else the machine did hit both."""
        return tuple(mine / theirs for mine, theirs in zip(self.rates, other.rates, strict=True))

    def ratio(self, other: "Measured") -> float:
        """The median of the ratios."""
        return statistics.median(self.ratios(other))


class Run(Struct, frozen=True, kw_only=True):
    """What was measured, where and when."""

    machine: Machine
    versions: dict[str, str]
    load: float
    """Processes that wanted a processor when it began, of the last minute: other programs were at work."""
    rounds: int
    share: float
    """Of the usual number of messages."""
    seconds: float
    """How long it took."""
    measured: tuple[Measured, ...]

    def find(self, pattern: str, transport: str, message: str, way: str) -> Measured | None:
        """What was measured of it, if it was."""
        wanted = (pattern, transport, message, way)
        return next(
            (one for one in self.measured if (one.pattern, one.transport, one.message, one.way) == wanted), None
        )

    def ratio(self, pattern: str, transport: str, message: str, way: str, *, to: str = BASE) -> float | None:
        """Median ratio of its rate to another way's in the same round, if both were measured."""
        one, other = (self.find(pattern, transport, message, each) for each in (way, to))
        return one.ratio(other) if one and other else None

    def places(self) -> list[tuple[str, str]]:
        """Pattern and transport of what was measured, in order."""
        return list(dict.fromkeys((one.pattern, one.transport) for one in self.measured))

    def messages(self) -> list[str]:
        """Classes that were measured, in order."""
        return distinct(one.message for one in self.measured)

    def ways(self) -> list[str]:
        """Ways that were measured, in order."""
        return distinct(one.way for one in self.measured)


def distinct(names: Iterable[str]) -> list[str]:
    """Each name once, in order of first mention."""
    return list(dict.fromkeys(names))


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least that many per cent of the values are not above. `values` are not empty."""
    return sorted(values)[max(math.ceil(len(values) * percent / 100), 1) - 1]


def read(path: Path = COMMITTED) -> Run:
    """A run read back."""
    return kept.read(path, Run)


def write(run: Run, path: Path) -> None:
    """Keep a run."""
    kept.write(run, path)
