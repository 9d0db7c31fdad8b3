"""A lineage made small enough to be looked at: a node for each project, or the worst places of all."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from msgspec.structs import replace

from gnomon.core.lineage import Clue, Edge, Lineage, Moment, Node, State
from gnomon.core.severity import Confidence
from gnomon.render.family import oldest_first
from gnomon.render.page import counted
from gnomon.render.tone import WORST_FIRST

MOST_MOMENTS = 14
"""Of one node in a picture."""
_SURENESS = list(Confidence)


def by_project(lineage: Lineage, most: int) -> Lineage:
    """One node for all places of a project, in the worst state of any; at most that many, the worst projects."""
    projects: dict[str, list[Node]] = {}
    for node in lineage.nodes:
        projects.setdefault(node.project, []).append(node)
    nodes = [_together(project, members) for project, members in projects.items()]
    kept = sorted(nodes, key=lambda node: WORST_FIRST.index(node.state))[:most]
    names = {node.id for node in kept}
    return Lineage(nodes=tuple(node for node in nodes if node.id in names), edges=tuple(_between(lineage)))


def worst(lineage: Lineage, most: int) -> Lineage:
    """The worst places, at most that many, and how they are related among one another."""
    ranked = sorted(lineage.nodes, key=lambda node: WORST_FIRST.index(node.state))[:most]
    ids = {node.id for node in ranked}
    nodes = tuple(node for node in lineage.nodes if node.id in ids)[:most]
    return Lineage(nodes=nodes, edges=lineage.edges)


def thinned(lineage: Lineage) -> tuple[Lineage, int]:
    """The lineage without most of the moments at which nothing had changed, and how many those are."""
    nodes = tuple(replace(node, moments=tuple(_telling(node.moments))) for node in lineage.nodes)
    left = sum(len(node.moments) for node in nodes)
    return replace(lineage, nodes=nodes), sum(len(node.moments) for node in lineage.nodes) - left


def _telling(moments: Sequence[Moment]) -> Sequence[Moment]:
    if len(moments) <= MOST_MOMENTS:
        return moments
    changes = [
        at for at in range(len(moments)) if at in (0, len(moments) - 1) or moments[at].state != moments[at - 1].state
    ]
    if len(changes) >= MOST_MOMENTS:
        return [moments[at] for at in (*changes[: MOST_MOMENTS - 1], changes[-1])]
    spare = MOST_MOMENTS - len(changes)
    between = [len(moments) * number // (spare + 1) for number in range(1, spare + 1)]
    return [moments[at] for at in sorted({*changes, *between})]


def _together(project: str, members: Sequence[Node]) -> Node:
    """All places of a project as one."""
    oldest = members[oldest_first(members)[0]]
    return Node(
        id=project,
        project=project,
        qualname=counted(len(members), "place"),
        path="",
        moments=tuple(_moments(members)),
        first_seen=oldest.first_seen,
        first_seen_basis=oldest.first_seen_basis,
    )


def _moments(members: Sequence[Node]) -> Iterator[Moment]:
    """The days of all of them, each with the worst state that any was in then."""
    told = sorted(
        ((moment.date, number, moment) for number, node in enumerate(members) for moment in node.moments),
        key=lambda each: each[0],
    )
    states: dict[int, State] = {}
    for date, group in groupby(told, key=lambda each: each[0]):
        label = ""
        for _, number, moment in group:
            states[number] = moment.state
            label = moment.label
        counts = Counter(states.values())
        present = [state for state in WORST_FIRST if counts[state]]
        reason = ", ".join(f"{counts[state]:,} {state}" for state in present)
        yield Moment(label=label, date=date, state=present[0], reason=reason, path="", line=0)


def _between(lineage: Lineage) -> Iterator[Edge]:
    """From project to project, the surest edge, with how many others there are."""
    projects = {node.id: node.project for node in lineage.nodes}
    pairs: dict[tuple[str, str], list[Edge]] = {}
    for edge in lineage.edges:
        source, target = projects.get(edge.source), projects.get(edge.target)
        if source is not None and target is not None and source != target:
            pairs.setdefault((source, target), []).append(edge)
    for (source, target), edges in pairs.items():
        best = min(edges, key=lambda edge: (_SURENESS.index(edge.confidence), -edge.similarity))
        clues = (Clue(kind="similarity", note=f"{counted(len(edges), 'place')} taken; the surest:"), *best.clues)
        yield replace(best, source=source, target=target, clues=clues)
