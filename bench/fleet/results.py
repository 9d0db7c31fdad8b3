"""One run of the bench of engines, as kept in bench/results/fleet-engines.json."""

from pathlib import Path

from msgspec import Struct

from bench import kept
from bench.machine import Machine

COMMITTED = Path(__file__).parents[1] / "results" / "fleet-engines.json"


class Install(Struct, frozen=True, kw_only=True):
    """What `pip install` of an engine puts into an empty environment."""

    requirement: str
    seconds: float
    bytes: int
    packages: int
    """Beside pip and setuptools."""
    released: str
    """Day of the version that was installed."""


class Start(Struct, frozen=True, kw_only=True):
    """A cluster of two nodes, from nothing."""

    first_s: float
    """Until the first answer."""
    both_s: float
    """Until both nodes have answered."""
    idle_bytes: int
    """Proportional set size of all processes, once all are up."""
    processes: int
    listening: tuple[str, ...]


class Overhead(Struct, frozen=True, kw_only=True):
    """Empty tasks."""

    alone_ms: float
    per_s: float
    """With four in flight."""


class Throughput(Struct, frozen=True, kw_only=True):
    """Real targets on two workers, beside two forked processes of the same machine."""

    first_s: float
    """The first time, when workers import gnomon."""
    pairs: tuple[tuple[float, float], ...]
    """Seconds of the engine, and of forked processes in the same round."""
    cpu_pairs: tuple[tuple[float, float], ...]
    """The same of the processor: those of all processes of the cluster, and of whoever asks it."""
    same: bool
    """Are the answers the same bytes?"""


class Disturbed(Struct, frozen=True, kw_only=True):
    """A run during which something was lost."""

    asked: int
    right: int
    """Answered, and rightly."""
    again: int
    """How often a task was begun once more."""
    unheard: int
    """Tasks of which nothing was heard."""
    told: tuple[str, ...]
    seconds: float
    greedy: str = ""
    """What was heard of the task that takes too much memory."""


class Stranger(Struct, frozen=True, kw_only=True):
    """Somebody without credentials who reaches the ports."""

    told: str
    listening: tuple[str, ...]
    http: dict[str, str]
    """Port -> status, and server, of an HTTP request; "" if it is not answered."""


class Engine(Struct, frozen=True, kw_only=True):
    """What was measured of one engine; None if it did not answer in time."""

    name: str
    version: str
    install: Install
    adapter_lines: int
    """Of code that connects, hands out, and takes back."""
    start: Start | None = None
    overhead: Overhead | None = None
    throughput: Throughput | None = None
    worker_killed: Disturbed | None = None
    node_lost: Disturbed | None = None
    memory: Disturbed | None = None
    open: Stranger | None = None
    """As it starts if nothing is said of authentication."""
    secure: Stranger | None = None
    other_python: str = ""
    """What a driver of another Python is told."""
    failed: dict[str, str] = {}
    """Question -> why there is no answer."""


class Run(Struct, frozen=True, kw_only=True):
    """What was measured, where and when."""

    machine: Machine
    load: float
    """Processes that wanted a processor when it began."""
    targets: tuple[str, ...]
    tasks: int
    """In the runs that something was lost in."""
    other_python: str
    engines: tuple[Engine, ...]


def read(path: Path = COMMITTED) -> Run:
    """A run read back."""
    return kept.read(path, Run)


def write(run: Run, path: Path) -> None:
    """Keep a run."""
    kept.write(run, path)
