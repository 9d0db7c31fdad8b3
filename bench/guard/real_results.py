"""One run of the bench on real modules, as kept in bench/results/guard-real.json, and its tables."""

from pathlib import Path

from msgspec import Struct

from bench import kept
from bench.machine import Machine, described
from bench.markdown import table

COMMITTED = Path(__file__).parents[1] / "results" / "guard-real.json"


class Refusal(Struct, frozen=True, kw_only=True):
    """What an event says of the marker."""

    event: str
    module: str
    name: str
    site: str
    peer: str
    sha256: str
    """Empty if the bytes were not seen."""


class Held(Struct, frozen=True, kw_only=True):
    """One attack on the guarded program."""

    outcome: str
    attack: str
    fired: bool
    refusals: tuple[Refusal, ...]
    asked: int
    """Requests before the attack, and as many after it."""
    right_before: int
    right_after: int
    told: str = ""
    """The error that reached whoever asked for a result and was to get the marker; empty if none, or nobody is left."""
    afterwards: str
    """What became of the program."""
    longest_pause_ms: int | None = None
    """Between ticks of 10 ms in the server's event loop, in a second without messages after the attack."""
    processes: int
    covered: int


class Row(Struct, frozen=True, kw_only=True):
    """One program."""

    program: str
    releases: tuple[str, ...]
    """Archives whose files are run as they are."""
    way: str
    stubbed: str
    skipped: str = ""
    """Why it could not be run."""
    control_fired: bool = False
    """Without guard."""
    sites: int = 0
    names: int = 0
    dangerous: tuple[str, ...] = ()
    """Names known to run code, taken with --i-know since the program can't do without."""
    channels: int = 0
    settled: bool = False
    """A second run learned nothing more."""
    held: tuple[Held, ...] = ()


class Run(Struct, frozen=True, kw_only=True):
    """What was seen, where and when."""

    machine: Machine
    versions: dict[str, str]
    seconds: float
    rows: tuple[Row, ...]


def write(run: Run, path: Path) -> None:
    """Keep a run."""
    kept.write(run, path)


def read(path: Path = COMMITTED) -> Run:
    """The kept run."""
    return kept.read(path, Run)


def report(run: Run) -> str:
    """The figures for the page."""
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    return (
        f"{described(run.machine)}; {versions}; {run.seconds:.0f} s in all.\n\n{_learned(run)}\n\n{_held(run)}\n\n"
        f"What the first event of each says:\n\n{_events(run)}"
    )


def _learned(run: Run) -> str:
    head = ["program", "messages", "stands in", "marker fires without guard", "sites", "names", "that run code",
            "second run adds"]  # fmt: skip
    rows = [
        (row.program, row.way, row.stubbed or "nothing", f"skipped: {row.skipped}", *["-"] * 4)
        if row.skipped
        else (
            row.program,
            row.way,
            row.stubbed or "nothing",
            "yes" if row.control_fired else "no",
            row.sites,
            row.names,
            len(row.dangerous),
            "nothing" if row.settled else "more",
        )
        for row in run.rows
    ]
    return table(head, rows)


def _held(run: Run) -> str:
    head = ["program, attack", "outcome", "marker fires", "events", "right before", "right after", "afterwards",
            "covered processes"]  # fmt: skip
    rows = [
        (
            f"{row.program}{f': {held.attack}' if held.attack else ''}",
            held.outcome,
            "yes" if held.fired else "no",
            len(held.refusals),
            f"{held.right_before}/{held.asked}",
            f"{held.right_after}/{held.asked}",
            _afterwards(held),
            f"{held.covered}/{held.processes}",
        )
        for row in run.rows
        for held in row.held
    ]
    return table(head, rows)


def _afterwards(held: Held) -> str:
    text = held.afterwards
    if held.told:
        text += f"; who asked for the marker's result sees {held.told}"
    if held.longest_pause_ms is not None:
        text += f"; its event loop pauses {held.longest_pause_ms} ms at most"
    return text


def _events(run: Run) -> str:
    return "\n".join(
        f"- {row.program}, {held.outcome}: `{one.event}` {one.module}.{one.name} at `{one.site}` from {one.peer}, "
        f"SHA-256 {one.sha256[:12] or 'unknown'}"
        for row in run.rows
        for held in row.held
        for one in held.refusals[:1]
    )
