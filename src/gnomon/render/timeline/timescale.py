"""Time as a horizontal axis: where a day is, and which years and months to name."""

from collections.abc import Iterator, Sequence
from datetime import date

from msgspec import Struct

from gnomon.render.timeline.typeset import text_width

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ROOM_MONTH, _ROOM_YEAR = 34.0, 46.0
"""Pixels from one name to the next, at least."""
SIZE = 11.0
"""Of the names."""


class Tick(Struct, frozen=True, kw_only=True):
    """A day that is marked on the axis."""

    x: float
    text: str
    is_year: bool


class Timescale(Struct, frozen=True, kw_only=True):
    """A span of days drawn from `left` to `right`."""

    first: int
    """Ordinal of the day at `left`."""
    days: int
    """At least 1."""
    left: float
    right: float

    def x(self, day: date) -> float:
        """Where that day is, in pixels."""
        return self.left + (day.toordinal() - self.first) / self.days * (self.right - self.left)

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """Years and, where there is room, months, from left to right; none stands in the way of another."""
        px_month = (self.right - self.left) / self.days * 30.4
        months = next((step for step in (1, 2, 3, 6) if px_month * step >= _ROOM_MONTH), 0)
        years = next((n for n in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if px_month * 12 * n >= _ROOM_YEAR), 2000)
        found = [*self._years(1 if months else years), *(self._months(months) if months else ())]
        return tuple(
            tick for tick in found if tick.x >= self.left and tick.x + 4 + text_width(tick.text, SIZE) <= self.right
        )

    def _years(self, step: int) -> Iterator[Tick]:
        begin, end = (date.fromordinal(day).year for day in (self.first, self.first + self.days))
        inner = [year for year in range(begin + 1, end + 1) if year % step == 0]
        # The year that the axis begins in is named at its left end, if there is room before the next.
        if not inner or self.x(date(inner[0], 1, 1)) - self.left >= _ROOM_YEAR:
            yield Tick(x=self.left, text=str(begin), is_year=True)
        for year in inner:
            yield Tick(x=self.x(date(year, 1, 1)), text=str(year), is_year=True)

    def _months(self, step: int) -> Iterator[Tick]:
        begin, end = (date.fromordinal(day) for day in (self.first, self.first + self.days))
        for number in range(begin.year * 12 + begin.month, end.year * 12 + end.month):
            year, month = divmod(number, 12)
            if month % step == 0:
                yield Tick(x=self.x(date(year, month + 1, 1)), text=_MONTHS[month], is_year=False)


def timescale(days: Sequence[date], left: float, right: float) -> Timescale:
    """An axis with all of these days on it, and a little room before and after them; at least two months long."""
    ordinals = [day.toordinal() for day in days] or [date(2026, 1, 1).toordinal()]
    pad = max(30, (max(ordinals) - min(ordinals)) // 40)
    first = max(min(ordinals) - pad, date.min.toordinal())
    last = min(max(ordinals) + pad, date.max.toordinal())
    return Timescale(first=first, days=last - first, left=left, right=right)
