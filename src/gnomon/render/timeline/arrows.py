"""The arrows of a timeline: from code to its copies, each upright part where it hides nothing and joins no stranger."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from gnomon.core.lineage import Edge, Lineage, Node
from gnomon.core.severity import Confidence
from gnomon.render.page import counted
from gnomon.render.timeline.picture import Arrow
from gnomon.render.timeline.row import Row

_NEAREST, _STEP, _PLACES = 17.0, 5.0, 6
"""Where an upright part may be: this far left of the copy's first mark, or some steps further."""
_CLEAR_OF_MARK, _CLEAR_OF_TRUNK = 8.5, 4.0


class _Trunk(Struct, frozen=True, kw_only=True):
    """The upright part of an arrow that is drawn already."""

    source: str
    confidence: Confidence
    x: float
    top: float
    bottom: float


def arrows(lineage: Lineage, rows: Mapping[int, Row]) -> Iterator[Arrow]:
    """An arrow for each edge between two nodes of the lineage. `rows` are by the nodes' identity."""
    nodes: dict[str, Node] = {}
    for node in lineage.nodes:
        nodes.setdefault(node.id, node)
    marks = [(mark.x, mark.y) for row in rows.values() for mark in row.marks if not mark.is_small]
    trunks: list[_Trunk] = []
    for edge in lineage.edges:
        source, target = nodes.get(edge.source), nodes.get(edge.target)
        if source and target and source is not target:
            above, below = rows[id(source)], rows[id(target)]
            trunks.append(_trunk(edge, above, below, trunks, marks))
            yield _arrow(above, below, trunks[-1].x, edge.confidence, _note(edge, source, target))


def _trunk(edge: Edge, source: Row, target: Row, trunks: list[_Trunk], marks: list[tuple[float, float]]) -> _Trunk:
    """The nearest place that keeps clear of marks and of other arrows, or the nearest if there is none.

    Arrows from the same code, as sure as one another, may share a trunk.
    """
    top, bottom = sorted((source.y, target.y))
    others = [
        each.x
        for each in trunks
        if (each.source, each.confidence) != (edge.source, edge.confidence) and each.top < bottom and top < each.bottom
    ]
    hidden = [x for x, y in marks if top < y < bottom]
    places = [target.first - _NEAREST - _STEP * number for number in range(_PLACES)]
    x = next(
        (
            place
            for place in places
            if all(abs(place - other) >= _CLEAR_OF_TRUNK for other in others)
            and all(abs(place - mark) >= _CLEAR_OF_MARK for mark in hidden)
        ),
        places[0],
    )
    return _Trunk(source=edge.source, confidence=edge.confidence, x=x, top=top, bottom=bottom)


def _arrow(source: Row, target: Row, trunk: float, confidence: Confidence, note: tuple[str, ...]) -> Arrow:
    """Leaves the source's line where the trunk crosses it, or from the nearer end of the line."""
    if trunk < source.first:
        begin = max(source.first - 7, trunk)
    elif trunk > source.last:
        begin = min(source.last + 7, trunk)
    else:
        begin = trunk
    return Arrow(
        start=(begin, source.y),
        trunk=trunk,
        end=(target.first - 7, target.y),
        confidence=confidence,
        is_branch=begin == trunk,
        note=note,
    )


def _note(edge: Edge, source: Node, target: Node) -> tuple[str, ...]:
    likeness = f"similarity {edge.similarity:.2f}, {edge.shared:,} of {counted(edge.of, 'statement')}"
    return (
        f"{target.project} {target.qualname}",
        f"taken from {source.project} {source.qualname}",
        f"confidence {edge.confidence}, {likeness}",
        *(f"{clue.kind}: {clue.note}" for clue in edge.clues),
    )
