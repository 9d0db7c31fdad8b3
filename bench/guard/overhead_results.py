"""One run of guard's overhead bench, as kept in bench/results/guard-overhead.json, and its tables."""

from pathlib import Path

from msgspec import Struct

from bench import kept
from bench.machine import Machine, described
from bench.markdown import table

COMMITTED = Path(__file__).parents[1] / "results" / "guard-overhead.json"
PLAIN = "plain"


class Measured(Struct, frozen=True, kw_only=True):
    """One case in one way."""

    case: str
    way: str
    us: float
    """Microseconds for one load, round trip or start; median of the rounds."""
    more_us: float
    """Than the plain program in the same round, median."""
    more_percent: float
    from_percent: float
    """A tenth of the rounds cost less."""
    to_percent: float
    """A tenth of the rounds cost more."""


class Run(Struct, frozen=True, kw_only=True):
    """What was measured, where and when."""

    machine: Machine
    versions: dict[str, str]
    load: float
    rounds: int
    measured: tuple[Measured, ...]


def write(run: Run, path: Path) -> None:
    """Keep a run."""
    kept.write(run, path)


def read() -> Run:
    """The kept run."""
    return kept.read(COMMITTED, Run)


def report(run: Run) -> str:
    """The figures for the page: a table for all cases that were measured in the same ways."""
    groups: dict[tuple[str, ...], list[str]] = {}
    found = {(each.case, each.way): each for each in run.measured}
    for case in dict.fromkeys(each.case for each in run.measured):
        ways = tuple(each.way for each in run.measured if each.case == case)
        groups.setdefault(ways, []).append(case)
    tables = "\n\n".join(
        table(["case", *ways], [(case, *(_cell(found[case, way]) for way in ways)) for case in cases])
        for ways, cases in groups.items()
    )
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    return (
        f"{described(run.machine)}; {versions}; {run.rounds} rounds; "
        f"{run.load} processes wanted a processor when it began.\n\n{tables}"
    )


def _cell(one: Measured) -> str:
    start = one.case.startswith("python ")
    if one.way == PLAIN:
        return f"{one.us / 1e3:,.1f} ms" if start else f"{one.us:,.1f} µs"
    if start:
        return f"+{one.more_us / 1e3:.1f} ms"
    return f"{one.more_percent:+.1f} % ({one.from_percent:+.0f} … {one.to_percent:+.0f})"
