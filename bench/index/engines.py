"""Three ways to keep the postings of an index: SQLite as gnomon has it, sorted files that are mapped, and DuckDB."""

import json
import mmap
import os
import subprocess
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from bench.index.corpus import Sample
from gnomon.core.tree import Provenance
from gnomon.io.trace_index import BELOW, MOST_SHARED, SHORT, trace_index
from gnomon.trace.units import Unit

_BODY_BITS = 24


class Engine(Protocol):
    """An index on the disk."""

    def add(self, first: int, samples: Sequence[Sample]) -> None:
        """Adds a release, whose functions are numbered from `first` on, so that a killed process loses only it."""

    def settle(self) -> None:
        """Puts in order what many additions have left."""

    def seconds(self, questions: Iterable[Sample]) -> list[float]:
        """How long each look-up takes, in a process that has the index open."""

    def size(self) -> int:
        """Bytes on the disk."""


def searchable(sample: Sample) -> list[int]:
    """The shingles that are looked up, as `gnomon.io.trace_index` chooses them."""
    shingles = sample.shingles
    return list(shingles) if len(shingles) < SHORT else [shingle for shingle in shingles if shingle < BELOW]


class Sqlite:
    """The product's own index, with names and places."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        self._path = folder / "functions.sqlite"

    def add(self, first: int, samples: Sequence[Sample]) -> None:
        """One transaction."""
        units: dict[str, list[Unit]] = {}
        for sample in samples:
            shingles = frozenset(sample.shingles)
            unit = Unit(
                sample.qualname, sample.line, sample.end_line, is_class=False, statements=(), shingles=shingles,
                loads=(), addresses=(), calls=frozenset(),
            )  # fmt: skip
            units.setdefault(sample.path, []).append(unit)
        with trace_index(self._path) as index:
            index.add(Provenance(project=f"release-{first}", label="1.0", date="2025-01-01"), units)

    def settle(self) -> None:
        """Nothing: it is always in order."""

    def seconds(self, questions: Iterable[Sample]) -> list[float]:
        """The whole answer: functions with their places."""
        from time import perf_counter

        taken = []
        with trace_index(self._path, read_only=True) as index:
            for question in questions:
                shingles = frozenset(question.shingles)
                start = perf_counter()
                index.like(shingles, min(8, len(shingles)))
                taken.append(perf_counter() - start)
        return taken

    def size(self) -> int:
        """Of the database."""
        return self._path.stat().st_size


class Segments:
    """Sorted 64-bit numbers, 40 bits of a shingle and 24 of a function, in files of which ten become one."""

    FAN_IN = 10

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._levels: dict[int, list[Path]] = {}
        self._made = 0

    def add(self, first: int, samples: Sequence[Sample]) -> None:
        """A file for the release; each is put in its place in one step."""
        numbers = [
            shingle << _BODY_BITS | first + at for at, sample in enumerate(samples) for shingle in searchable(sample)
        ]
        self._put(0, array("Q", sorted(numbers)))

    def settle(self) -> None:
        """Nothing: files are joined as they are added."""

    def seconds(self, questions: Iterable[Sample]) -> list[float]:
        """The functions that share at least two shingles, by number: no names, no places."""
        from time import perf_counter

        mapped = [self._mapped(path) for paths in self._levels.values() for path in paths]
        taken = []
        for question in questions:
            start = perf_counter()
            counts: Counter[int] = Counter()
            for shingle in question.shingles:
                for numbers in mapped:
                    at = bisect_left(numbers, shingle << _BODY_BITS)
                    end = bisect_left(numbers, (shingle + 1) << _BODY_BITS, at)
                    if end - at > MOST_SHARED:
                        continue
                    counts.update(number & (1 << _BODY_BITS) - 1 for number in numbers[at:end])
            _ = [body for body, count in counts.items() if count > 1]
            taken.append(perf_counter() - start)
        return taken

    def size(self) -> int:
        """Of all files."""
        return sum(path.stat().st_size for path in self._folder.iterdir())

    def _put(self, level: int, numbers: "array[int]") -> None:
        self._made += 1
        path = self._folder / str(self._made)
        with path.open("wb") as file:
            numbers.tofile(file)
            file.flush()
            os.fsync(file.fileno())
        paths = self._levels.setdefault(level, [])
        paths.append(path)
        if len(paths) == self.FAN_IN:
            joined = array("Q")
            for part in paths:
                joined.frombytes(part.read_bytes())
            self._put(level + 1, array("Q", sorted(joined)))
            for part in paths:
                part.unlink()
            self._levels[level] = []

    def _mapped(self, path: Path) -> "memoryview[int]":
        with path.open("rb") as file:
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)).cast("Q")


class DuckDb:
    """A table sorted by shingle, in a DuckDB that another Python has."""

    def __init__(self, folder: Path, python: Path) -> None:
        folder.mkdir()
        self._folder, self._python = folder, python
        self._waiting = folder / "postings.bin"

    def add(self, first: int, samples: Sequence[Sample]) -> None:
        """Hands the postings to the other process."""
        pairs = array("Q")
        for at, sample in enumerate(samples):
            for shingle in searchable(sample):
                pairs.extend((shingle, first + at))
        self._waiting.write_bytes(pairs.tobytes())
        self._run("add")

    def settle(self) -> None:
        """Sorts the table, so that a look-up reads few of its parts."""
        self._run("sort")

    def seconds(self, questions: Iterable[Sample]) -> list[float]:
        """The functions that share at least two shingles, by number."""
        (self._folder / "questions.json").write_text(json.dumps([list(question.shingles) for question in questions]))
        return [float(taken) for taken in json.loads(self._run("ask"))]

    def size(self) -> int:
        """Of the database."""
        return sum(path.stat().st_size for path in self._folder.glob("index.duckdb*"))

    def _run(self, what: str) -> str:
        script = Path(__file__).with_name("duck.py")
        done = subprocess.run([self._python, script, what, self._folder], capture_output=True, text=True, check=True)
        return done.stdout
