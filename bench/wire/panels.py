"""A pattern's throughput laid out as a picture, in pixels: a panel for each transport, a bar for each way."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from bench.machine import described
from bench.wire.results import BASE, Run
from gnomon.render.timeline.picture import MARGIN, WIDTH, Label, label
from gnomon.render.timeline.typeset import text_width

LEGEND = {
    "pickle + HMAC": "pickle + HMAC",
    "JSON": "JSON, without authentication",
    "msgspec": "msgspec, without authentication",
    "curve": "curve",
    "sealed": "sealed",
    "local": "local",
}
"""Ways that have a bar, from top to bottom, and what the legend calls them."""
BAR = 11.0
"""A bar's height."""
TOP = 142.0
"""Where the first class of messages begins."""
_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
_NAMES = 128.0
"""Width of the column with the classes' names."""
_GAP = 28.0
"""Between the panels."""
_PITCH, _PAD = 15.0, 9.0
"""From bar to bar, and what is above and below a class's bars."""
_FIGURE = 38.0
"""Room for a figure beyond the longest bar."""
_SIZE, _SMALL = 12.0, 11.0
_ROOM = WIDTH - 2 * MARGIN


class Bar(NamedTuple):
    """One way's bar, with the least and the most of the rounds."""

    way: str
    y: float
    """Of its upper edge."""
    ratio: float
    least: float
    most: float


class Panel(NamedTuple):
    """What there is of one transport, and where."""

    transport: str
    left: float
    width: float
    low: float
    high: float
    """The ratios at the ends of the axis."""
    bars: tuple[Bar, ...]
    names: tuple[Label, ...]
    """Of the classes, with the rate that ratios are to."""

    def x(self, ratio: float) -> float:
        """Where a ratio is, on a logarithmic axis; at its end if it is beyond."""
        ratio = min(max(ratio, self.low), self.high)
        begin, end = self.left + _NAMES + _FIGURE, self.left + self.width - _FIGURE
        return begin + math.log(ratio / self.low) / math.log(self.high / self.low) * (end - begin)

    @property
    def ticks(self) -> tuple[float, ...]:
        """Ratios that have a line."""
        return tuple(tick for tick in _TICKS if self.low <= tick <= self.high)


class Picture(NamedTuple):
    """All there is to draw, WIDTH wide."""

    height: float
    row: float
    """Height of one class of messages."""
    bottom: float
    """Of the last class."""
    summary: str
    panels: tuple[Panel, ...]
    keys: tuple[tuple[str, Label], ...]
    """Way and text of the legend; a sample belongs left of each."""
    labels: tuple[Label, ...]
    """All other text."""


def laid_out(run: Run, pattern: str) -> Picture:
    """The picture of one pattern of a run that has it."""
    panels = _panels(run, pattern)
    row = _row(run)
    bottom = TOP + row * len(run.messages())
    labels = [*_headings(run, pattern)]
    for panel in panels:
        labels += [*panel.names, *_axis(panel, TOP - 8), *_axis(panel, bottom + 16), *_sides(panel), *_figures(panel)]
    foot = "The axis is logarithmic; a thin line goes from the slowest round to the fastest."
    labels.append(label(foot, (MARGIN, bottom + 42), _ROOM, size=_SMALL, ink="dim"))
    return Picture(
        height=bottom + 58,
        row=row,
        bottom=bottom,
        summary=f"{pattern}: throughput of each way to send, divided by that of {BASE}",
        panels=panels,
        keys=tuple(_keys(run)),
        labels=tuple(labels),
    )


def _row(run: Run) -> float:
    return _PITCH * len(_ways(run)) + 2 * _PAD


def _ways(run: Run) -> list[str]:
    return [way for way in LEGEND if way in run.ways()]


