"""The comments of a source file, each with the statement that it stands at."""

import io
import tokenize
from collections.abc import Iterator

from msgspec import Struct

_MAX_TOKENISED = 2_000_000
"""Characters of a file that is read token by token, at about a million a second."""
_BLANK = frozenset({tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER, tokenize.ENCODING})


class Comment(Struct, frozen=True):
    """A comment and its place; lines count from 1."""

    text: str
    """From the `#` on."""
    line: int
    first: int
    """The first line of the statement it stands in, or else directly above."""
    last: int
    """The last line of that statement; of a compound one, of its header."""
    above: bool
    """True if it is a line of its own above the statement."""


def comments(text: str) -> list[Comment]:
    """Every comment, in the order of lines. What can't be read as tokens is read line by line.

    Then everything after a `#` is taken for a comment, and a line for a statement.
    """
    # No Python has a NUL in its text, and the tokeniser of CPython 3.12 and 3.13 fails on it with a SystemError.
    if len(text) <= _MAX_TOKENISED and "\0" not in text:
        try:
            return list(_by_tokens(text))
        except (tokenize.TokenError, SyntaxError, ValueError):
            pass
    return list(_by_lines(text))


def _by_tokens(text: str) -> Iterator[Comment]:
    start = 0  # line on which the statement that is being read begins, 0 between statements
    within: list[tuple[str, int]] = []
    above: list[tuple[str, int]] = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        line = token.start[0]
        if token.type == tokenize.COMMENT:
            (within if start else above).append((token.string, line))
        elif token.type == tokenize.NEWLINE:
            start = start or line  # nothing but a comment, after a backslash
            yield from (Comment(words, at, start, line, above=True) for words, at in above)
            yield from (Comment(words, at, start, line, above=False) for words, at in within)
            start, within, above = 0, [], []
        elif token.type == tokenize.NL:
            if not start and not token.line.strip():
                yield from _loose(above)
                above = []
        elif token.type not in _BLANK:
            start = start or line
    yield from _loose(above)


def _loose(found: list[tuple[str, int]]) -> Iterator[Comment]:
    """Comments that no statement follows: they speak of their own line."""
    return (Comment(words, line, line, line, above=False) for words, line in found)


def _by_lines(text: str) -> Iterator[Comment]:
    above: list[tuple[str, int]] = []
    for line, content in enumerate(text.split("\n"), start=1):
        code, sign, words = content.partition("#")
        if sign and not code.strip():
            above.append((sign + words, line))
            continue
        if code.strip():
            yield from (Comment(before, at, line, line, above=True) for before, at in above)
        else:
            yield from _loose(above)
        above = []
        if sign:
            yield Comment(sign + words, line, line, line, above=False)
    yield from _loose(above)
