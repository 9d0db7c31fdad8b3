"""How many functions a second: matched alone, normalised and matched, and everything from the archive's bytes on."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from time import process_time

from bench.archives import Archive, archive_path
from bench.lineage.reading import deep, parsed, sinks
from bench.lineage.results import Speed
from bench.trees import python_files
from gnomon.core.signature import Signature
from gnomon.knowledge.signatures import load
from gnomon.python.text import searchable
from gnomon.python.words import Words
from gnomon.trace.copies import LEAST_SHARED, Place, copies
from gnomon.trace.pack import Pack
from gnomon.trace.reading import units_of, worth_parsing
from gnomon.trace.units import units

RELEASE = Archive("sglang", "sglang-0.4.1.tar.gz", "79db4073ba8ebc261d27c4a082c760ac52ae0d3bd91976dd516c6870cd5a6f30")
TURNS = 3


def speeds(cache: Path, *, offline: bool) -> Iterator[Speed]:
    """Processor time of one process, the best of three turns; the pack is the bundled one."""
    deep()
    files = {path: searchable(data) for path, data in python_files(archive_path(RELEASE, cache, offline=offline))}
    known = list(load().signatures())
    pack = Pack(known)
    places = [Place(path, units_of(path, data, sinks())[0]) for path, data in files.items()]
    total = sum(len(place.units) for place in places)
    functions = sum(not unit.is_class for place in places for unit in place.units)
    trees = [(path, tree) for path, data in files.items() if (tree := parsed(data)) is not None]
    steps = (
        ("matched: units are known", lambda: _matched(pack, places)),
        ("judged and told as well", lambda: copies(pack, places)),
        ("normalised, hashed and matched: trees are known", lambda: _normalised(pack, trees)),
        ("all of it, from the files' bytes on", lambda: _all(pack, files, files)),
        ("all of it, only of files whose words allow a copy", lambda: _all(pack, files, _worth(files, known))),
    )
    for step, run in steps:
        seconds = []
        for _ in range(TURNS):
            begin = process_time()
            run()
            seconds.append(process_time() - begin)
        yield Speed(step=step, units=total, functions=functions, seconds=round(min(seconds), 3))


def _matched(pack: Pack, places: Sequence[Place]) -> int:
    return sum(len(pack.like(unit, LEAST_SHARED)) for place in places for unit in place.units)


def _normalised(pack: Pack, trees: Sequence[tuple[str, ast.Module]]) -> int:
    return _matched(pack, [Place(path, tuple(units(tree, path, sinks()))) for path, tree in trees])


def _all(pack: Pack, files: dict[str, bytes], wanted: Iterable[str]) -> int:
    return _matched(pack, [Place(path, units_of(path, files[path], sinks())[0]) for path in wanted])


def _worth(files: dict[str, bytes], known: Sequence[Signature]) -> list[str]:
    return worth_parsing(files, Words(files), sinks(), known)
