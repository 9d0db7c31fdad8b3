"""Code blocks of Markdown around untrusted text."""

import re
from collections.abc import Iterator

from gnomon.render.escape import visible

_TICKS = re.compile(r"`{3,}")


def fenced(text: str, language: str) -> Iterator[str]:
    """Lines of a block that nothing in the text can end: https://github.github.com/gfm/#fenced-code-blocks."""
    fence = "`" * (max(map(len, _TICKS.findall(text)), default=2) + 1)
    yield f"{fence}{language}"
    yield from map(_shown, _lines(text))
    yield fence


def is_faithful(text: str) -> bool:
    """True if a block shows the text as it is, without an escape in place of what can't be seen."""
    return all(line == _shown(line) for line in _lines(text))


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n")


def _shown(line: str) -> str:
    """As `visible`, with tabs kept: code is indented by them."""
    return "\t".join(map(visible, line.split("\t")))
