"""A module's outline: its text without the bodies of its functions, which are parsed one by one when they are needed.

Parsing is the most expensive part of a scan, and most functions of a file are never looked at. Where a body is, is read
from the text, and parsing proves it read rightly: the outline must have that function, empty, at that line.
"""

import ast
import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from gnomon.python.parse import Unparsable, parse

MIN_FILE = 4_000
"""A file of fewer bytes is parsed at once."""
MIN_BODY = 240
"""A body of fewer bytes stays in the outline."""
_STRING = rb"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'"
_QUOTED = re.compile(rb"\"\"\"|'''|" + _STRING + rb"|#[^\n]*", re.DOTALL)
_DEF = re.compile(rb"def[ \t]+\w+[ \t]*[(\[]")
_BEFORE_DEF = re.compile(rb"([ \t]*)(?:async[ \t]+)?")
_IN_HEAD = re.compile(_STRING + rb"|#[^\n]*|[\[\](){}:]", re.DOTALL)
_TO_BODY = re.compile(rb"[ \t]*(?:#[^\n]*)?(?:\n[ \t]*(?:#[^\n]*)?)*\n([ \t]+)(?=[^\s#])")
"""From the colon of a head to the first statement of a body on lines of its own."""


class Fold(Struct, frozen=True):
    """The body of one function in a module's text."""

    line: int
    """1-based line of its `def`."""
    first: int
    """1-based line of its first statement."""
    last: int
    """1-based line of its last one, or of a comment behind it."""
    start: int
    """Byte offset of the first statement's line."""
    end: int
    """Byte offset behind the body."""


