"""Measure what the join of a survey's functions costs, and the lineage of what it finds, against their number.

usage: python bench/fleet/join.py [--sizes 1000,2000,…] [--strains 1000,…] [--recall N] [--cache DIR] [--json OUT]

Each size is measured in a process of its own.
"""

import argparse
import random
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from time import process_time

import msgspec

sys.path.insert(0, str(Path(__file__).parents[2]))

from typing import TYPE_CHECKING

from bench.archives import default_cache
from bench.fleet import join_results as results
from bench.fleet.join_results import Joining, Recall, Run, Tracing
from bench.index.corpus import Sample, real, varied
from bench.machine import this_machine
from gnomon.io.clone_join import LEAST_SHARED, clones
from gnomon.io.survey_tables import duckdb, write_tables
from gnomon.render.survey_rows import FunctionRow, body_of
from gnomon.trace.kinship import KIN
from gnomon.trace.lineage import lineage
from gnomon.trace.strains import Release, Sighting
from gnomon.trace.units import Unit

if TYPE_CHECKING:
    from array import array

_SIZES = ",".join(str(1_000 * 2**step) for step in range(11))
_STRAINS = ",".join(str(1_000 * 2**step) for step in range(7))
_FORKS = 20
"""Projects that have a function, in the lineages."""
_CHANGES = (0.0, 0.0, 0.05, 0.1, 0.2)
"""Parts of a function that a project changed."""


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    given = _arguments(argv)
    if given.one:
        print(msgspec.json.encode(_joined(given.cache, given.one)).decode())
        return 0
    samples = real(given.cache, 10**9)
    run = Run(
        machine=this_machine(),
        duckdb=version("duckdb"),
        joined=tuple(_elsewhere(given.cache, int(size)) for size in given.sizes.split(",")),
        traced=tuple(_traced(samples, int(strains)) for strains in given.strains.split(",")),
        recall=_recall(samples, given.recall),
    )
    print(results.report(run))
    if given.json:
        results.write(run, given.json)
    return 0


