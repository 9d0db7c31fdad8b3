"""The small part of Markdown that lessons are written in, as values.

Paragraphs, lists with `-` or `1.`, code that is fenced or indented by four blanks; `code`, **strong** and [links](…).
"""

import re
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

_ITEM = re.compile(r"(?P<mark>-|\d+\.) +(?P<text>\S.*)")
_INLINE = re.compile(r"`(?P<code>[^`]+)`|\*\*(?P<strong>[^*]+)\*\*|\[(?P<text>[^\]]+)\]\((?P<link>[^)\s]+)\)")


class Block(Struct, frozen=True, kw_only=True):
    """A paragraph or an item of a list (`mark`), or lines of code."""

    lines: tuple[str, ...]
    mark: str = ""
    code: bool = False

    @property
    def text(self) -> str:
        """As one line; for what is not code."""
        return " ".join(self.lines)


class Span(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Words of a paragraph that look alike."""

    text: str
    code: bool = False
    strong: bool = False
    link: str = ""
    """Where the words lead to; lessons are refused if a link of theirs is not https."""


def blocks(text: str) -> Iterator[Block]:
    """What the text consists of, in its order."""
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        start, line = at, lines[at]
        if not line.strip():
            at += 1
        elif line.startswith("```"):
            at = _past(lines, at + 1, lambda text: not text.startswith("```"))
            yield Block(lines=tuple(lines[start + 1 : at]), code=True)
            at += 1
        elif line.startswith("    "):
            at = _past(lines, at, lambda text: text.startswith("    "))
            yield Block(lines=tuple(text[4:] for text in lines[start:at]), code=True)
        else:
            item = _ITEM.fullmatch(line)
            at = _past(lines, at + 1, _goes_on)
            rest = tuple(text.strip() for text in lines[start + 1 : at])
            mark = item["mark"] if item else ""
            yield Block(lines=(item["text"] if item else line.strip(), *rest), mark=mark)


def spans(text: str) -> Iterator[Span]:
    """The words of a paragraph."""
    at = 0
    for match in _INLINE.finditer(text):
        if match.start() > at:
            yield Span(text=text[at : match.start()])
        at = match.end()
        if match["code"]:
            yield Span(text=match["code"], code=True)
        elif match["strong"]:
            yield Span(text=match["strong"], strong=True)
        else:
            yield Span(text=match["text"], link=match["link"])
    if at < len(text):
        yield Span(text=text[at:])


def _goes_on(line: str) -> bool:
    """True for a further line of a paragraph or an item."""
    return bool(line.strip()) and not line.startswith("```") and not _ITEM.fullmatch(line)


def _past(lines: Sequence[str], at: int, belongs: Callable[[str], bool]) -> int:
    while at < len(lines) and belongs(lines[at]):
        at += 1
    return at
