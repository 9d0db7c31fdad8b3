"""What the marks, lines and arrows of a picture mean, laid out below it."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from gnomon.core.severity import Confidence
from gnomon.render.timeline.picture import MARGIN, WIDTH, Arrow, Label, Mark, Stretch, label
from gnomon.render.tone import Tone

_ROW = 24.0
_SAMPLE = 34.0
_MARKS: dict[Tone, str] = {
    "flawed": "unfixed, or reintroduced",
    "eased": "mitigated, gated or moved: still unsafe",
    "safe": "fixed, removed, or fixed at copy",
    "unknown": "unknown, or not looked at",
}
_ARROWS = {
    Confidence.HIGH: "taken from, high confidence",
    Confidence.MEDIUM: "medium confidence",
    Confidence.LOW: "low confidence",
}


class Legend(Struct, frozen=True, kw_only=True):
    """The pieces of the legend."""

    bottom: float
    marks: tuple[Mark, ...]
    labels: tuple[Label, ...]
    stretches: tuple[Stretch, ...] = ()
    arrows: tuple[Arrow, ...] = ()


def marks_legend(top: float, footer: str, width: float = WIDTH) -> Legend:
    """What the marks mean, and below it the footer, if there is one."""
    labels = tuple(_flow(tuple(_MARKS.values()), top, width))
    marks = tuple(Mark(x=each.x - 14, y=each.y - 4, tone=tone) for tone, each in zip(_MARKS, labels, strict=True))
    if not footer:
        return Legend(bottom=labels[-1].y, marks=marks, labels=labels)
    bottom = labels[-1].y + 30
    foot = label(footer, (MARGIN, bottom), width - 2 * MARGIN, size=11, ink="dim")
    return Legend(bottom=bottom, marks=marks, labels=(*labels, foot))


def timeline_legend(top: float, footer: str, width: float = WIDTH) -> Legend:
    """What marks, lines and arrows mean, and below it the footer, if there is one."""
    labels = tuple(_flow((*_ARROWS.values(), "looked at again, unchanged", "there, but not looked at"), top, width))
    below = marks_legend(labels[-1].y + _ROW, footer, width)
    again, unseen = labels[-2:]
    return Legend(
        bottom=below.bottom,
        marks=(*below.marks, Mark(x=again.x - 19, y=again.y - 4, tone="flawed", is_small=True)),
        labels=(*labels, *below.labels),
        stretches=(_line(again, "flawed"), _line(unseen, "unknown")),
        arrows=tuple(_arrow(each, sureness) for sureness, each in zip(_ARROWS, labels, strict=False)),
    )


def _line(beside: Label, tone: Tone) -> Stretch:
    return Stretch(x1=beside.x - 30, x2=beside.x - 8, y=beside.y - 4, tone=tone)


def _arrow(beside: Label, confidence: Confidence) -> Arrow:
    y = beside.y - 4
    return Arrow(start=(beside.x - 32, y), trunk=beside.x - 20, end=(beside.x - 8, y), confidence=confidence)


def _flow(texts: Sequence[str], top: float, width: float) -> Iterator[Label]:
    """The texts in rows, with room for a sample left of each."""
    x, y = MARGIN, top
    for text in texts:
        made = label(text, (x + _SAMPLE, y), width, size=12)
        if made.x + made.width > width - MARGIN:
            x, y = MARGIN, y + _ROW
            made = label(text, (x + _SAMPLE, y), width, size=12)
        yield made
        x = made.x + made.width + 20
