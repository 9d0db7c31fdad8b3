"""Labelled functions as they are today: which state does trace give them, by a signature of their first version?"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from bench.archives import ArchiveError
from bench.lineage import reading
from bench.lineage.labels import FOLDER, LabelledState, Node, nodes
from bench.lineage.recall import signature
from bench.lineage.results import Judgement
from bench.lineage.sources import NotThere, Sources, Tree, tree
from gnomon.core.lineage import Copy
from gnomon.core.signature import Signature
from gnomon.trace.copies import copies
from gnomon.trace.pack import Pack


class Reading(Struct, frozen=True, kw_only=True):
    """Why trace and label disagree."""

    node: str
    right: Literal["trace", "label", "neither"]
    why: str


RIGHT: Mapping[LabelledState, tuple[str, ...]] = {
    "unfixed": ("unfixed",),
    "unfixed_local": ("unfixed", "mitigated"),  # bound to the loopback interface alone
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
        others = {_labelled(node) for node in nodes() if node.head_location is not None and head(node) == where}
        for node in here:
            original, why = _original(node, sources, missing)
            if original is None or where in missing:
                yield _judgement(node, None, why_not=why or missing[where])
            else:
                yield _judgement(node, _that(node, copies(Pack([original]), places), others))


def head(node: Node) -> Tree:
    """Where the function is looked for."""
    return tree(node.repo, node.head_commit, node.head_release)


def start(node: Node) -> Tree | None:
    """Where the signature is taken from; None if it is not known when the function came in."""
    if node.introduced_release is not None or node.introduced_commit is not None:
        return tree(node.repo, node.introduced_commit or "", node.introduced_release)
    return None


def is_right(answer: Judgement) -> bool:
    """True if trace says what the label says; of a function that is gone it may say nothing."""
    if answer.gone and answer.labelled == "fixed" and not answer.said:
        return True
    return any(label == answer.labelled and answer.said in said for label, said in RIGHT.items())


def readings() -> dict[str, Reading]:
    """What reading the code says of each disagreement, by function."""
    lines = (FOLDER / "states-read.jsonl").read_text(encoding="utf-8").splitlines()
    return {each.node: each for each in (msgspec.json.decode(line, type=Reading) for line in lines)}


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


def _that(node: Node, found: Iterable[Copy], labelled: Iterable[tuple[str, str]]) -> Copy | None:
    """The entry for the labelled place; where no place is labelled, the first that is not another function's."""
    if node.head_location is not None:
        return next((copy for copy in found if _is_at(copy, _labelled(node))), None)
    return next((copy for copy in found if not any(_is_at(copy, where) for where in labelled)), None)


def _labelled(node: Node) -> tuple[str, str]:
    """Path and qualified name today."""
    path, qualname, *_ = node.head_location or ("", "")
    return (node.head_release.path if node.head_release is not None else path), qualname


def _is_at(copy: Copy, where: tuple[str, str]) -> bool:
    mine, its = f"{where[1]}.", f"{copy.qualname}."
    return copy.path == where[0] and (its.startswith(mine) or mine.startswith(its))


def _judgement(node: Node, copy: Copy | None, why_not: str = "") -> Judgement:
    return Judgement(
        node=node.id,
        tree=head(node).name,
        days_apart=node.head_release.days_apart if node.head_release is not None else None,
        gone=node.head_location is None,
        labelled=node.state,
        said=copy.state if copy is not None else "",
        reason=copy.reason if copy is not None else "",
        why_not=why_not,
    )
