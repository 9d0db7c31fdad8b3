"""Labelled functions as they are today: which state does trace give them, by a signature of their first version?"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bench.archives import ArchiveError
from bench.lineage import reading
from bench.lineage.labels import LabelledState, Node, nodes
from bench.lineage.recall import signature
from bench.lineage.results import Judgement
from bench.lineage.sources import NotThere, Sources, Tree, tree
from gnomon.core.lineage import Copy
from gnomon.core.signature import Signature
from gnomon.trace.copies import copies
from gnomon.trace.pack import Pack

RIGHT: Mapping[LabelledState, tuple[str, ...]] = {
    "unfixed": ("unfixed",),
    "unfixed_local": ("unfixed",),  # it was local from the first day on
    "mitigated": ("mitigated",),
    "gated": ("gated",),
    "moved_not_fixed": ("moved",),
    "fixed": ("fixed",),
    "removed": ("", "removed"),
}
"""What trace should say; for code that is gone there is no entry."""


def judgements(sources: Sources, kept: Path, jobs: int) -> Iterator[Judgement]:
    """One answer for each labelled function whose first version and whose present tree can be had."""
    asked = [node for node in nodes() if node.state in RIGHT]
    missing = dict(
        _missing({head(node) for node in asked} | {first for node in asked if (first := start(node))}, sources)
    )
    reading.read_all(sorted({head(node) for node in asked} - missing.keys()), sources, kept, jobs)
    by_head: dict[Tree, list[Node]] = {}
    for node in asked:
        by_head.setdefault(head(node), []).append(node)
    for where, here in by_head.items():
        places = () if where in missing else reading.places(where, sources, kept)
        for node in here:
            original, why = _original(node, sources, missing)
            if original is None or where in missing:
                yield _judgement(node, None, why_not=why or missing[where])
            else:
                yield _judgement(node, _that(node, copies(Pack([original]), places)))


def head(node: Node) -> Tree:
    """Where the function is looked for."""
    return tree(node.repo, node.head_commit, node.head_release)


def start(node: Node) -> Tree | None:
    """Where the signature is taken from; None if it is not known when the function came in."""
    if node.introduced_release is not None or node.introduced_commit is not None:
        return tree(node.repo, node.introduced_commit or "", node.introduced_release)
    return None


def is_right(answer: Judgement) -> bool:
    """True if trace says what the label says."""
    return any(label == answer.labelled and answer.said in said for label, said in RIGHT.items())


def _missing(wanted: Iterable[Tree], sources: Sources) -> Iterator[tuple[Tree, str]]:
    for each in wanted:
        try:
            sources.check(each)
        except (NotThere, ArchiveError) as error:
            yield each, str(error)


def _original(node: Node, sources: Sources, missing: Mapping[Tree, str]) -> tuple[Signature | None, str]:
    where = start(node)
    if where is None or where in missing:
        return None, missing[where] if where is not None else "when it came in is not known"
    path = node.introduced_release.path if node.introduced_release is not None else node.introduced_path or ""
    place = reading.place(where, path, sources)
    known = signature(place, node.qualname, where.name) if place is not None else None
    return known, "" if known is not None else f"{path} of {where.name} has no {node.qualname}"


def _that(node: Node, found: Iterable[Copy]) -> Copy | None:
    """The entry for the labelled place; where no place is labelled, the first."""
    if node.head_location is None:
        return next(iter(found), None)
    path = node.head_release.path if node.head_release is not None else node.head_location[0]
    mine = f"{node.head_location[1]}."
    for copy in found:
        its = f"{copy.qualname}."
        if copy.path == path and (its.startswith(mine) or mine.startswith(its)):
            return copy
    return None


def _judgement(node: Node, copy: Copy | None, why_not: str = "") -> Judgement:
    return Judgement(
        node=node.id,
        tree=head(node).name,
        days_apart=node.head_release.days_apart if node.head_release is not None else None,
        labelled=node.state,
        said=copy.state if copy is not None else "",
        reason=copy.reason if copy is not None else "",
        why_not=why_not,
    )
