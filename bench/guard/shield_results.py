"""One run of the shield's bench, as kept in bench/results/guard-shield.json, and its table."""

import statistics
from pathlib import Path

from msgspec import Struct

from bench import kept
from bench.machine import Machine, described
from bench.markdown import table

COMMITTED = Path(__file__).parents[1] / "results" / "guard-shield.json"


class Ratio(Struct, frozen=True, kw_only=True):
    """What is left of a rate under the shield."""

    what: str
    rounds: tuple[float, ...]
    """Rate under the shield as a ratio to the plain one's in the same round."""

    @property
    def median(self) -> float:
        """Of the rounds."""
        return statistics.median(self.rounds)


class Seen(Struct, frozen=True, kw_only=True):
    """Who sent LMDeploy's server a marker, and what came of it."""

    server: str
    sender: str
    is_marker_run: bool
    is_serving: bool
    """It answered all kinds of calls of its own client afterwards."""


class Run(Struct, frozen=True, kw_only=True):
    """What was measured, where and when."""

    machine: Machine
    versions: dict[str, str]
    load: float
    """Processes that wanted a processor when it began."""
    ratios: tuple[Ratio, ...]
    seen: tuple[Seen, ...]


def write(run: Run, path: Path) -> None:
    """Keep a run."""
    kept.write(run, path)


def read() -> Run:
    """The kept run."""
    return kept.read(COMMITTED, Run)


def report(run: Run) -> str:
    """The figures for the page."""
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    ratios = table(
        ["rate of", "under the shield, to plain", "rounds"],
        [(each.what, f"{each.median:.2f}", f"{min(each.rounds):.2f} to {max(each.rounds):.2f}") for each in run.ratios],
    )
    seen = table(
        ["LMDeploy's server", "the marker came from", "the marker ran", "the server went on"],
        [
            (each.server, each.sender, "yes" if each.is_marker_run else "no", "yes" if each.is_serving else "no")
            for each in run.seen
        ],
    )
    return (
        f"{described(run.machine)}; {versions}; {run.load} processes wanted a processor when it began.\n\n"
        f"{ratios}\n\n{seen}"
    )