def _panels(run: Run, pattern: str) -> tuple[Panel, ...]:
    transports = [transport for each, transport in run.places() if each == pattern]
    bars = {transport: tuple(_bars(run, pattern, transport)) for transport in transports}
    ratios = [ratio for each in bars.values() for bar in each for ratio in (bar.least, bar.most)]
    low = max((tick for tick in _TICKS if tick <= min(ratios, default=1)), default=_TICKS[0])
    high = min((tick for tick in _TICKS if tick >= max(ratios, default=1)), default=_TICKS[-1])
    width = (_ROOM - _GAP * (len(transports) - 1)) / len(transports)
    made = []
    for number, transport in enumerate(transports):
        left = MARGIN + number * (width + _GAP)
        names = tuple(_names(run, pattern, transport, left))
        made.append(Panel(transport, left, width, min(low, 0.5), max(high, 2.0), bars[transport], names))
    return tuple(made)


def _bars(run: Run, pattern: str, transport: str) -> Iterator[Bar]:
    for number, message in enumerate(run.messages()):
        base = run.find(pattern, transport, message, BASE)
        for slot, way in enumerate(_ways(run)):  # the same place in both panels, though one has no `local`
            one = run.find(pattern, transport, message, way)
            if one and base:
                ratios = one.ratios(base)
                y = TOP + number * _row(run) + _PAD + slot * _PITCH + (_PITCH - BAR) / 2
                yield Bar(way, y, one.ratio(base), min(ratios), max(ratios))


def _names(run: Run, pattern: str, transport: str, left: float) -> Iterator[Label]:
    for number, message in enumerate(run.messages()):
        y = TOP + number * _row(run) + _PAD + 12
        yield label(message, (left + 8, y), _NAMES - 8, size=13, ink="strong", is_bold=True)
        base = run.find(pattern, transport, message, BASE)
        if base:
            yield label(BASE, (left + 8, y + 17), _NAMES - 8, size=_SMALL, ink="dim")
            yield label(f"{base.per_s:,.0f}/s", (left + 8, y + 32), _NAMES - 8, size=_SMALL, ink="dim")


def _headings(run: Run, pattern: str) -> Iterator[Label]:
    title = f"{pattern}: throughput beside {BASE} in the same round, median of {run.rounds} rounds"
    yield label(title, (MARGIN, 34), _ROOM, size=18, ink="strong", is_bold=True)
    yield label(described(run.machine), (MARGIN, 54), _ROOM, size=_SIZE, ink="dim")


def _keys(run: Run) -> Iterator[tuple[str, Label]]:
    x = MARGIN + 20
    for way in _ways(run):
        text = label(LEGEND[way], (x, 82), _ROOM, size=_SIZE)
        yield way, text
        x += text.width + 44


def _axis(panel: Panel, y: float) -> Iterator[Label]:
    for tick in panel.ticks:
        yield _centred(f"{tick:g}", panel.x(tick), y)


def _sides(panel: Panel) -> Iterator[Label]:
    y = TOP - 28
    yield label(f"over {panel.transport}", (panel.left + 8, y), _NAMES, size=14, ink="strong", is_bold=True)
    slower = "slower"
    yield label(slower, (panel.x(1) - 12 - text_width(slower, _SMALL), y), _NAMES, size=_SMALL, ink="dim")
    yield label("faster", (panel.x(1) + 12, y), _NAMES, size=_SMALL, ink="dim")


def _figures(panel: Panel) -> Iterator[Label]:
    """Beyond the end of each bar, and beyond the rounds that lie further."""
    for bar in panel.bars:
        text = f"{bar.ratio:.2f}" if bar.ratio < 10 else f"{bar.ratio:.1f}"
        x = panel.x(max(bar.most, 1)) + 4
        if round(bar.ratio, 2) < 1:
            x = panel.x(min(bar.least, 1)) - 4 - text_width(text, _SMALL)
        yield label(text, (x, bar.y + BAR - 1.5), _FIGURE, size=_SMALL)


def _centred(text: str, x: float, y: float) -> Label:
    return label(text, (x - text_width(text, _SMALL) / 2, y), _NAMES, size=_SMALL, ink="dim")
