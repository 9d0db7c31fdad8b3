"""A program that starts Python; under guard, what it starts is under guard too."""

import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.guard.turns import answer

STARTED = ("pass", "import zmq")


def _starts(code: str) -> Callable[[int], None]:
    def run(count: int) -> None:
        for _ in range(count):
            subprocess.run([sys.executable, "-c", code], check=True, stdin=subprocess.DEVNULL)

    return run


def _processor() -> int:
    """Nanoseconds of processor that the processes took which have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return round((used.ru_utime + used.ru_stime) * 1e9)


if __name__ == "__main__":
    answer({f"python -c {code!r}": _starts(code) for code in STARTED}, _processor)
