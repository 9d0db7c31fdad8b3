"""The exposure map laid out in pixels: a grid of cells, each with its sockets or, where they are many, their number."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

from msgspec import Struct

from gnomon.core.severity import Severity
from gnomon.render.html.exposure.spots import COLUMNS, ROWS, Cell, Column, Row, Spot, by_cell
from gnomon.render.html.words import REACH

ROW_WORDS: dict[Row, str] = {
    "none": "who comes is let in",
    "not effective": "there, and no hindrance",
    "effective": "checked before the load",
    "unknown": "nobody could tell",
}
_GRADES: dict[Column, Severity | None] = {
    "any-host": Severity.CRITICAL,
    "configurable": Severity.HIGH,
    "this-host": Severity.MEDIUM,
    "process": Severity.LOW,
    "unknown": None,
}
_STEP = 20.0
"""From one mark's middle to the next."""
_APART = 10.0
"""Left of the column of what is not known: it is no degree of the others."""


class Size(Struct, frozen=True, kw_only=True):
    """How large the map is, and where its rows have their names."""

    width: float
    names: float
    """Width of the column of the rows' names; 0 if these stand above their rows."""
    head: float
    """Height of the columns' names."""
    most: int
    """Sockets that a cell shows one by one."""


WIDE = Size(width=1040, names=150, head=46, most=36)
NARROW = Size(width=348, names=0, head=24, most=0)
"""A finger needs larger marks: one for all sockets of a cell."""


class Mark(Struct, frozen=True, kw_only=True):
    """A socket, or all of a cell."""

    x: float
    y: float
    """Of its middle."""
    spots: tuple[Spot, ...]


class Field(Struct, frozen=True, kw_only=True):
    """A cell of the grid."""

    cell: Cell
    x: float
    y: float
    width: float
    height: float
    grade: Severity | None
    """What a load behind such a socket is; None where nobody knows."""
    marks: tuple[Mark, ...]
    is_together: bool
    """True if one mark is for all sockets."""

    @property
    def count(self) -> int:
        """How many sockets are in it."""
        return sum(len(mark.spots) for mark in self.marks)


class Name(Struct, frozen=True, kw_only=True):
    """The name of a column or a row."""

    x: float
    y: float
    """Of the line that its letters stand on."""
    text: str
    is_strong: bool


class Map(Struct, frozen=True, kw_only=True):
    """All of it."""

    width: float
    height: float
    names: tuple[Name, ...]
    fields: tuple[Field, ...]


def exposure_map(sockets: Sequence[Spot], size: Size) -> Map:
    """The map of these sockets in that size."""
    cells = by_cell(sockets)
    above = 0.0 if size.names else 20.0
    heights = [above + _height(row, cells, size) for row in ROWS]
    tops = list(accumulate(heights, initial=size.head))
    return Map(
        width=size.width,
        height=tops[-1] + 1,
        names=tuple(_names(size, tops)),
        fields=tuple(
            _field((row, column), cells.get((row, column), ()), (top + above, height - above - 4), size)
            for row, top, height in zip(ROWS, tops, heights, strict=False)
            for column in COLUMNS
        ),
    )


def _span(column: Column, size: Size) -> tuple[float, float]:
    """Where a column begins, and how wide it is."""
    width = (size.width - size.names - _APART) / len(COLUMNS)
    at = COLUMNS.index(column)
    return size.names + at * width + (_APART if column == "unknown" else 0), width - 4


def _across(size: Size) -> int:
    """Marks beside one another in a cell."""
    return max(int((_span("process", size)[1] - 8) / _STEP), 1)


def _height(row: Row, cells: Mapping[Cell, Sequence[Spot]], size: Size) -> float:
    most = max(len(cells.get((row, column), ())) for column in COLUMNS)
    if not size.most:
        return 40 if most else 26
    lines = -(-most // _across(size)) if most <= size.most else 2
    return 26 + _STEP * max(lines, 1) + 4


def _field(cell: Cell, found: tuple[Spot, ...], across: tuple[float, float], size: Size) -> Field:
    row, column = cell
    (x, width), (top, height) = _span(column, size), across
    return Field(
        cell=cell,
        x=round(x, 1),
        y=top,
        width=round(width, 1),
        height=height,
        grade=Severity.NOTE if row == "effective" else _GRADES[column],
        marks=tuple(_marks(found, x, top, width, size)),
        is_together=len(found) > size.most,
    )


def _marks(found: tuple[Spot, ...], x: float, top: float, width: float, size: Size) -> Iterator[Mark]:
    if not found:
        return
    if len(found) > size.most:
        y = top + (26 + _STEP * 0.7 if size.most else 18)
        yield Mark(x=round(x + width / 2, 1), y=y, spots=found)
        return
    across = _across(size)
    for number, spot in enumerate(found):
        line, place = divmod(number, across)
        yield Mark(x=round(x + 15 + place * _STEP, 1), y=top + 32 + line * _STEP, spots=(spot,))


def _names(size: Size, tops: Sequence[float]) -> Iterator[Name]:
    for column in COLUMNS:
        x, _ = _span(column, size)
        name, meaning = REACH[column]
        yield Name(x=round(x, 1), y=16, text=name, is_strong=True)
        if size.names:
            yield Name(x=round(x, 1), y=34, text=meaning, is_strong=False)
    for row, top in zip(ROWS, tops, strict=False):
        if size.names:
            yield Name(x=0, y=top + 18, text=row, is_strong=True)
            yield Name(x=0, y=top + 35, text=ROW_WORDS[row], is_strong=False)
        else:
            yield Name(x=0, y=top + 14, text=f"authentication: {row}", is_strong=False)
    if size.names:
        yield Name(x=0, y=16, text="reach →", is_strong=False)
        yield Name(x=0, y=34, text="authentication ↓", is_strong=False)
