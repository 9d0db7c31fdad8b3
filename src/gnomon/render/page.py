"""A page of styled lines: words wrapped at the width of a terminal, painted only where colour is wanted.

Why not rich: importing `rich.console` takes 20-60 ms, as much as the scan of a small project; this file takes 2 ms,
and is all that a finding needs. Also, rich reads markup and emoji codes in text that for us is untrusted.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby

from msgspec import Struct

from gnomon.render.escape import visible_together

_ANSI = {
    "": "",
    "strong": "1",
    "dim": "2",
    "place": "36",
    "gutter": "34",
    "good": "32",
    "warn": "33",
    "bad": "31",
    "critical": "1;97;41",
    "high": "1;31",
    "medium": "1;33",
    "low": "1;36",
    "note": "1;32",
}
_WORDS = re.compile(r" +|[^ ]+")
ASCII = str.maketrans(
    {"│": "|", "├": "|", "└": "`", "╭": ".", "╰": "'", "─": "-", "•": "*", "→": ">", "·": ",", "…": "~"}
)
"""For `str.translate`: what stands for the characters that lines are drawn with, where these can't be encoded."""


class Style(Struct, frozen=True, kw_only=True):
    """What the place that text goes to can show."""

    color: bool = False
    width: int | None = None
    """Columns to wrap at; None (a file, a pipe) never wraps."""
    ascii: bool = False
    """Draw lines with ASCII characters, for streams that can't encode others."""


class Words(Struct, frozen=True):
    """A run of text in one style."""

    text: str
    style: str = ""


class Page:
    """Lines being written; `text()` is the finished page.

    All text is made visible on its way in, ours too: so there is no way to forget it.
    """

    def __init__(self, style: Style) -> None:
        self._style = style
        self._lines: list[str] = []

    @property
    def color(self) -> bool:
        """True if the page is painted."""
        return self._style.color

    def blank(self) -> None:
        """An empty line, unless there is one already."""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def line(self, *words: Words, first: Words | None = None, rest: Words | None = None) -> None:
        """A paragraph: `first` begins its first line; `rest` (default: blanks as wide as `first`) every further one."""
        opening, *parts = _harmless(first or Words(""), *words)
        (following,) = _harmless(rest or Words(" " * cells(opening.text)))
        indent = max(cells(opening.text), cells(following.text))
        for number, row in enumerate(self._rows(tuple(parts), indent)):
            self._lines.append(self._painted((following if number else opening, *row)))

    def verbatim(self, words: Words) -> None:
        """A line that is never wrapped."""
        self._lines.append(self._painted(_harmless(words)))

    def text(self) -> str:
        """The page, ending in a line end."""
        page = "\n".join(self._lines) + "\n" if self._lines else ""
        return page.translate(ASCII) if self._style.ascii else page

    def _rows(self, words: tuple[Words, ...], indent: int) -> Iterable[tuple[Words, ...]]:
        if self._style.width is None:
            return [words]
        return wrapped(words, max(20, self._style.width - indent))

    def _painted(self, words: Iterable[Words]) -> str:
        if not self._style.color:
            return "".join(part.text for part in words).rstrip()
        return "".join(
            f"\x1b[{_ANSI[part.style]}m{part.text}\x1b[0m" if part.style else part.text for part in words if part.text
        ).rstrip()


def wrapped(words: Iterable[Words], width: int) -> Iterator[tuple[Words, ...]]:
    """Rows of at most `width` cells, broken at blanks; a longer word (a path, an address) keeps its row to itself."""
    row: list[Words] = []
    used = 0
    blanks: tuple[Words, ...] = ()
    for token in _tokens(words):
        size = sum(cells(part.text) for part in token)
        if token[0].text.isspace():
            blanks = token
        elif row and used + sum(cells(part.text) for part in blanks) + size > width:
            yield tuple(row)
            row, used, blanks = list(token), size, ()
        else:
            row += (*blanks, *token)
            used += sum(cells(part.text) for part in blanks) + size
            blanks = ()
    yield tuple(row)


def cells(text: str) -> int:
    """Terminal columns that `text` takes: East Asian wide characters take two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(_cells_of(char) for char in text)


def _cells_of(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _harmless(*words: Words) -> list[Words]:
    shown = visible_together(part.text for part in words)
    return [Words(text, part.style) for text, part in zip(shown, words, strict=True)]


def _tokens(words: Iterable[Words]) -> Iterator[tuple[Words, ...]]:
    """What a row may be broken between: runs of blanks, and runs of anything else, whatever styles they are in."""
    pieces = (Words(match[0], part.style) for part in words for match in _WORDS.finditer(part.text))
    for _, run in groupby(pieces, key=lambda piece: piece.text.isspace()):
        yield tuple(run)


def counted(number: int, noun: str) -> str:
    """`1 file`, `2,000 files`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
