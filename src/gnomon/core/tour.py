"""A tour as values: steps, the commands of each, and what their output has to show."""

import re
from collections.abc import Mapping

from msgspec import Struct

_PAINT = re.compile(r"\x1b\[[0-9;]*m")
GAP = "[…]"
"""Stands for what was left out of an output."""


class Part(Struct, frozen=True):
    """Lines that an output must have: the first that matches a regular expression, and what follows it."""

    pattern: str
    lines: int = 1
    """How many are shown, with the one that matches."""


class Run(Struct, frozen=True, kw_only=True):
    """A command that ends by itself."""

    words: tuple[str, ...]
    """`{port}` and the like are filled in with what `Start.tells` has found."""
    settings: Mapping[str, str] = {}
    """Environment variables."""
    exit_code: int = 0
    shows: tuple[Part, ...]
    """In their order."""


class Start(Struct, frozen=True, kw_only=True):
    """A server, which runs on in the background."""

    words: tuple[str, ...]
    settings: Mapping[str, str] = {}
    tells: str
    """Regular expression for the line that says it serves; its named groups are what later commands need."""


class Stop(Struct, frozen=True, kw_only=True):
    """The end of the server that was started last."""

    shows: tuple[Part, ...] = ()
    """In what it has printed since it began to serve."""


Action = Run | Start | Stop


class Step(Struct, frozen=True, kw_only=True):
    """What one verb is for, shown on the toy server."""

    name: str
    """One word."""
    title: str
    text: str
    """What the reader is about to see, in a sentence or two."""
    actions: tuple[Action, ...]
    lesson: str
    """What to keep of it, one sentence."""


class Broken(Exception):
    """A step did not show what it promises; the message says what is missing."""


def shortened(lines: list[str], parts: tuple[Part, ...]) -> list[str]:
    """The lines of the parts, with a gap for what is left out around them. Raises Broken if one is not there."""
    kept: list[str] = []
    at = 0
    for part in parts:
        found = next((n for n in range(at, len(lines)) if re.search(part.pattern, plain(lines[n]))), None)
        if found is None:
            raise Broken(f"no line that matches {part.pattern!r}")
        kept += _gap(lines[at:found])
        at = found + part.lines
        kept += lines[found:at]
    return [*kept, *_gap(lines[at:])]


def _gap(left_out: list[str]) -> list[str]:
    return [GAP] if any(map(str.strip, left_out)) else []


def plain(line: str) -> str:
    """The line without colours."""
    return _PAINT.sub("", line)
