"""Measure what an index of functions costs in SQLite, in sorted files and in DuckDB.

usage: python bench/index/run.py [--sizes 100000,1000000] [--questions N] [--only sqlite,segments,duckdb]
                                 [--duckdb-python PATH] [--cache DIR] [--json OUT]
"""

import argparse
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.archives import default_cache
from bench.index import results, tables
from bench.index.corpus import Sample, real, varied
from bench.index.engines import DuckDb, Engine, Segments, Sqlite, searchable
from bench.index.results import Measured, Run
from bench.machine import this_machine

RELEASE = 10_000
"""Functions that are added at once: those of a large framework."""


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
        release=RELEASE,
        real_functions=len(samples),
        questions=given.questions,
        measured=tuple(_measured(given, samples, sizes)),
    )
    print(tables.report(run))
    if given.json:
        results.write(run, given.json)
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
        build_s += _cost(lambda first=first, release=release: engine.add(first, release))
        first += len(release)
    build_s += _cost(engine.settle)
    used = engine.size()
    asked = samples[:: max(len(samples) // questions, 1)][:questions]
    rounds = [engine.seconds(asked) for _ in range(3)]
    taken = sorted(min(tries) * 1e3 for tries in zip(*rounds, strict=True))
    more = list(stream)
    found = Measured(
        engine=name, functions=size, postings=postings, build_s=build_s, bytes=used,
        add_s=_cost(lambda: engine.add(first, more)), first_ms=min(tries[0] for tries in rounds) * 1e3,
        p50_ms=taken[len(taken) // 2], p95_ms=taken[len(taken) * 95 // 100], most_ms=taken[-1],
    )  # fmt: skip
    print(found, flush=True)
    return found


def _cost(work: Callable[[], object]) -> float:
    """Processor seconds, of child processes too."""
    before = _processor()
    work()
    return _processor() - before


def _processor() -> float:
    return sum(
        used.ru_utime + used.ru_stime
        for used in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


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
