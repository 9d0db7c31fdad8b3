"""One run of the TLS bench, as kept in bench/results/tls.json, and its table."""

from pathlib import Path

from msgspec import Struct

from bench import kept
from bench.machine import Machine, described
from bench.markdown import table

COMMITTED = Path(__file__).parents[1] / "results" / "tls.json"


class Measured(Struct, frozen=True, kw_only=True):
    """One way for one kind of exchange."""

    exchange: str
    way: str
    per_s: float
    """Exchanges a second, one after the other; median of the rounds."""
    p50_us: float
    p99_us: float
    cpu_us: float
    """Processor time an exchange, of both ends and the proxies; median."""
    to_curve: float
    """Rate as a ratio to curve's in the same round, median."""
    to_pyobj: float
    to_curve_rounds: tuple[float, ...]


class Refusal(Struct, frozen=True, kw_only=True):
    """What the asking end is told when its certificate is not accepted."""

    way: str
    certificate: str
    after_s: float
    told: str


class Run(Struct, frozen=True, kw_only=True):
    """What was measured, where and when."""

    machine: Machine
    versions: dict[str, str]
    load: float
    rounds: int
    measured: tuple[Measured, ...]
    refusals: tuple[Refusal, ...]


def write(run: Run, path: Path) -> None:
    """Keep a run."""
    kept.write(run, path)


def read() -> Run:
    """The kept run."""
    return kept.read(COMMITTED, Run)


def report(run: Run) -> str:
    """The figures for the page."""
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    figures = table(
        ["exchange", "way", "a second", "p50 µs", "p99 µs", "CPU µs", "to curve", "to send_pyobj"],
        [
            (
                each.exchange,
                each.way,
                f"{each.per_s:,.0f}",
                f"{each.p50_us:,.0f}",
                f"{each.p99_us:,.0f}",
                f"{each.cpu_us:,.0f}",
                f"{each.to_curve:.2f}",
                f"{each.to_pyobj:.2f}",
            )
            for each in run.measured
        ],
    )
    told = "\n".join(
        f"- {each.way}, certificate {each.certificate}: after {each.after_s:.1f} s, “{each.told}”"
        for each in run.refusals
    )
    return (
        f"{described(run.machine)}; {versions}; {run.rounds} rounds; "
        f"{run.load} processes wanted a processor when it began.\n\n{figures}\n\n"
        f"What the asking end is told when its certificate is not accepted:\n\n{told}"
    )
