"""Projects and what went between them -> places in pixels: a column for each remove from the source."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from gnomon.render.ecosystem_json import JsonEcosystem, JsonMember, JsonPassage
from gnomon.render.timeline.typeset import fitted, text_width

MOST_DRAWN = 60
"""Projects: a picture of more can't be read."""
WIDTH = 900.0
SIZE = 12.5
"""Of names."""
_ROW = 34.0
_MARGIN = 24.0
_LEAST_COLUMN = 190.0
_MARK = 14.0
"""From a mark's middle to its name."""
_GAP = 14.0
"""Between a name and the arrow that leaves it."""


class Spot(Struct, frozen=True):
    """A project in its place."""

    member: JsonMember
    x: float
    """Of its mark's middle."""
    y: float
    name: str
    """Visible, and no wider than there is room."""

    @property
    def end(self) -> float:
        """Where arrows leave it."""
        return self.x + _MARK + text_width(self.name, SIZE, bold=True) + _GAP / 2


class Plan(Struct, frozen=True):
    """The whole picture."""

    height: float
    width: float
    spots: tuple[Spot, ...]
    passages: tuple[JsonPassage, ...]
    """Between these; the least sure first, so that surer ones are drawn over them."""
    left_out: int
    """Projects for which there is no room."""


def plan(whole: JsonEcosystem) -> Plan:
    """The projects that most code went to and from, in columns."""
    shown = _chosen(whole)
    passages = [each for each in whole.passages if each.source in shown and each.target in shown]
    columns = _columns(_depths(shown, passages), passages)
    room = max(_LEAST_COLUMN, (WIDTH - 2 * _MARGIN) / max(len(columns), 1))
    members = {each.name: each for each in whole.projects}
    tallest = max((len(column) for column in columns), default=0)
    spots = [
        _spot(members[name], _MARGIN + number * room, row + (tallest - len(column)) / 2, room)
        for number, column in enumerate(columns)
        for row, name in enumerate(column)
    ]
    return Plan(
        height=2 * _MARGIN + tallest * _ROW,
        width=max(WIDTH, 2 * _MARGIN + len(columns) * room),
        spots=tuple(spots),
        passages=tuple(reversed(passages)),
        left_out=len(whole.projects) - len(spots),
    )


def _spot(member: JsonMember, x: float, row: float, room: float) -> Spot:
    name = fitted(member.name, room - _MARK - 4 * _GAP, SIZE, bold=True)
    return Spot(member, x + _MARK, round(_MARGIN + (row + 0.5) * _ROW, 1), name)


def _chosen(whole: JsonEcosystem) -> set[str]:
    """Names of at most so many projects, taken with their sources: those first that the most places lead to or from."""
    places: dict[str, int] = {}
    for each in whole.passages:
        for name in (each.source, each.target):
            places[name] = places.get(name, 0) + each.places
    ranked = sorted(places, key=lambda name: (-places[name], name))
    kept = set(ranked[:MOST_DRAWN])
    ends = {
        name for each in whole.passages if {each.source, each.target} <= kept for name in (each.source, each.target)
    }
    return kept & ends


def _depths(names: Iterable[str], passages: Sequence[JsonPassage]) -> Mapping[str, int]:
    """How many projects the code came through; of passages in a circle the least sure one does not count."""
    sources: dict[str, list[str]] = {name: [] for name in names}
    for each in passages:
        if not _leads(sources, each.source, each.target):
            sources[each.target].append(each.source)
    depths: dict[str, int] = {}
    for name in sources:
        _descend(name, sources, depths)
    return depths


def _leads(sources: Mapping[str, Sequence[str]], at: str, ancestor: str) -> bool:
    """True if the code of `at` came from `ancestor`, or is its own."""
    waiting, seen = [at], {at}
    while waiting:
        name = waiting.pop()
        if name == ancestor:
            return True
        waiting += [each for each in sources[name] if each not in seen]
        seen.update(sources[name])
    return False


def _descend(name: str, sources: Mapping[str, Sequence[str]], depths: dict[str, int]) -> int:
    """Its depth, at most the number of projects that are drawn."""
    if name not in depths:
        depths[name] = max((_descend(each, sources, depths) + 1 for each in sources[name]), default=0)
    return depths[name]


def _columns(depths: Mapping[str, int], passages: Sequence[JsonPassage]) -> list[list[str]]:
    """The names of each depth: beside their sources, so that few arrows cross."""
    columns: list[list[str]] = [[] for _ in range(max(depths.values(), default=-1) + 1)]
    weight: dict[str, int] = {}
    for each in passages:
        weight[each.source] = weight.get(each.source, 0) + each.places
    for name in sorted(depths, key=lambda name: (-weight.get(name, 0), name)):
        columns[depths[name]].append(name)
    rows: dict[str, float] = {}
    for column in columns:
        above = {
            name: [rows[each.source] for each in passages if each.target == name and each.source in rows]
            for name in column
        }
        column.sort(key=lambda name: sum(above[name]) / len(above[name]) if above[name] else 0.0)
        rows |= {name: row - len(column) / 2 for row, name in enumerate(column)}
    return columns
