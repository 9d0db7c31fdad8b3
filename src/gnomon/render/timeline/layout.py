"""A lineage laid out as a timeline: a lane for each project, time to the right, arrows from code to its copies."""

from collections.abc import Iterator, Sequence
from itertools import accumulate

from msgspec import Struct

from gnomon.core.lineage import UNSAFE, Lineage, Node
from gnomon.render.family import day, families
from gnomon.render.page import counted
from gnomon.render.timeline.arrows import arrows
from gnomon.render.timeline.lanes import Lane, lanes
from gnomon.render.timeline.legend import timeline_legend
from gnomon.render.timeline.picture import MARGIN, WIDTH, Band, Label, Picture, Rule, label
from gnomon.render.timeline.row import ROW, Row, row
from gnomon.render.timeline.timescale import SIZE, Timescale, timescale
from gnomon.render.timeline.typeset import text_width

_TOP = 76.0
"""Where the axis begins."""
_AXIS = 36.0
"""Height of the axis' two rows of names."""
_TALL = 900.0
"""From this height on, the axis is repeated below the lanes."""
_PAD = 5.0
"""Above and below the rows of a lane."""
_PROJECT = 12.5
_TRUNKS = 44.0
"""Room left of the first mark, for arrows."""
_UNDATED = 150.0
"""Width of the column of what has no date."""


class _Frame(Struct, frozen=True, kw_only=True):
    """Where the columns are, and where each lane begins."""

    left: float
    """Where the names of projects end."""
    undated: float | None
    """Where the column of what has no date begins."""
    scale: Timescale
    tops: tuple[float, ...]
    """Of the lanes, and of what is below the last."""


def timeline(lineage: Lineage, notes: Sequence[str] = (), footer: str = "", width: float = WIDTH) -> Picture:
    """The picture of a lineage that has nodes. `notes` are warnings that stand below the heading; `width`: pixels."""
    found = lanes(lineage)
    top = _TOP + 18 * len(notes)
    frame = _frame(found, lineage.nodes, top + _AXIS, width)
    rows = _rows(found, frame)
    bottom = frame.tops[-1]
    is_tall = bottom - top > _TALL
    key = timeline_legend(bottom + (_AXIS + 24 if is_tall else 30), footer, width)
    return Picture(
        width=width,
        height=key.bottom + MARGIN,
        summary=f"{_heading(lineage, len(found))}. {_standing(lineage)}.",
        bands=tuple(
            Band(top=top, height=below - top, is_shaded=number % 2 == 0)
            for number, (top, below) in enumerate(zip(frame.tops, frame.tops[1:], strict=False))
        ),
        rules=tuple(_rules(frame, top, bottom)),
        arrows=(*arrows(lineage, rows), *key.arrows),
        stretches=(*(each for row in rows.values() for each in row.stretches), *key.stretches),
        marks=(*(each for row in rows.values() for each in row.marks), *key.marks),
        labels=(
            *_headings(lineage, len(found), notes, width - 2 * MARGIN),
            *_axis(frame, top),
            *(_axis(frame, bottom + 4) if is_tall else ()),
            *_projects(found, frame),
            *(each for row in rows.values() for each in row.labels),
            *key.labels,
        ),
    )


def _frame(found: Sequence[Lane], nodes: Sequence[Node], top: float, width: float) -> _Frame:
    names = max(text_width(lane.project, _PROJECT, bold=True) for lane in found)
    left = MARGIN + min(max(names, 80), 235) + 14
    days = [each for node in nodes for each in map(day, _dates(node)) if each]
    is_undated = any(
        not any(map(day, _dates(node))) or not all(day(each.date) for each in node.moments) for node in nodes
    )
    begin = left + (_UNDATED if is_undated else 0)
    heights = (len(lane.members) * ROW + 2 * _PAD for lane in found)
    return _Frame(
        left=left,
        undated=left if is_undated else None,
        scale=timescale(days, begin + _TRUNKS, width - MARGIN - 10),
        tops=tuple(accumulate(heights, initial=top)),
    )


def _dates(node: Node) -> Iterator[str]:
    yield node.first_seen
    yield from (moment.date for moment in node.moments)


def _rows(found: Sequence[Lane], frame: _Frame) -> dict[int, Row]:
    """The row of each node, by the node's identity: its id is unique only if the lineage is right."""
    undated = (frame.undated if frame.undated is not None else frame.left) + _TRUNKS
    return {
        id(member.node): row(member.node, top + _PAD + number * ROW, frame.scale, undated)
        for lane, top in zip(found, frame.tops, strict=False)
        for number, member in enumerate(lane.members)
    }


def _rules(frame: _Frame, top: float, bottom: float) -> Iterator[Rule]:
    for tick in frame.scale.ticks:
        yield Rule(x=tick.x, top=top + (0 if tick.is_year else 18), bottom=bottom, is_strong=tick.is_year)
    if frame.undated is not None:
        yield Rule(x=frame.undated + _UNDATED, top=top, bottom=bottom, is_strong=True)


def _axis(frame: _Frame, top: float) -> Iterator[Label]:
    for tick in frame.scale.ticks:
        at = (tick.x + 4, top + (12 if tick.is_year else 29))
        yield label(tick.text, at, 60, size=SIZE, ink="plain" if tick.is_year else "dim", is_bold=tick.is_year)
    if frame.undated is not None:
        yield label("undated", (frame.undated + _TRUNKS - 5, top + 12), _UNDATED - _TRUNKS, size=SIZE, ink="dim")


def _projects(found: Sequence[Lane], frame: _Frame) -> Iterator[Label]:
    for lane, top in zip(found, frame.tops, strict=False):
        at = (MARGIN, top + _PAD + 25)
        yield label(lane.project, at, frame.left - MARGIN - 14, size=_PROJECT, ink="strong", is_bold=True)


def _headings(lineage: Lineage, projects: int, notes: Sequence[str], room: float) -> Iterator[Label]:
    yield label(_heading(lineage, projects), (MARGIN, 34), room, size=18, ink="strong", is_bold=True)
    yield label(_standing(lineage), (MARGIN, 56), room, size=13, ink="dim")
    for number, note in enumerate(notes):
        yield label(note, (MARGIN, 75 + 18 * number), room, size=13, ink="warning", is_bold=True)


def _heading(lineage: Lineage, projects: int) -> str:
    return f"Who took it from whom: code in {counted(len(lineage.nodes), 'place')} of {counted(projects, 'project')}"


def _standing(lineage: Lineage) -> str:
    copies = [member.node for family in families(lineage) for member in family if member.edge]
    if not copies:
        return "None is known to be a copy"
    unsafe = sum(node.state in UNSAFE for node in copies)
    return f"{len(copies):,} known to be copies, {unsafe:,} of these still unsafe"