def _elsewhere(cache: Path, size: int) -> Joining:
    command = [sys.executable, __file__, "--one", str(size), "--cache", str(cache)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = msgspec.json.decode(done.stdout.splitlines()[-1], type=Joining)
    print(found, flush=True)
    return found


def _joined(cache: Path, size: int) -> Joining:
    """In a process that only asks: the functions are laid down by another one."""
    with tempfile.TemporaryDirectory(prefix="join-", dir=cache) as name:
        folder = Path(name)
        writing = [
            sys.executable,
            "-c",
            f"from bench.fleet.join import lay_down; lay_down({name!r}, {str(cache)!r}, {size})",
        ]
        root = Path(__file__).parents[2]
        known = int(subprocess.run(writing, cwd=root, capture_output=True, text=True, check=True).stdout.split()[-1])
        before = process_time()
        joined = clones(folder).joined
        cpu_s = process_time() - before
        peak = _peak_bytes()
        return Joining(
            functions=joined.functions, real=known, compared=joined.compared, alike=joined.alike,
            families=joined.families, largest=_largest(folder), cpu_s=cpu_s, peak_bytes=peak,
        )  # fmt: skip


def _peak_bytes() -> int:
    """Most memory that this program has had; `getrusage` tells of what forked it, too (proc(5), VmHWM)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def lay_down(folder: str, cache: str, size: int) -> None:
    """Writes a functions.parquet of so many functions, and prints how many of them are real."""
    samples = _chosen(real(Path(cache), 10**9), size)
    write_tables(Path(folder), {"functions": FunctionRow}, _rows(varied(samples, size)))
    print(min(size, len(samples)))


def _chosen(samples: list[Sample], size: int) -> list[Sample]:
    """So many of all projects; all of them if that is not enough."""
    return samples[:: max(len(samples) // size, 1)][:size]


def _rows(samples: Iterator[Sample]) -> Iterator[tuple[str, FunctionRow]]:
    for number, sample in enumerate(samples):
        shingles = tuple(sorted(set(sample.shingles)))
        yield "functions", FunctionRow(
            target=f"pypi:release-{number // 500}==1", project=f"project-{number // 2_000}", label="1", date=None,
            number=number, path=sample.path, qualname=sample.qualname, line=sample.line, end_line=sample.end_line,
            body=body_of(shingles), shingles=shingles, loads=(), state=None, severity=None, reach=None,
            authentication=None, effective=False, fingerprint=None, signature=None,
        )  # fmt: skip


def _largest(folder: Path) -> int:
    query = "SELECT count(DISTINCT body) AS bodies FROM read_parquet(?) GROUP BY family ORDER BY bodies DESC LIMIT 1"
    with duckdb().connect() as connection:
        row = connection.execute(query, [str(folder / "families.parquet")]).fetchone()
        return int(row[0]) if row else 0


def _traced(samples: list[Sample], strains: int) -> Tracing:
    """Founders of families are real functions; each is in twenty projects, which changed some of it."""
    chance = random.Random(2)  # noqa: S311 (a fixed sequence is wanted)
    long = [sample for sample in samples if len(sample.shingles) >= 24]
    founders = _chosen(long, max(strains // _FORKS, 1))
    releases, sightings = [], []
    for number in range(strains):
        founder = founders[number // _FORKS % len(founders)]
        release = Release(
            project=f"project-{number % 997}-{number // 9_970}", label="1", basis="upload to the index",
            date=f"20{20 + number % 6}-{1 + number % 12:02}-{1 + number % 28:02}",
        )  # fmt: skip
        releases.append(release)
        unit = Unit(
            founder.qualname, founder.line, founder.end_line, is_class=False, statements=(),
            shingles=_changed(founder.shingles, chance), loads=(), addresses=(), calls=frozenset(),
        )  # fmt: skip
        sightings.append(
            Sighting(release=release, path=f"{number}/{founder.path}", unit=unit, state="unfixed", reason="as found")
        )
    before = process_time()
    drawn = lineage(list({(each.project, each.label): each for each in releases}.values()), sightings)
    found = Tracing(strains=strains, edges=len(drawn.edges), cpu_s=process_time() - before)
    print(found, flush=True)
    return found


def _changed(shingles: "array[int]", chance: random.Random) -> frozenset[int]:
    part = chance.choice(_CHANGES)
    return frozenset(shingle if chance.random() >= part else chance.getrandbits(40) for shingle in shingles)


def _recall(samples: list[Sample], size: int) -> Recall:
    """How many of the pairs that are kin, when each is held against each, the join has in one family."""
    chosen = _chosen(samples, size)
    with tempfile.TemporaryDirectory(prefix="join-") as name:
        folder = Path(name)
        write_tables(folder, {"functions": FunctionRow}, _rows(iter(chosen)))
        clones(folder)
        with duckdb().connect() as connection:
            query = "SELECT DISTINCT body, family FROM read_parquet(?)"
            family = dict(connection.execute(query, [str(folder / "families.parquet")]).fetchall())
    bodies = [body_of(tuple(sorted(set(sample.shingles)))) for sample in chosen]
    kin = list(_all_kin([frozenset(sample.shingles) for sample in chosen]))
    together = sum(family.get(bodies[one], -1) == family.get(bodies[other], -2) for one, other in kin)
    return Recall(functions=len(chosen), pairs=len(kin), together=together)


def _all_kin(sets: Sequence[frozenset[int]]) -> Iterator[tuple[int, int]]:
    holders: defaultdict[int, list[int]] = defaultdict(list)
    for number, shingles in enumerate(sets):
        counts = Counter(other for shingle in shingles for other in holders[shingle])
        for other, shared in counts.items():
            if shared >= LEAST_SHARED and shared >= KIN * max(len(shingles), len(sets[other])):
                yield other, number
        for shingle in shingles:
            holders[shingle].append(number)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default=_SIZES)
    parser.add_argument("--strains", default=_STRAINS)
    parser.add_argument("--recall", type=int, default=20_000, help="functions of which each is held against each")
    parser.add_argument("--one", type=int, default=0, help="measure the join of so many functions alone")
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--json", type=Path)
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
