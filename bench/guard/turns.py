"""Programs that live long and measure when they are told to, so that two of them can take turns on a noisy machine."""

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PARTS = 5
"""A turn is measured in so many parts, of which the quickest counts: the others met another program."""


def answer(cases: Mapping[str, Callable[[int], None]], clock: Callable[[], int]) -> None:
    """In the program: for each line `CASE<tab>COUNT`, runs the case that often and prints microseconds for once.

    `clock` gives nanoseconds of processor time.
    """
    for line in sys.stdin:
        name, count = line.rstrip("\n").split("\t")
        each = max(int(count) // PARTS, 1)
        took = []
        for _ in range(PARTS if int(count) >= PARTS else 1):
            began = clock()
            cases[name](each)
            took.append((clock() - began) / each / 1e3)
        print(min(took), flush=True)


class Program:
    """The other side: one program that answers."""

    def __init__(self, command: Sequence[str | Path], folder: Path) -> None:
        self._process = subprocess.Popen(
            list(map(str, command)), cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._ask, self._hear = self._process.stdin, self._process.stdout

    def turn(self, case: str, count: int) -> float:
        """Microseconds for once. Raises RuntimeError if the program ended."""
        self._ask.write(f"{case}\t{count}\n")
        self._ask.flush()
        line = self._hear.readline()
        if not line:
            raise RuntimeError(f"{self._process.args} ended with {self._process.wait()} in {case}")
        return float(line)

    def end(self) -> None:
        """Closes its input, which ends it."""
        self._process.communicate()
