"""Copies between projects, labelled by hand: are they found, and in which state are they said to be?

usage: python bench/lineage/run.py --repositories DIR [--cache DIR] [--offline] [--jobs N] [--only PART,…]
                                   [--jscpd PROGRAM] [--json OUT]

DIR holds clones of the labelled repositories, or of forks that hold their commits, each at `<owner>+<name>`. Nothing of
them is run. The parts are recall (always), choices, mutations, speeds, states and rivals; with --only the answers of
the parts that are left out are taken from OUT, if it is there.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct, structs

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.accuracy import scanner
from bench.accuracy.labels import releases
from bench.archives import ArchiveError, default_cache
from bench.lineage import ablation, choices, labels, mutants, reading, recall, results, rivals, speeds, states, tables
from bench.lineage.pairs import readings, strongest
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
    offline: bool
    jscpd: Path | None
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
    parser.add_argument("--only", default="choices,mutations,speeds,states,rivals", help="parts beside recall")
    parser.add_argument("--jscpd", type=Path, help="its program; without it that part is left out")
    parser.add_argument("--json", type=Path, help="keep the answers here")
    given = parser.parse_args(argv)
    sources = Sources(given.repositories, given.cache, offline=given.offline)
    bench = prepared(sources, given)
    kept = results.read(given.json) if given.json is not None and given.json.exists() else None
    run = measured(bench, given.only.split(","), kept)
    if given.json is not None:
        results.write(run, given.json)
    print(tables.report(run))
    return 0 if any(each.counts for each in run.edges) else 1


def prepared(sources: Sources, given: argparse.Namespace) -> Bench:
    """Every tree that can be had, read."""
    kept, jobs = given.cache / "lineage", given.jobs
    bench = Bench(
        sources=sources,
        kept=kept,
        jobs=jobs,
        offline=given.offline,
        jscpd=given.jscpd,
        edges=labels.edges(),
        missing={},
    )
    wanted = {bench.origin(edge) for edge in bench.edges} | {bench.target(edge) for edge in bench.edges}
    for each in wanted.union(unrelated(bench)):
        try:
            sources.check(each)
        except (NotThere, ArchiveError) as error:
            bench.missing[each] = str(error)
    targets = {bench.target(edge) for edge in bench.edges} - bench.missing.keys()
    reading.read_all([*sorted(targets), *unrelated(bench)], sources, kept, jobs)
    return bench


def measured(bench: Bench, parts: Sequence[str], kept: results.Lineage | None) -> results.Lineage:
    """The answers of all parts; of those that are not asked for, the kept ones."""
    originals = {edge.id: known for edge in bench.edges if (known := original(bench, edge)) is not None}
    found, pairs, functions, trees = searched(bench, originals)
    hits, unrelated = innocent(bench, originals)
    run = results.Lineage(
        machine=this_machine(),
        tool=scanner.version(),
        edges=tuple(found),
        functions=functions,
        trees=trees,
        pairs=strongest(pair for pair in pairs if not recall.same_name(pair.original, pair.qualname)),
        unrelated=tuple(f"{one.package} {one.version}" for one in labels.unrelated()),
        unrelated_functions=unrelated,
        unrelated_hits=strongest(hits),
    )
    asked: dict[str, Callable[[], object]] = {
        "choices": lambda: tuple(chosen(bench, found)),
        "states": lambda: tuple(states.judgements(bench.sources, bench.kept, bench.jobs)),
        "mutations": lambda: tuple(mutants.mutations(mutable(), bench.sources, bench.jobs)),
        "speeds": lambda: tuple(speeds.speeds(bench.kept.parent, offline=bench.offline)),
        "rivals": lambda: tuple(rivals.rivals(bench.jscpd, bench.kept.parent, offline=bench.offline)),
    }
    if bench.jscpd is None:
        del asked["rivals"]
    before = {name: getattr(kept, name) for name in asked} if kept is not None else {}
    return structs.replace(run, **before | {name: asked[name]() for name in parts if name in asked})


def mutable() -> list[Tree]:
    """The newest labelled release of each package: their functions are changed."""
    newest = {one.package: one for one in sorted(releases(), key=lambda one: one.released)}
    return [Tree(one.archive, project=one.package, sha256=one.sha256) for one in newest.values()]


def innocent(bench: Bench, originals: dict[str, Signature]) -> tuple[list[results.Pair], int]:
    """Everything that is called a copy where there should be none, and how many distinct functions there are."""
    hits: list[results.Pair] = []
    seen: set[int] = set()
    functions = 0
    for each in unrelated(bench):
        places = reading.places(each, bench.sources, bench.kept)
        functions += recall.distinct(places, seen)
        hits += recall.pairs(originals.values(), each.name, places, seen)
        seen |= {recall.identity(unit) for place in places for unit in place.units}
    return hits, functions


def unrelated(bench: Bench) -> list[Tree]:
    """Trees without a copy, as far as they can be had."""
    every = [Tree(one.archive, project=one.package, sha256=one.sha256) for one in labels.unrelated()]
    return [each for each in every if each not in bench.missing]


def chosen(bench: Bench, found: Sequence[results.Found]) -> Iterator[results.Choice]:
    """What each choice of tokens, run, measure and thresholds would give."""
    counted = frozenset(each.edge for each in found if each.counts)
    edges = [edge for edge in bench.edges if edge.id in counted]
    pieces = {edge.id: piece for edge in edges if (piece := original_piece(bench, edge)) is not None}
    question = ablation.Question(
        originals=pieces,
        copies={edge.id: (bench.target(edge).name, recall.path_of(edge.dst), edge.dst.qualname) for edge in edges},
        read=frozenset(key for key, each in readings().items() if each.verdict == "copy"),
    )
    targets = sorted({bench.target(edge) for edge in bench.edges} - bench.missing.keys())
    copies = list(ablation.answers(targets, question, bench.sources, bench.jobs))
    foreign = list(ablation.answers(unrelated(bench), question, bench.sources, bench.jobs))
    yield from choices.choices(copies, foreign, counted)


def original_piece(bench: Bench, edge: labels.Edge) -> ablation.Piece | None:
    """The labelled original in each spelling."""
    path = recall.path_of(edge.src)
    data = bench.sources.files(bench.origin(edge))[path]
    return next((piece for piece in ablation.pieces({path: data}) if piece.qualname == edge.src.qualname), None)


def original(bench: Bench, edge: labels.Edge) -> Signature | None:
    """The labelled original's signature; None if its tree or the function is not to be had."""
    where = bench.origin(edge)
    if where in bench.missing:
        return None
    path = recall.path_of(edge.src)
    place = reading.place(where, path, bench.sources)
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
