"""A command run with limits, in a session of its own, of which nothing is left when it ends or takes too long."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

import gnomon

_LIMITED = """
import os, resource, sys
for name, value in zip(("AS", "FSIZE", "CPU", "CORE"), (*map(int, sys.argv[1:4]), 0)):
    kind = getattr(resource, "RLIMIT_" + name)
    hard = resource.getrlimit(kind)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))
os.execv(sys.argv[4], sys.argv[4:])
"""
"""Lowers its own limits, and becomes the command: whatever that starts inherits them."""
_STARTED = 0.5
"""Seconds that the two starts of Python may take of the time."""


class Bounds(Struct, frozen=True, kw_only=True):
    """What each of the command's processes may take, and how long all of it may last."""

    memory_bytes: int = 2_000_000_000
    """Of address space."""
    file_bytes: int = 50_000_000
    """Of each file, the output too."""
    cpu_s: int = 10
    wall_s: float = 20.0
    shown_bytes: int = 10_000_000
    """Output beyond is not read."""


class Ended(Struct, frozen=True, kw_only=True):
    """How a command ended."""

    code: int
    """Negative: the signal that ended it."""
    late: bool
    """True if it was ended, since it took too long."""
    output: bytes
    errors: bytes


def run(
    command: Sequence[str], bounds: Bounds, folder: str, environment: Mapping[str, str], given: bytes = b""
) -> Ended:
    """What the command, a Python and its arguments, wrote and how it ended. Raises OSError if it can't be started."""
    limits = (str(bounds.memory_bytes), str(bounds.file_bytes), str(bounds.cpu_s))
    limited = [sys.executable, "-I", "-S", "-c", _LIMITED, *limits, *command] if os.name == "posix" else list(command)
    with tempfile.TemporaryFile() as entered, tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        entered.write(given)
        entered.seek(0)
        with subprocess.Popen(
            limited,
            stdin=entered,
            stdout=output,
            stderr=errors,
            cwd=folder,
            env=dict(environment),
            start_new_session=True,
        ) as process:
            late = _outlasts(process, bounds.wall_s + _STARTED)
        return Ended(code=process.returncode, late=late, output=_read(output, bounds), errors=_read(errors, bounds))


def sources() -> tuple[str, ...]:
    """Where gnomon and msgspec were imported from, in case that these are on PYTHONPATH and not installed."""
    modules = (gnomon, msgspec)
    return tuple(dict.fromkeys(str(Path(module.__file__).parents[1]) for module in modules if module.__file__))


def _outlasts(process: subprocess.Popen[bytes], wall_s: float) -> bool:
    """Waits, then ends what is left of its session: also what it started and left behind."""
    try:
        process.wait(wall_s)
        return False
    except subprocess.TimeoutExpired:
        return True
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        with suppress(ProcessLookupError, PermissionError):  # nothing is left; macOS says it so of a group of zombies
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def _read(file: IO[bytes], bounds: Bounds) -> bytes:
    file.seek(0)
    return file.read(bounds.shown_bytes)
