"""What a command costs, as the kernel counts it: wall and processor seconds, peak memory of its largest process."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

REPORTED = (0, 1, 4)
"""Exit codes after which a tool has given its report; anything else would make a fast figure of a failure."""

LAUNCHER = Path(__file__).with_name("launcher.py")


class Cost(Struct, frozen=True, kw_only=True):
    """One run of one command."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    exit_code: int


class Costs(Struct, frozen=True, kw_only=True):
    """Several runs of one command."""

    name: str
    runs: tuple[Cost, ...]

    def median(self, field: str) -> float:
        """Median over the runs of a field of Cost."""
        return statistics.median(getattr(run, field) for run in self.runs)

    def span(self, field: str) -> tuple[float, float]:
        """Smallest and largest."""
        values = [getattr(run, field) for run in self.runs]
        return min(values), max(values)


def cost(command: Sequence[str], cwd: Path, environment: Mapping[str, str] | None = None) -> Cost:
    """What one run of the command in a folder costs; its output is thrown away. Raises RuntimeError if it fails."""
    program = shutil.which(command[0])
    if program is None:
        raise FileNotFoundError(command[0])
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        subprocess.run(
            [sys.executable, "-I", "-S", str(LAUNCHER), out.name, program, *command[1:]],
            cwd=cwd,
            env=os.environ | (environment or {}),
            check=True,
        )
        measured = msgspec.json.decode(out.read(), type=Cost)
    if measured.exit_code not in REPORTED:
        raise RuntimeError(f"exit code {measured.exit_code}: {' '.join(command[:4])} …")
    return measured


def interleaved(
    commands: Mapping[str, Sequence[str]], cwd: Path, repetitions: int, environment: Mapping[str, str] | None = None
) -> tuple[Costs, ...]:
    """Each command's costs, run in turns (A B C A B C …), so that a slow moment hits all of them.

    One run of each goes before and is not counted: it warms the file cache for everybody alike.
    """
    runs: dict[str, list[Cost]] = {name: [] for name in commands}
    for turn in range(repetitions + 1):
        for name, command in commands.items():
            measured = cost(command, cwd, environment)
            print(f"{name}: {measured.wall_s:.2f} s, {measured.peak_mb:.0f} MB", file=sys.stderr)
            if turn:
                runs[name].append(measured)
    return tuple(Costs(name=name, runs=tuple(done)) for name, done in runs.items())
