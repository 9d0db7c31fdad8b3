"""Copies between projects, labelled by hand: are they found, and in which state are they said to be?

usage: python bench/lineage/run.py --repositories DIR [--cache DIR] [--offline] [--jobs N] [--only PART,…] [--json OUT]

DIR holds clones of the labelled repositories, or of forks that hold their commits, each at `<owner>+<name>`. Nothing of
them is run. The parts are recall (always), choices, mutations, speed, states and rivals; with --only the answers of the
parts that are left out are taken from the kept results.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.accuracy import scanner
from bench.archives import ArchiveError, default_cache
from bench.lineage import labels, reading, recall, results, tables
from bench.lineage.pairs import strongest
from bench.lineage.sources import NotThere, Sources, Tree, tree
from bench.machine import this_machine
from gnomon.core.signature import Signature
from gnomon.python.text import searchable


class Bench(Struct, frozen=True, kw_only=True):
    """Where everything is."""

    sources: Sources
    kept: Path
    """Folder of units that were read before."""
    jobs: int
    edges: tuple[labels.Edge, ...]
    missing: dict[Tree, str]
    """Trees that can't be had, and why."""

    def origin(self, edge: labels.Edge) -> Tree:
        """Where the original is read."""
        return tree(edge.src.repo, edge.src.best_match_commit, edge.src.release)

    def target(self, edge: labels.Edge) -> Tree:
        """Where the copy is searched for."""
        return tree(edge.dst.repo, edge.dst.commit, edge.dst.release)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the report; 0 if at least one labelled copy could be asked."""
    parser = argparse.ArgumentParser(description="Are copies of flawed code found?")
    parser.add_argument("--repositories", type=Path, required=True, help="folder of clones")
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--offline", action="store_true", help="use the cache only")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="choices,mutations,speed,states,rivals", help="parts beside recall")
    parser.add_argument("--json", type=Path, help="keep the answers here")
    given = parser.parse_args(argv)
    sources = Sources(given.repositories, given.cache, offline=given.offline)
    run = measured(prepared(sources, given.cache / "lineage", given.jobs))
    print(tables.report(run))
    if given.json is not None:
        results.write(run, given.json)
    return 0 if any(each.counts for each in run.edges) else 1


def prepared(sources: Sources, kept: Path, jobs: int) -> Bench:
    """Every tree that can be had, read."""
    bench = Bench(sources=sources, kept=kept, jobs=jobs, edges=labels.edges(), missing={})
    wanted = {bench.origin(edge) for edge in bench.edges} | {bench.target(edge) for edge in bench.edges}
    for each in wanted:
        try:
            sources.check(each)
        except (NotThere, ArchiveError) as error:
            bench.missing[each] = str(error)
    reading.read_all(sorted(wanted - bench.missing.keys()), sources, kept, jobs)
    return bench


def measured(bench: Bench) -> results.Lineage:
    """The answers of all parts."""
    originals = {edge.id: known for edge in bench.edges if (known := original(bench, edge)) is not None}
    found, pairs, functions, trees = searched(bench, originals)
    return results.Lineage(
        machine=this_machine(),
        tool=scanner.version(),
        edges=tuple(found),
        functions=functions,
        trees=trees,
        pairs=strongest(pairs),
    )


def original(bench: Bench, edge: labels.Edge) -> Signature | None:
    """The labelled original's signature; None if its tree or the function is not to be had."""
    where = bench.origin(edge)
    if where in bench.missing:
        return None
    path = recall.path_of(edge.src)
    place = next((each for each in reading.places(where, bench.sources, bench.kept) if each.path == path), None)
    return recall.signature(place, edge.src.qualname, where.name) if place is not None else None


def searched(bench: Bench, originals: dict[str, Signature]) -> tuple[list[results.Found], list[results.Pair], int, int]:
    """Every labelled copy's answer, all pairs of other names, and how many distinct functions and trees there are."""
    found: dict[str, results.Found] = {}
    pairs: list[results.Pair] = []
    seen: set[int] = set()
    functions = trees = 0
    by_target: dict[Tree, list[labels.Edge]] = {}
    for edge in bench.edges:
        by_target.setdefault(bench.target(edge), []).append(edge)
    for target, edges in sorted(by_target.items()):
        if target in bench.missing:
            continue
        places = reading.places(target, bench.sources, bench.kept)
        texts = bench.sources.files(target)
        for edge in edges:
            if edge.id in originals:
                text = searchable(texts[recall.path_of(edge.dst)])
                found[edge.id] = recall.outcome(edge, originals[edge.id], bench.origin(edge).name, places, text)
        functions += recall.distinct(places, seen)
        pairs += recall.pairs(originals.values(), target.name, places, seen)
        seen |= {recall.identity(unit) for place in places for unit in place.units}
        trees += 1
    return [found.get(edge.id) or not_asked(bench, edge) for edge in bench.edges], pairs, functions, trees


def not_asked(bench: Bench, edge: labels.Edge) -> results.Found:
    """An answer that says why there is none."""
    missing = [bench.missing[each] for each in (bench.origin(edge), bench.target(edge)) if each in bench.missing]
    return results.Found(
        edge=edge.id,
        family=edge.family,
        confidence=edge.confidence,
        source=bench.origin(edge).name,
        target=bench.target(edge).name,
        why_not="; ".join(missing) or "the file has no such function",
    )


if __name__ == "__main__":
    sys.exit(main())
