"""How many functions a second: matched alone, normalised and matched, and everything from the archive's bytes on."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from time import process_time

from bench.archives import Archive, archive_path
from bench.lineage.reading import deep, parsed, sinks
from bench.lineage.results import Speed
from bench.trees import python_files
from gnomon.knowledge.signatures import load
from gnomon.python.text import searchable
from gnomon.python.words import Words
from gnomon.trace.copies import LEAST_SHARED, Place, copies
from gnomon.trace.pack import Pack
from gnomon.trace.reading import units_of
from gnomon.trace.units import units
from gnomon.trace.worth import Worth

RELEASE = Archive("sglang", "sglang-0.4.1.tar.gz", "79db4073ba8ebc261d27c4a082c760ac52ae0d3bd91976dd516c6870cd5a6f30")
TURNS = 3


def speeds(cache: Path, *, offline: bool) -> Iterator[Speed]:
    """Processor time of one process, the best of three turns; the pack is the bundled one."""
    deep()
    files = {path: searchable(data) for path, data in python_files(archive_path(RELEASE, cache, offline=offline))}
    pack = Pack(load().signatures())
    places = [Place(path, units_of(path, data, sinks())[0]) for path, data in files.items()]
    total = sum(len(place.units) for place in places)
    functions = sum(not unit.is_class for place in places for unit in place.units)
    trees = {path: tree for path, data in files.items() if (tree := parsed(data)) is not None}
    steps = (
        ("matched: units are known", lambda: _matched(pack, places)),
        ("judged and told as well", lambda: copies(pack, places)),
        ("all normalised, hashed and matched: trees are known", lambda: _normalised(pack, trees)),
        ("those that their words allow to be copies, the same: trees are known", lambda: _chosen(pack, files, trees)),
        ("everything from the files' bytes on", lambda: _all(pack, files)),
        (
            "from the bytes on, as `gnomon trace` does it: chosen by their words",
            lambda: _worthy(pack, files),
        ),
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


def _normalised(pack: Pack, trees: Mapping[str, ast.Module]) -> int:
    return _matched(pack, [Place(path, tuple(units(tree, path, sinks()))) for path, tree in trees.items()])


def _chosen(pack: Pack, files: Mapping[str, bytes], trees: Mapping[str, ast.Module]) -> int:
    worth = Worth(sinks(), pack.signatures)
    places = []
    for path in worth.files(files, Words(files)):
        wanted = worth.wanted(trees[path], path, files[path])
        places.append(Place(path, tuple(units(trees[path], path, sinks(), wanted))))
    return _matched(pack, places)


def _all(pack: Pack, files: Mapping[str, bytes]) -> int:
    return _matched(pack, [Place(path, units_of(path, data, sinks())[0]) for path, data in files.items()])


def _worthy(pack: Pack, files: Mapping[str, bytes]) -> int:
    worth = Worth(sinks(), pack.signatures)
    paths = worth.files(files, Words(files))
    return _matched(pack, [Place(path, units_of(path, files[path], sinks(), worth)[0]) for path in paths])
