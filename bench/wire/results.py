"""One run of the wire bench, as kept in bench/results/wire.json."""

from pathlib import Path

import msgspec
from msgspec import Struct

from bench.machine import Machine


class Measured(Struct, frozen=True, kw_only=True):
    """One way for one class of messages over one transport."""

    transport: str
    message: str
    way: str
    per_s: float
    """Messages a second, median of the rounds."""
    ratio: float
    """To send_pyobj in the same round, median."""
    ratios: tuple[float, ...]
    cpu_us: float
    """Processor time a message, of both ends, median."""


class Run(Struct, frozen=True, kw_only=True):
    """What was measured, where and when."""

    machine: Machine
    versions: dict[str, str]
    load: float
    """Processes that wanted a processor when it began, of the last minute: other programs were at work."""
    rounds: int
    pattern: str
    measured: tuple[Measured, ...]


def write(run: Run, path: Path) -> None:
    """Keep a run."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(run), indent=1) + b"\n")
