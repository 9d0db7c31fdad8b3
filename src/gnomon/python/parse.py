"""Source text -> syntax tree, tolerating what the running Python cannot parse.

The tolerance is line masking: a line the parser stops at is replaced by `pass` and the rest is tried again, so a print
statement of Python 2 or one broken line costs only itself. Which lines were masked is part of the answer.
"""

import ast
import re
import warnings

from msgspec import Struct

MAX_MASKED_LINES = 60
"""More broken lines than this, and the file is reported as not analysed."""
MAX_TRIES_BYTES = 40_000_000
"""Work bound of the retries: bytes parsed over all tries."""
TOO_DEEP = "nested too deeply"
"""How the reason begins where this process had no more stack, or memory."""
_INDENT = re.compile(r"[ \t]*")


class Unparsable(Exception):
    """The text has no syntax tree; the message says why, in one line."""


class Parsed(Struct, frozen=True):
    """A syntax tree, and the 1-based lines that had to be masked to get it."""

    tree: ast.Module
    masked: tuple[int, ...] = ()

    @property
    def shortfall(self) -> str:
        """What was left out, in words."""
        shown = ", ".join(str(line) for line in sorted(self.masked)[:5])
        more = "" if len(self.masked) <= 5 else f" and {len(self.masked) - 5} more"
        return f"not this Python's syntax; analysed without line {shown}{more}"


def parse(text: str) -> Parsed:
    """Syntax tree of `text`. Raises Unparsable if too much of it is not Python."""
    text = text.replace("\x00", " ")
    lines: list[str] = []
    masked: list[int] = []
    budget = MAX_TRIES_BYTES
    while True:
        try:
            return Parsed(_tree(text), tuple(masked))
        except SyntaxError as error:
            lines = lines or text.split("\n")
            budget -= len(text)
            if len(masked) >= MAX_MASKED_LINES or budget < 0:
                raise Unparsable(
                    f"not Python that this interpreter can parse: {error.msg} (line {error.lineno})"
                ) from None
            line = _mask(lines, error, masked)
            if line is None:
                raise Unparsable(f"not Python that this interpreter can parse: {error.msg}") from None
            masked.append(line)
            text = "\n".join(lines)


def _tree(text: str) -> ast.Module:
    """`ast.parse`, with every way it gives up turned into one of two errors."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (RecursionError, MemoryError):
        raise Unparsable(f"{TOO_DEEP} for the parser") from None
    except ValueError as error:
        raise Unparsable(f"the parser refuses it: {str(error)[:80]}") from None


def _mask(lines: list[str], error: SyntaxError, masked: list[int]) -> int | None:
    """Blank the line the parser stopped at; its number, or None if there is nothing left to blank there."""
    number = min(max(error.lineno or 1, 1), len(lines))
    if number in masked or not lines[number - 1].strip():
        number = next((n for n in range(number - 1, 0, -1) if n not in masked and lines[n - 1].strip()), 0)
    if number == 0:
        return None
    indent = _INDENT.match(lines[number - 1])
    lines[number - 1] = (indent.group() if indent else "") + "pass"
    return number
