"""What a picture of `gnomon trace` is made of: pieces with their places in pixels, drawn by nobody yet."""

from typing import Literal

from msgspec import Struct

from gnomon.core.severity import Confidence
from gnomon.render.escape import visible
from gnomon.render.timeline.typeset import fitted, text_width
from gnomon.render.tone import Tone

WIDTH = 1200.0
"""Of a picture by itself; the height follows from what is in it."""
MARGIN = 24.0

Ink = Literal["strong", "plain", "dim", "warning"] | Tone


class Label(Struct, frozen=True, kw_only=True):
    """One line of text."""

    x: float
    """Of its left end."""
    y: float
    """Of the line that its letters stand on."""
    text: str
    """Visible already, and no wider than there is room."""
    size: float
    ink: Ink
    is_bold: bool = False
    note: str = ""
    """The whole of it if it was shortened."""

    @property
    def width(self) -> float:
        """As reckoned, and as it will be drawn."""
        return text_width(self.text, self.size, bold=self.is_bold)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of all its letters."""
        return self.x, self.y - self.size * 0.8, self.x + self.width, self.y + self.size * 0.22


class Mark(Struct, frozen=True, kw_only=True):
    """Code as it was at one moment."""

    x: float
    y: float
    """Of its middle."""
    tone: Tone
    is_small: bool = False
    """True if nothing changed since the mark before."""
    note: tuple[str, ...] = ()
    """Lines that say what was seen; may hold untrusted text."""

    @property
    def radius(self) -> float:
        """From its middle to its edge."""
        return 3.0 if self.is_small else 5.5


class Stretch(Struct, frozen=True, kw_only=True):
    """Code from one moment to the next."""

    x1: float
    x2: float
    y: float
    tone: Tone
    """Unknown: it was there, and not looked at."""


class Arrow(Struct, frozen=True, kw_only=True):
    """From code to its copy: along a row, up or down at `trunk`, and along the other row."""

    start: tuple[float, float]
    trunk: float
    end: tuple[float, float]
    confidence: Confidence
    is_branch: bool = False
    """True if it leaves the line of its source, and not an end of that."""
    note: tuple[str, ...] = ()


class Band(Struct, frozen=True, kw_only=True):
    """The ground of one project."""

    top: float
    height: float
    is_shaded: bool


class Rule(Struct, frozen=True, kw_only=True):
    """A thin upright line: a day, or the border of a column."""

    x: float
    top: float
    bottom: float
    is_strong: bool


class Picture(Struct, frozen=True, kw_only=True):
    """All pieces."""

    width: float = WIDTH
    height: float
    summary: str
    """What it shows, for those who can't see it."""
    bands: tuple[Band, ...] = ()
    rules: tuple[Rule, ...] = ()
    arrows: tuple[Arrow, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    marks: tuple[Mark, ...] = ()
    labels: tuple[Label, ...] = ()


def label(
    text: str, at: tuple[float, float], room: float, *, size: float = 12, ink: Ink = "plain", is_bold: bool = False
) -> Label:
    """`text` made visible and shortened to `room` pixels, with all of it as a note if any is missing."""
    shown = fitted(text, room, size, bold=is_bold)
    note = "" if shown == visible(text) else text
    return Label(x=at[0], y=at[1], text=shown, size=size, ink=ink, is_bold=is_bold, note=note)
