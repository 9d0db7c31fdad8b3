"""A program that starts Python; under guard, what it starts is under guard too."""

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


if __name__ == "__main__":
    answer({f"python -c {code!r}": _starts(code) for code in STARTED})
