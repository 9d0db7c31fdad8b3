"""One node as a row of a timeline: marks at its moments, and lines from one to the next."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from msgspec import Struct

from gnomon.core.lineage import Moment, Node, State
from gnomon.render.family import day
from gnomon.render.timeline.picture import Label, Mark, Stretch, label
from gnomon.render.timeline.timescale import Timescale
from gnomon.render.tone import tone_of

ROW = 38.0
"""Height of a row."""
_LABEL, _LINE = 14.0, 27.0
"""From the row's top to the foot of its label, and to its line."""
_GAP = 12.5
"""Between the middles of two marks, at least."""
_SIZE = 11.5


class Row(Struct, frozen=True, kw_only=True):
    """A node in its place."""

    y: float
    """Of its line."""
    first: float
    """Where its first mark with a date is, or its first if none has one; arrows come in here."""
    last: float
    marks: tuple[Mark, ...]
    stretches: tuple[Stretch, ...]
    labels: tuple[Label, ...]


class _Point(Struct, frozen=True, kw_only=True):
    when: date | None
    state: State
    note: tuple[str, ...]


def row(node: Node, top: float, scale: Timescale, undated: float) -> Row:
    """The row of that node. `undated` is where marks without a date begin."""
    points = list(_points(node))
    lost = [point for point in points if not point.when]
    dated = sorted((point for point in points if point.when), key=lambda point: point.when or date.min)
    y = top + _LINE
    marks = [
        *_marks(lost, [undated + number * _GAP for number in range(len(lost))], (undated, scale.left - 60), y),
        *_marks(dated, [scale.x(point.when) for point in dated if point.when], (scale.left, scale.right), y),
    ]
    line = marks[len(lost) :]
    anchor = (line or marks)[0]
    return Row(
        y=y,
        first=anchor.x,
        last=marks[-1].x,
        marks=tuple(marks),
        stretches=tuple(
            Stretch(x1=one.x, x2=other.x, y=y, tone=one.tone) for one, other in pairwise(line) if other.x > one.x
        ),
        labels=_labels(node, anchor.x, top + _LABEL, scale.right),
    )


def _points(node: Node) -> Iterator[_Point]:
    """What is known of a node, the first time it is known to have been there included."""
    title = (f"{node.project} {node.qualname}", node.path)
    seen = day(node.first_seen)
    looked = [when for when in (day(moment.date) for moment in node.moments) if when]
    basis = f" ({node.first_seen_basis})" if node.first_seen_basis else ""
    if seen and (not looked or seen < min(looked)):
        yield _Point(when=seen, state="unknown", note=(*title, f"there since {seen}{basis}; not looked at then"))
    elif not seen and not node.moments:
        yield _Point(when=None, state="unknown", note=(*title, "not looked at; no date is known"))
    for moment in node.moments:
        yield _Point(when=day(moment.date), state=moment.state, note=(title[0], *_told(moment)))


def _told(moment: Moment) -> Iterator[str]:
    yield f"{moment.path}:{moment.line}"
    yield f"{moment.label}, {moment.date or 'no date is known'}"
    yield f"{moment.state}: {moment.reason}"


def _marks(points: Sequence[_Point], places: Sequence[float], within: tuple[float, float], y: float) -> Iterator[Mark]:
    """A mark for each point; those that tell something new don't cover one another."""
    states = [point.state for point in points]
    new = [at for at, state in enumerate(states) if at in (0, len(states) - 1) or state != states[at - 1]]
    apart = dict(zip(new, _apart([places[at] for at in new], *within), strict=True))
    for at, point in enumerate(points):
        x = round(apart.get(at, places[at]), 1)
        yield Mark(x=x, y=y, tone=tone_of(point.state), is_small=at not in apart, note=point.note)


def _apart(places: Sequence[float], left: float, right: float) -> list[float]:
    """The places, moved as little as it takes to have a gap between any two; equal gaps if there is no room for it."""
    gap = min(_GAP, (right - left) / max(len(places) - 1, 1))
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + gap) if moved else max(place, left))
    for at in range(len(moved) - 1, -1, -1):
        moved[at] = min(moved[at], moved[at + 1] - gap if at + 1 < len(moved) else right)
    return moved


def _labels(node: Node, x: float, y: float, right: float) -> tuple[Label, ...]:
    state = label(node.state, (0, y), 200, size=_SIZE, ink=tone_of(node.state), is_bold=True)
    name = label(node.qualname, (0, y), 420, size=_SIZE)
    left = min(x - 5, right - name.width - 8 - state.width)
    return (
        label(node.qualname, (left, y), 420, size=_SIZE),
        label(node.state, (left + name.width + 8, y), 200, size=_SIZE, ink=tone_of(node.state), is_bold=True),
    )