class Outline:
    """A module without the bodies of its functions."""

    def __init__(self, data: bytes, tree: ast.Module, folds: dict[int, Fold], note: Callable[[str], None]) -> None:
        self.tree = tree
        self._data = data
        self._folds = folds
        self._note = note

    def fold(self, line: int) -> Fold | None:
        """What was left out of the function whose `def` stands on a line."""
        return self._folds.get(line)

    def body(self, fold: Fold) -> list[ast.stmt]:
        """The statements that were left out; notes what of them can't be parsed."""
        text = "\n" * (fold.first - 2) + "if 1:\n" + self._data[fold.start : fold.end].decode()
        shortfall = ""
        body: list[ast.stmt] = []
        try:
            parsed = parse(text)
            shortfall = parsed.shortfall if parsed.masked else ""
            body = [inner for node in parsed.tree.body for inner in (node.body if isinstance(node, ast.If) else [node])]
        except Unparsable as error:
            shortfall = str(error)
        if shortfall:
            whole = self._from_whole(fold)
            if whole is not None:
                return whole
            self._note(shortfall)
        return body or [ast.Pass(lineno=fold.first, col_offset=0, end_lineno=fold.first, end_col_offset=0)]

    def _from_whole(self, fold: Fold) -> list[ast.stmt] | None:
        """The statements as they are in the module parsed at once, if that can be: the body's end was read wrongly."""
        try:
            parsed = parse(self._data.decode())
        except Unparsable:
            return None
        if parsed.masked:
            return None
        functions = (
            node for node in ast.walk(parsed.tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        )
        return next((node.body for node in functions if node.lineno == fold.line), None)


def outlined(data: bytes, note: Callable[[str], None]) -> Outline | None:
    """The outline of a module's UTF-8 text; None if it has none that is certain, or none that saves anything.

    `note` is told of what turns out to be no Python when a body is parsed.
    """
    if len(data) < MIN_FILE:
        return None
    folds = list(_folds(data))
    if not folds:
        return None
    pieces: list[bytes] = []
    at = 0
    for fold in folds:
        body = data[fold.start : fold.end]
        indentation = body[: len(body) - len(body.lstrip(b" \t"))]
        pieces += (data[at : fold.start], indentation, b"pass", b"\n" * body.count(b"\n"))
        at = fold.end
    pieces.append(data[at:])
    try:
        tree = parse(b"".join(pieces).decode())
    except Unparsable:
        return None
    by_line = {fold.line: fold for fold in folds}
    proven = _stretched(tree.tree, by_line)
    return Outline(data, tree.tree, by_line, note) if proven == len(folds) and not tree.masked else None


def _stretched(node: ast.AST, folds: dict[int, Fold]) -> int:
    """How many functions inside are there without their bodies; they, and what is around them, end where they ended."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        fold = folds.get(node.lineno)
        if fold is None or not isinstance(node.body[0], ast.Pass) or node.body[0].lineno != fold.first:
            return 0
        node.end_lineno = fold.last
        return 1
    count, end = 0, getattr(node, "end_lineno", None) or 0
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        for inner in getattr(node, name, ()):
            if isinstance(inner, (ast.stmt, ast.ExceptHandler, ast.match_case)):
                count += _stretched(inner, folds)
                end = max(end, getattr(inner, "end_lineno", None) or 0)
    if isinstance(node, (ast.stmt, ast.ExceptHandler)):
        node.end_lineno = end
    return count


def _folds(data: bytes) -> Iterator[Fold]:
    """The bodies of the outermost functions."""
    strings = list(_long_strings(data))
    index, line, counted, behind = 0, 1, 0, 0
    for match in _DEF.finditer(data):
        if match.start() < behind:
            continue
        start = data.rfind(b"\n", 0, match.start()) + 1
        before = _BEFORE_DEF.fullmatch(data, start, match.start())
        if before is None:
            continue
        while index < len(strings) and strings[index][1] <= start:
            index += 1
        if index < len(strings) and strings[index][0] < start:
            continue  # in a string
        place = _body(data, len(before.group(1)), match.end() - 1, strings, index)
        if place is None:
            continue
        first, behind = place
        line += data.count(b"\n", counted, start)
        counted = start
        first_line = line + data.count(b"\n", start, first)
        last_line = first_line + data.count(b"\n", first, first + len(data[first:behind].rstrip()))
        yield Fold(line, first_line, last_line, first, behind)


def _body(data: bytes, margin: int, at: int, strings: list[tuple[int, int]], index: int) -> tuple[int, int] | None:
    """Offsets of a function's body, of its first line and behind its last; None if it stays in the outline.

    `margin` is the indentation of the `def`, `at` the offset of its parameters, `index` that of the next long string.
    """
    colon = _colon(data, at)
    opening = _TO_BODY.match(data, colon + 1) if colon is not None else None
    if opening is None or len(opening.group(1)) <= margin:
        return None
    start = end = opening.start(1)
    outside = _outside(margin)
    while True:
        found = outside.search(data, end)
        end = found.start() + 1 if found is not None else len(data)
        while index < len(strings) and strings[index][1] <= end:
            index += 1
        if index == len(strings) or strings[index][0] >= end:
            return (start, end) if end - start >= MIN_BODY else None
        end = strings[index][1]


_OUTSIDE: "dict[int, re.Pattern[bytes]]" = {}


def _outside(margin: int) -> "re.Pattern[bytes]":
    """The end of a line before one that is no part of a body: a statement indented no further than the `def`."""
    known = _OUTSIDE.get(margin)
    if known is None:
        known = _OUTSIDE[margin] = re.compile(rb"\n[ \t]{0,%d}(?=[^\s#)\]}])" % margin)
    return known


def _colon(data: bytes, at: int) -> int | None:
    """Offset of the colon that ends a head."""
    depth = 0
    for match in _IN_HEAD.finditer(data, at):
        sign = match.group()
        if sign in b"([{":
            depth += 1
        elif sign in b")]}":
            depth -= 1
        elif sign == b":" and depth == 0:
            return match.start()
        if depth < 0:
            return None
    return None


def _long_strings(data: bytes) -> Iterator[tuple[int, int]]:
    """Offsets of the strings in three quotes."""
    if b'"""' not in data and b"'''" not in data:
        return
    at = 0
    while True:
        match = _QUOTED.search(data, at)
        if match is None:
            return
        at = match.end()
        quotes = match.group()
        if quotes in (b'"""', b"'''"):
            end = data.find(quotes, at)
            while end > 0 and _is_escaped(data, end):
                end = data.find(quotes, end + 1)
            at = end + 3 if end >= 0 else len(data)
            yield match.start(), at


def _is_escaped(data: bytes, at: int) -> bool:
    """True if an odd number of backslashes stands before an offset."""
    count = 0
    while at > count and data[at - 1 - count] == 0x5C:
        count += 1
    return count % 2 == 1
