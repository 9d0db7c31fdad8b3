"""Functions of published releases, and as many more that are like them: what an index is measured with.

Code of 10^6 functions is not at hand, so that functions beyond the real ones are real ones with a third of their
shingles replaced by new ones: they keep lengths, and how often a shingle is shared, which is what an index feels.
"""

import ast
import os
import random
import warnings
from array import array
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from gnomon.core.errors import GnomonError
from gnomon.io.limits import DEFAULT
from gnomon.io.targets import read
from gnomon.trace.units import units

REPLACED = 1 / 3


class Sample(Struct, frozen=True, array_like=True):
    """A function of the corpus."""

    path: str
    qualname: str
    line: int
    end_line: int
    packed: bytes
    """Its shingles, 8 bytes each."""

    @property
    def shingles(self) -> "array[int]":
        """Its shingles, sorted."""
        return array("Q", self.packed)


def real(cache: Path, most: int) -> list[Sample]:
    """Functions that differ in their shingles, of one release a project; kept in the cache once they are computed."""
    kept = cache / "index-corpus.msgpack"
    if kept.exists():
        return msgspec.msgpack.decode(kept.read_bytes(), type=list[Sample])[:most]
    found: dict[bytes, Sample] = {}
    releases = {archive.name.partition("-")[0]: archive for archive in sorted((cache / "archives").iterdir())}
    for archive in releases.values():
        for sample in _functions(archive):
            found.setdefault(sample.packed, sample)
        print(f"{archive.name}: {len(found):,} functions", flush=True)
    kept.write_bytes(msgspec.msgpack.encode(list(found.values())))
    return list(found.values())[:most]


def varied(samples: list[Sample], count: int) -> Iterator[Sample]:
    """`count` functions: the real ones, then variations of them, the same each time."""
    yield from samples[:count]
    chance = random.Random(1)  # noqa: S311 (a fixed sequence is wanted)
    for number in range(len(samples), count):
        sample = samples[number % len(samples)]
        shingles = sample.shingles
        for at in range(len(shingles)):
            if chance.random() < REPLACED:
                shingles[at] = chance.getrandbits(40)
        yield Sample(f"{sample.path}.{number}", sample.qualname, sample.line, sample.end_line, shingles.tobytes())


def _functions(archive: Path) -> Iterator[Sample]:
    try:
        tree = read(str(archive), limits=DEFAULT)
    except GnomonError as error:
        print(f"{archive.name}: {error}")
        return
    for file in tree.files:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                parsed = ast.parse(file.data)
        except (SyntaxError, ValueError, RecursionError):
            continue
        for unit in units(parsed, file.path, frozenset()):
            if not unit.is_class and unit.shingles:
                packed = array("Q", sorted(unit.shingles)).tobytes()
                yield Sample(file.path, unit.qualname, unit.line, unit.end_line, packed)


if __name__ == "__main__":
    real(Path(os.environ.get("GNOMON_BENCH_CACHE") or Path.home() / ".cache" / "gnomon-bench"), 0)
