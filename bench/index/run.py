"""Measure what an index of functions costs in SQLite, in sorted files and in DuckDB.

usage: python bench/index/run.py [--sizes 100000,1000000] [--questions N] [--only sqlite,segments,duckdb]
                                 [--duckdb-python PATH] [--cache DIR] [--json OUT]
"""

import argparse
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import msgspec
from msgspec import Struct

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.archives import default_cache
from bench.index.corpus import Sample, real, varied
from bench.index.engines import DuckDb, Engine, Segments, Sqlite, searchable
from bench.machine import Machine, this_machine

RELEASE = 10_000
"""Functions that are added at once: those of a large framework."""


class Measured(Struct, frozen=True, kw_only=True):
    """One engine at one size."""

    engine: str
    functions: int
    postings: int
    build_s: float
    settle_s: float
    bytes: int
    add_s: float
    """Of one release more."""
    first_ms: float
    """The first look-up of a process."""
    p50_ms: float
    p95_ms: float
    most_ms: float


class Run(Struct, frozen=True, kw_only=True):
    """What was measured, where and when."""

    machine: Machine
    versions: dict[str, str]
    real_functions: int
    """The others are variations of these."""
    questions: int
    measured: tuple[Measured, ...]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    given = _arguments(argv)
    sizes = [int(size) for size in given.sizes.split(",")]
    samples = real(given.cache, max(sizes))
    versions = {"sqlite": sqlite3.sqlite_version}
    if given.duckdb_python:
        versions["duckdb"] = _version(given.duckdb_python)
    run = Run(
        machine=this_machine(),
        versions=versions,
        real_functions=len(samples),
        questions=given.questions,
        measured=tuple(_measured(given, samples, sizes)),
    )
    if given.json:
        given.json.write_bytes(msgspec.json.format(msgspec.json.encode(run), indent=1) + b"\n")
    return 0


def _measured(given: argparse.Namespace, samples: list[Sample], sizes: list[int]) -> Iterator[Measured]:
    for size in sizes:
        for name in given.only.split(","):
            folder = Path(tempfile.mkdtemp(prefix="index-", dir=given.cache))
            try:
                yield _measure(name, _engine(name, folder / name, given), samples, size, given.questions)
            finally:
                shutil.rmtree(folder)


def _engine(name: str, folder: Path, given: argparse.Namespace) -> Engine:
    if name == "duckdb":
        return DuckDb(folder, given.duckdb_python)
    return {"sqlite": Sqlite, "segments": Segments}[name](folder)


def _measure(name: str, engine: Engine, samples: list[Sample], size: int, questions: int) -> Measured:
    stream = varied(samples, size + RELEASE)
    postings, build_s, first = 0, 0.0, 0
    while first < size:
        release = list(islice(stream, RELEASE))
        postings += sum(len(searchable(sample)) for sample in release)
        start = time.perf_counter()
        engine.add(first, release)
        build_s += time.perf_counter() - start
        first += len(release)
    start = time.perf_counter()
    engine.settle()
    settle_s = time.perf_counter() - start
    asked = samples[:: max(len(samples) // questions, 1)][:questions]
    taken = engine.seconds(asked)
    ordered = sorted(taken)
    more = list(stream)
    start = time.perf_counter()
    engine.add(first, more)
    found = Measured(
        engine=name, functions=size, postings=postings, build_s=build_s, settle_s=settle_s,
        add_s=time.perf_counter() - start, bytes=engine.size(), first_ms=taken[0] * 1e3,
        p50_ms=ordered[len(ordered) // 2] * 1e3, p95_ms=ordered[len(ordered) * 95 // 100] * 1e3,
        most_ms=ordered[-1] * 1e3,
    )  # fmt: skip
    print(found, flush=True)
    return found


def _version(python: Path) -> str:
    command = [python, "-c", "import duckdb; print(duckdb.__version__)"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="100000,1000000")
    parser.add_argument("--questions", type=int, default=400)
    parser.add_argument("--duckdb-python", type=Path, help="a Python that has duckdb and numpy")
    parser.add_argument("--only", default="sqlite,segments")
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--json", type=Path)
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
