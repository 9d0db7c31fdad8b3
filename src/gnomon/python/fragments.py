"""Code cut out of a file -> text that parses by itself, every line still on its line.

What a cut leaves behind is mended where the parser stops: an indentation that nothing opens is taken away, a branch
without its `if` becomes one, a head without its body gets an empty one. A line that can't be mended becomes `pass`.
"""

import ast
import re
import warnings

from msgspec import Struct

MAX_MENDS = 60
"""Places mended in one text; what is beyond is left to the reader of files, which lists what it can't parse."""
MAX_TRIED_CHARACTERS = 2_000_000
"""Work bound: characters parsed over all tries, about half a second."""
_BRANCH = re.compile(r"(?:else|elif\b.*|except\b.*|finally|case\b.*)[ \t]*:[ \t]*(?:#.*)?")
_HEAD = re.compile(r"on line (\d+)")
_OPEN = re.compile(r"'([(\[{])' was never closed")
_CLOSING = {"(": ")", "[": "]", "{": "}"}


class Fragment(Struct, frozen=True):
    """Mended text, and the 1-based lines with code on them that had to be given up."""

    text: str
    lost: tuple[int, ...] = ()


def mended(text: str) -> Fragment:
    """`text` with as many lines, so that Python parses it."""
    lines = text.split("\n")
    lost: list[int] = []
    for _ in range(min(MAX_MENDS, MAX_TRIED_CHARACTERS // max(len(text), 1))):
        error = _error("\n".join(lines))
        if error is None or not _mend(lines, error, lost):
            break
    return Fragment("\n".join(lines), tuple(sorted(lost)))


def _error(text: str) -> SyntaxError | None:
    """Where the parser stops; None if it doesn't, or gives up in a way that no mending helps."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError):
        return None
    return None


def _mend(lines: list[str], error: SyntaxError, lost: list[int]) -> bool:
    """Changes `lines` at the error; False if there is nothing left to change there."""
    number = min(max(error.lineno or 1, 1), len(lines))
    line = lines[number - 1]
    if error.msg.startswith(("unexpected indent", "unindent does not match")):
        return _move_left(lines, number)
    if error.msg.startswith("expected an indented block"):
        head = _HEAD.search(error.msg)
        return _close(lines, int(head[1]) if head else number - 1, lost)
    if opened := _OPEN.match(error.msg):
        return _append(lines, _CLOSING[opened[1]], len(lines))
    if _BRANCH.fullmatch(line.strip()):
        lines[number - 1] = " " * _indent(line) + "if True:"
        return True
    return _give_up(lines, number, lost)


def _move_left(lines: list[str], number: int) -> bool:
    """The block that begins on a line is moved to the level of what is around it."""
    width = _indent(lines[number - 1])
    levels = (_indent(line) for line in reversed(lines[: number - 1]) if line.strip())
    level = next((level for level in levels if level < width), 0)
    if not width:
        return False
    for index in range(number - 1, len(lines)):
        line = lines[index]
        if line.strip():
            if _indent(line) < width:
                break
            lines[index] = " " * (_indent(line) - width + level) + line.lstrip(" \t")
    return True


def _close(lines: list[str], number: int, lost: list[int]) -> bool:
    """The head of a block gets an empty body."""
    if lines[number - 1].rstrip().endswith(":"):
        return _append(lines, " pass", number)
    return _give_up(lines, number, lost)


def _append(lines: list[str], end: str, number: int) -> bool:
    """The nearest line at or above `number` that has something on it gets an end."""
    while number > 1 and not lines[number - 1].strip():
        number -= 1
    lines[number - 1] = lines[number - 1].rstrip() + end
    return True


def _give_up(lines: list[str], number: int, lost: list[int]) -> bool:
    """The line, or the nearest one above that has something on it, becomes `pass`."""
    while number and lines[number - 1].strip() in ("", "pass"):
        number -= 1
    if not number:
        return False
    line = lines[number - 1]
    if re.search(r"\w", line):
        lost.append(number)
    lines[number - 1] = " " * _indent(line) + "pass"
    return True


def _indent(line: str) -> int:
    """Columns of white space at the line's start, a tab as one."""
    return len(line) - len(line.lstrip(" \t"))
