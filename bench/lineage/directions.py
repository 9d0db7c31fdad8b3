"""Who was first: for each labelled copy, is the edge drawn from the original to the copy?

usage: python bench/lineage/directions.py --repositories DIR [--cache DIR] [--offline] [--json OUT]

Both functions are given to the product's own lineage, with what it reads itself: first-seen days from the clones'
histories (the day of the release where a commit is in no clone), and the comments in both files. Nothing of the labels
is told but where the two functions are. Asked three times: with all of it, with comments alone, with days alone.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench import kept
from bench.archives import ArchiveError, default_cache
from bench.lineage import labels
from bench.lineage.reading import place, sinks
from bench.lineage.sources import NotThere, Sources, Tree, tree
from bench.machine import Machine, described, this_machine
from bench.markdown import table
from gnomon.core.errors import GnomonError
from gnomon.io.git_history import Clone, Version, clone_of, history, since_copied
from gnomon.python.text import searchable
from gnomon.trace.attribution import of_unit
from gnomon.trace.copies import Place
from gnomon.trace.lineage import lineage
from gnomon.trace.reading import units_of
from gnomon.trace.strains import FIRST_SEEN, Release, Sighting

COMMITTED = Path(__file__).parents[1] / "results" / "directions.json"

Drawn = Literal["right", "wrong", "none"]
WAYS = ("comments and days", "comments alone", "days alone")


class Direction(Struct, frozen=True, kw_only=True):
    """What is drawn for one labelled copy."""

    edge: str
    confidence: str
    why_not: str = ""
    """Why it could not be asked; then nothing below is told."""
    source_day: str = ""
    source_basis: str = ""
    target_day: str = ""
    target_basis: str = ""
    says_so: bool = False
    """A comment of the copy names the original's project."""
    drawn: dict[str, Drawn] = {}
    """By each of WAYS."""
    sure: str = ""
    """Confidence of the edge that is drawn with all evidence."""


