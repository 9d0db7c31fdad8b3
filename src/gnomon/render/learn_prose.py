"""The small part of Markdown that lessons are written in, on a page for a terminal.

Paragraphs, lists with `-` or `1.`, code that is fenced or indented by four blanks; `code`, **strong** and [links](…).
"""

import re
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from gnomon.render.page import Page, Words

INDENT = "  "
_ITEM = re.compile(r"(?P<mark>-|\d+\.) +(?P<text>\S.*)")
_INLINE = re.compile(r"`(?P<code>[^`]+)`|\*\*(?P<strong>[^*]+)\*\*|\[(?P<text>[^\]]+)\]\((?P<link>[^)\s]+)\)")


class _Block(Struct, frozen=True, kw_only=True):
    """A paragraph or an item of a list (`mark`), or lines of code."""

    lines: tuple[str, ...]
    mark: str = ""
    code: bool = False


def write_prose(page: Page, text: str) -> None:
    """Adds the text, indented, with an empty line between paragraphs and none between the items of a list."""
    former: _Block | None = None
    for block in _blocks(text.split("\n")):
        if former is not None and not (former.mark and block.mark):
            page.blank()
        if block.code:
            for line in block.lines:
                page.verbatim(Words(f"{INDENT}    {line}", "place"))
        else:
            first = f"{INDENT}{block.mark} " if block.mark else INDENT
            page.line(*inline(page, " ".join(block.lines)), first=Words(first))
        former = block


def inline(page: Page, text: str) -> tuple[Words, ...]:
    """A paragraph's words in their styles. Where nothing is painted, code keeps its backticks."""
    return tuple(_styled(page, text))


def _styled(page: Page, text: str) -> Iterator[Words]:
    at = 0
    for match in _INLINE.finditer(text):
        yield Words(text[at : match.start()])
        at = match.end()
        if match["code"]:
            yield Words(match["code"] if page.color else f"`{match['code']}`", "place")
        elif match["strong"]:
            yield Words(match["strong"], "strong")
        else:
            before = text[: match.start()]
            within = before.count("(") > before.count(")")  # no parentheses in parentheses
            link = (": ", match["link"], "") if within else (" (", match["link"], ")")
            yield from (Words(match["text"]), Words(link[0]), Words(link[1], "place"), Words(link[2]))
    yield Words(text[at:])


def _blocks(lines: Sequence[str]) -> Iterator[_Block]:
    at = 0
    while at < len(lines):
        start, line = at, lines[at]
        if not line.strip():
            at += 1
        elif line.startswith("```"):
            at = _past(lines, at + 1, lambda text: not text.startswith("```"))
            yield _Block(lines=tuple(lines[start + 1 : at]), code=True)
            at += 1
        elif line.startswith("    "):
            at = _past(lines, at, lambda text: text.startswith("    "))
            yield _Block(lines=tuple(text[4:] for text in lines[start:at]), code=True)
        else:
            item = _ITEM.fullmatch(line)
            at = _past(lines, at + 1, _goes_on)
            rest = tuple(text.strip() for text in lines[start + 1 : at])
            mark = item["mark"] if item else ""
            yield _Block(lines=(item["text"] if item else line.strip(), *rest), mark=mark)


def _goes_on(line: str) -> bool:
    """True for a further line of a paragraph or an item."""
    return bool(line.strip()) and not line.startswith("```") and not _ITEM.fullmatch(line)


def _past(lines: Sequence[str], at: int, belongs: Callable[[str], bool]) -> int:
    while at < len(lines) and belongs(lines[at]):
        at += 1
    return at
