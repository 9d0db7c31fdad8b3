"""Untrusted text inside of Markdown and HTML: plain words as they are, everything else as code.

GitHub and GitLab render markup, and after that turn @names, #numbers, hashes and bare addresses into links and
notifications, escaped or not: but never within code (https://github.github.com/gfm/#code-spans). So there is nothing
to escape cleverly and nothing to forget: what is not plainly a word goes into a code span.
"""

import re
from collections.abc import Callable
from html import escape

from gnomon.render.escape import visible

# No mark in it opens or closes any markup, and it is too short for a commit's hash.
_PLAIN = re.compile(r"\(?(?!www)[A-Za-z]{1,30}(?:[-'][A-Za-z]{1,30}){0,3}\)?[.,;:?!]?|\d{1,6}[,;:?!]?")
_TOKEN = re.compile(r"(?:`(?P<quoted>[^`]+)`|(?P<word>\S+?))(?P<stop>[.,;:]*)(?=\s|$)")
_TICKS = re.compile(r"`+")
_LONGEST_CODE, _LONGEST_PROSE = 300, 500


def code(text: str) -> str:
    """`text` as a code span of Markdown, on one line, at most 300 characters of it."""
    shown = _shortened(text, _LONGEST_CODE)
    if not shown:
        return ""
    fence = "`" * (max(map(len, _TICKS.findall(shown)), default=0) + 1)
    # A space that is stripped again keeps the text's own backticks and spaces apart from the fence.
    pad = " " if shown.strip() and (shown[0] in "` " or shown[-1] in "` ") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def cell(text: str) -> str:
    """As `code`, for a cell of a table: a bar would begin the next cell, even within code."""
    return code(visible(text).replace("|", r"\x7c"))


def prose(text: str, longest: int = _LONGEST_PROSE) -> str:
    """`text` as Markdown: its plain words as they are, the rest as code spans; at most `longest` characters of it."""
    return _written(text, longest, code)


def html_code(text: str) -> str:
    """`text` as HTML, all of it as code; at most 300 characters of it."""
    return f"<code>{escape(_shortened(text, _LONGEST_CODE))}</code>"


def html(text: str) -> str:
    """`text` as HTML without a line end: its plain words as they are, the rest as `<code>`."""
    return _written(text, _LONGEST_PROSE, html_code)


def _written(text: str, longest: int, as_code: Callable[[str], str]) -> str:
    tokens = _TOKEN.finditer(_shortened(text, longest))
    return " ".join(
        token[0] if _PLAIN.fullmatch(token[0]) else as_code(token["quoted"] or token["word"]) + token["stop"]
        for token in tokens
    )


def _shortened(text: str, longest: int) -> str:
    shown = visible(text)
    return shown if len(shown) <= longest else f"{shown[:longest]}…"