class Directions(Struct, frozen=True, kw_only=True):
    """One run."""

    machine: Machine
    edges: tuple[Direction, ...]


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; 0 if at least one copy could be asked."""
    parser = argparse.ArgumentParser(description="Is the edge drawn from the original to the copy?")
    parser.add_argument("--repositories", type=Path, required=True, help="folder of clones")
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--offline", action="store_true", help="use the cache only")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(argv)
    sources = Sources(given.repositories, given.cache, offline=given.offline)
    run = Directions(machine=this_machine(), edges=tuple(_direction(edge, sources) for edge in labels.edges()))
    print(report(run))
    if given.json is not None:
        kept.write(run, given.json)
    return 0 if any(not each.why_not for each in run.edges) else 1


def read(path: Path = COMMITTED) -> Directions:
    """The kept run."""
    return kept.read(path, Directions)


def report(run: Directions) -> str:
    """The counts, and every copy that is drawn wrongly or not at all."""
    counted = [each for each in run.edges if each.confidence in labels.TRUE and not each.why_not]
    rows = []
    for way in WAYS:
        drawn = [each.drawn[way] for each in counted]
        made = len(drawn) - drawn.count("none")
        share = f"{drawn.count('right')} of {made} ({drawn.count('right') / max(made, 1):.0%})"
        rows.append((way, share, str(drawn.count("none"))))
    missed = [
        (
            each.edge,
            each.drawn[WAYS[0]],
            f"{each.source_day} {each.source_basis}",
            f"{each.target_day} {each.target_basis}",
        )
        for each in counted
        if each.drawn[WAYS[0]] != "right"
    ]
    unasked = [f"{each.edge} ({each.why_not})" for each in run.edges if each.why_not and each.confidence in labels.TRUE]
    parts = [
        f"{described(run.machine)} {len(counted)} labelled copies, strong and probable.",
        table(("evidence", "direction right", "no edge"), rows),
        table(("copy", "drawn", "original since", "copy since"), missed) if missed else "Every one is drawn rightly.",
    ]
    if unasked:
        parts.append(f"Not asked: {'; '.join(unasked)}.")
    return "\n\n".join(parts)


def _direction(edge: labels.Edge, sources: Sources) -> Direction:
    try:
        source = _sighting(tree(edge.src.repo, edge.src.best_match_commit, edge.src.release), edge.src, sources)
        target = _sighting(tree(edge.dst.repo, edge.dst.commit, edge.dst.release), edge.dst, sources)
    except (NotThere, ArchiveError, LookupError, GnomonError) as error:
        return Direction(edge=edge.id, confidence=edge.confidence, why_not=str(error))
    if source.release.project == target.release.project:  # a copy within one project: both are there then
        source = replace(source, release=replace(source.release, label=target.release.label))
    asked = {
        WAYS[0]: (source, target),
        WAYS[1]: (_undated(source), _undated(target)),
        WAYS[2]: (replace(source, attributions=()), replace(target, attributions=())),
    }
    answers = {way: _drawn(*pair, edge) for way, pair in asked.items()}
    return Direction(
        edge=edge.id,
        confidence=edge.confidence,
        source_day=source.release.date,
        source_basis=source.release.basis,
        target_day=target.release.date,
        target_basis=target.release.basis,
        says_so=answers[WAYS[1]][0] == "right",
        drawn={way: answer[0] for way, answer in answers.items()},
        sure=answers[WAYS[0]][1],
    )


def _drawn(source: Sighting, target: Sighting, edge: labels.Edge) -> tuple[Drawn, str]:
    """What the product says of the two, and how sure it is."""
    forges = {source.release.project: edge.src.repo, target.release.project: edge.dst.repo}
    answer = lineage([source.release, target.release], [source, target], (), forges)
    ends = {node.id: (node.path, node.project) for node in answer.nodes}
    for found in answer.edges:
        if found.source in ends and found.target in ends and ends[found.source] != ends[found.target]:
            first = (source.path, source.release.project)
            return ("right" if ends[found.source] == first else "wrong"), found.confidence.value
    return "none", ""


def _undated(sighting: Sighting) -> Sighting:
    return replace(sighting, release=replace(sighting.release, date="", basis=""))


def _sighting(wanted: Tree, at: labels.Original | labels.Copied, sources: Sources) -> Sighting:
    """The function as it was first there, as far back as its history is at hand."""
    project = at.repo.rpartition("/")[2]
    path = at.release.path if at.release is not None else at.path
    if at.release is not None:
        found = place(wanted, path, sources)
        text = searchable(sources.files(wanted).get(path, b"")).decode()
        release = Release(
            project=project, label=wanted.name, date=at.release.uploaded[:10], basis="upload to the index"
        )
        return _seen(Place(path, found.units if found else (), text), at.qualname, release)
    clone = clone_of(f"{sources.holding(wanted)}@{wanted.commit}")
    first, now = _first(clone, path, at.qualname)
    release = Release(project=project, label=wanted.commit[:12], date=first.date, basis=FIRST_SEEN)
    return _seen(_place(now), at.qualname, release)


def _first(clone: Clone, path: str, qualname: str) -> tuple[Version, Version]:
    """The oldest version that has the function, and the newest."""
    versions = since_copied(history(clone, path, qualname.rpartition(".")[2]).versions)
    having = [each for each in versions if any(unit.qualname == qualname for unit in _place(each).units)]
    if not having:
        raise LookupError(f"{path} has no {qualname} in its history")
    return having[0], having[-1]


def _place(version: Version) -> Place:
    data = searchable(version.data)
    units, _ = units_of(version.path, data, sinks())
    return Place(version.path, units, data.decode())


def _seen(found: Place, qualname: str, release: Release) -> Sighting:
    unit = next((each for each in found.units if each.qualname == qualname), None)
    if unit is None:
        raise LookupError(f"{found.path} has no {qualname}")
    said = tuple(of_unit(found.attributions, unit))
    return Sighting(
        release=release, path=found.path, unit=unit, state="unfixed", reason="as labelled", attributions=said
    )


if __name__ == "__main__":
    sys.exit(main())
