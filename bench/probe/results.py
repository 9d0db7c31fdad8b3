"""One run of the probe bench, as kept in bench/results/probe.json."""

from pathlib import Path

from msgspec import Struct

from bench import kept
from bench.machine import Machine

COMMITTED = Path(__file__).parents[1] / "results" / "probe.json"


class Identified(Struct, frozen=True, kw_only=True):
    """What was seen of one socket."""

    release: str
    kind: str
    mechanism: str
    had: bool
    """False if this build of libzmq has no such mechanism."""
    seen: str
    right: bool


class Disturbed(Struct, frozen=True, kw_only=True):
    """What traffic between two processes lost or gained while one end was probed, all repeats together."""

    release: str
    pair: str
    """Types of the listening and the connecting end, `PUSH>PULL` if the listening one sends."""
    way: str
    """`control`, `gnomon`, `passive` or `nmap`."""
    repeats: int
    probes: int
    sent: int
    lost: int
    junk: int
    """Messages that nobody of the two sent."""


class Speed(Struct, frozen=True, kw_only=True):
    """Many ports of loopback at once."""

    ports: dict[str, int]
    """Kind of port -> how many."""
    seconds: float
    """Of the probe, by its own account; median of the repeats."""
    wall_s: float
    """Of the whole command."""
    processor_s: float
    peak_mb: float
    wrong: int
    """Ports that were taken for something else, in all repeats."""
    repeats: int


class Rival(Struct, frozen=True, kw_only=True):
    """The same ports, asked by both."""

    tool: str
    version: str
    ports: dict[str, int]
    """Kind of port -> how many."""
    seconds: float
    finished: bool
    right: int
    """ZeroMQ sockets that were called so, with the right version of the protocol."""
    named: int
    """ZeroMQ sockets that were called so at all."""
    of: int
    false: int
    """Other ports that were called ZeroMQ."""


class Probe(Struct, frozen=True, kw_only=True):
    """One run."""

    machine: Machine
    tool: str
    identified: tuple[Identified, ...] = ()
    disturbed: tuple[Disturbed, ...] = ()
    speed: Speed | None = None
    rivals: tuple[Rival, ...] = ()


def read(path: Path = COMMITTED) -> Probe:
    """A run read back."""
    return kept.read(path, Probe)


def write(run: Probe, path: Path) -> None:
    """Keep a run."""
    kept.write(run, path)
