"""A lineage as families: trees in which each copy stands below the code that it was most surely taken from."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from msgspec import Struct

from gnomon.core.lineage import UNSAFE, Edge, Lineage, Node
from gnomon.core.severity import Confidence

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SURENESS = list(Confidence)


class Member(Struct, frozen=True, kw_only=True):
    """One node in its place in a family."""

    node: Node
    edge: Edge | None
    """From the code that it was most surely taken from; None for a root."""
    source: Node | None
    """What `edge` comes from."""
    further: tuple[tuple[Edge, Node], ...]
    """What else it may have been taken from, the surest first."""
    lasts: tuple[bool, ...]
    """For each generation below the root down to this one: is it the last child there?"""


Family = tuple[Member, ...]
"""Everything that edges join, each copy below its source; the roots oldest first."""


def families(lineage: Lineage) -> tuple[Family, ...]:
    """All nodes of the lineage, the oldest family first."""
    return _Forest(lineage).families()


def day(text: str) -> date | None:
    """The day of an ISO 8601 date; None if it is none."""
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def first_day(node: Node) -> date | None:
    """The first day on which the code is known to have been there; None if no day is known."""
    days = (day(text) for text in (node.first_seen, *(moment.date for moment in node.moments)))
    return min((each for each in days if each), default=None)


def oldest_first(nodes: Sequence[Node]) -> list[int]:
    """Positions in `nodes`, by first day; those without one come last, and nothing else is reordered."""
    days = [first_day(node) for node in nodes]
    return sorted(range(len(nodes)), key=lambda at: (days[at] is None, days[at] or date.max, at))


def related(lineage: Lineage) -> Lineage:
    """What was taken from another place, or to one; everything if nothing was."""
    ends = {end for edge in lineage.edges for end in (edge.source, edge.target)}
    nodes = tuple(node for node in lineage.nodes if node.id in ends)
    return Lineage(nodes=nodes, edges=lineage.edges) if nodes else lineage


def unsafe_members(lineage: Lineage) -> list[Member]:
    """The members in which the load is still there, the worst state first."""
    found = [member for family in families(lineage) for member in family if member.node.state in UNSAFE]
    return sorted(found, key=lambda member: UNSAFE.index(member.node.state))


class _Forest:
    """The nodes by position, each with the edges that lead to it."""

    def __init__(self, lineage: Lineage) -> None:
        self._nodes = lineage.nodes
        places: dict[str, int] = {}
        for at, node in enumerate(lineage.nodes):
            places.setdefault(node.id, at)
        self._ranks = {at: rank for rank, at in enumerate(oldest_first(lineage.nodes))}
        self._edges: list[list[tuple[Edge, int]]] = [[] for _ in lineage.nodes]
        for edge in sorted(lineage.edges, key=lambda edge: (_SURENESS.index(edge.confidence), -edge.similarity)):
            source, target = places.get(edge.source), places.get(edge.target)
            if source is not None and target is not None and source != target:
                self._edges[target].append((edge, source))
        self._parents = [edges[0][1] if edges else None for edges in self._edges]
        self._break_circles()

    def families(self) -> tuple[Family, ...]:
        groups: dict[int, list[int]] = {}
        leaders = self._leaders()
        for at in sorted(self._ranks, key=self._ranks.__getitem__):
            groups.setdefault(leaders[at], []).append(at)
        children: dict[int | None, list[int]] = {}
        for at in sorted(self._ranks, key=self._ranks.__getitem__):
            children.setdefault(self._parents[at], []).append(at)
        return tuple(
            tuple(self._tree([at for at in group if self._parents[at] is None], children)) for group in groups.values()
        )

    def _tree(self, roots: Sequence[int], children: dict[int | None, list[int]]) -> Iterator[Member]:
        waiting: list[tuple[int, tuple[bool, ...]]] = []
        waiting += [(root, ()) for root in reversed(roots)]
        while waiting:
            at, lasts = waiting.pop()
            yield self._member(at, lasts)
            below = children.get(at, [])
            waiting += [(child, (*lasts, child == below[-1])) for child in reversed(below)]

    def _member(self, at: int, lasts: tuple[bool, ...]) -> Member:
        known = [(edge, self._nodes[source]) for edge, source in self._edges[at]]
        if self._parents[at] is None:
            return Member(node=self._nodes[at], edge=None, source=None, further=tuple(known), lasts=lasts)
        edge, source = known[0]
        return Member(node=self._nodes[at], edge=edge, source=source, further=tuple(known[1:]), lasts=lasts)

    def _break_circles(self) -> None:
        """Makes the oldest of nodes that were taken from one another in a circle a root."""
        done: set[int] = set()
        for start in range(len(self._nodes)):
            way: dict[int, None] = {}
            at: int | None = start
            while at is not None and at not in done and at not in way:
                way[at] = None
                at = self._parents[at]
            if at is not None and at in way:
                steps = list(way)
                circle = steps[steps.index(at) :]
                self._parents[min(circle, key=self._ranks.__getitem__)] = None
            done.update(way)

    def _leaders(self) -> list[int]:
        """For each node, one node that stands for all that edges join it with."""
        leaders = list(range(len(self._nodes)))

        def leader(at: int) -> int:
            while leaders[at] != at:
                leaders[at] = leaders[leaders[at]]
                at = leaders[at]
            return at

        for at, edges in enumerate(self._edges):
            for _, source in edges:
                leaders[leader(at)] = leader(source)
        return [leader(at) for at in range(len(leaders))]
