"""One run of the join's bench, as kept in bench/results/fleet-join.json, and as a table."""

from itertools import pairwise
from pathlib import Path

from msgspec import Struct

from bench import kept
from bench.machine import Machine, described
from bench.markdown import table

COMMITTED = Path(__file__).parents[1] / "results" / "fleet-join.json"


class Joining(Struct, frozen=True, kw_only=True):
    """The join at one size. Seconds are of the processor, since other programs were at work."""

    functions: int
    real: int
    """The others are variations of these."""
    compared: int
    alike: int
    families: int
    largest: int
    """Bodies of the largest family."""
    cpu_s: float
    peak_bytes: int


class Tracing(Struct, frozen=True, kw_only=True):
    """The lineage of so many strains, in one family as far as the index of shingles knows."""

    strains: int
    edges: int
    cpu_s: float


class Recall(Struct, frozen=True, kw_only=True):
    """What the join misses, held against all pairs of a smaller corpus."""

    functions: int
    pairs: int
    """That are kin, when each is held against each."""
    together: int
    """Of these, such as are in one family."""


class Run(Struct, frozen=True, kw_only=True):
    """What was measured, where and when."""

    machine: Machine
    duckdb: str
    joined: tuple[Joining, ...]
    traced: tuple[Tracing, ...]
    recall: Recall


def read(path: Path = COMMITTED) -> Run:
    """A run read back."""
    return kept.read(path, Run)


def write(run: Run, path: Path) -> None:
    """Keep a run."""
    kept.write(run, path)


def report(run: Run) -> str:
    """The whole report."""
    ratios = ["", *(f"{after.cpu_s / before.cpu_s:.1f}" for before, after in pairwise(run.joined))]
    joined = (
        (
            f"{one.functions:,}", f"{one.real:,}", f"{one.compared:,}", f"{one.alike:,}", f"{one.families:,}",
            f"{one.largest:,}", f"{one.cpu_s:.1f}", ratio, f"{one.peak_bytes / 1e6:,.0f}",
        )
        for one, ratio in zip(run.joined, ratios, strict=True)
    )  # fmt: skip
    head = (
        "functions", "of these real", "pairs compared", "alike", "families", "largest", "CPU, s", "to the last", "MB"
    )  # fmt: skip
    steps = ["", *(f"{after.cpu_s / before.cpu_s:.1f}" for before, after in pairwise(run.traced))]
    traced = (
        (f"{one.strains:,}", f"{one.edges:,}", f"{one.cpu_s:.1f}", ratio)
        for one, ratio in zip(run.traced, steps, strict=True)
    )
    share = run.recall.together / max(run.recall.pairs, 1)
    said = (
        f"{described(run.machine)}; duckdb {run.duckdb}, one thread. Seconds are processor time. Of all "
        f"{run.recall.pairs:,} pairs that are kin among {run.recall.functions:,} functions, each held against each, "
        f"{share:.1%} are in one family."
    )
    return (
        f"{said}\n\n{table(head, joined)}\n\nLineage of strains, twenty projects to a function:\n\n"
        f"{table(('strains', 'edges', 'CPU, s', 'to the last'), traced)}"
    )
