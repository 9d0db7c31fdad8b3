"""A module's outline: its text without the bodies of its classes and functions, which are parsed when they are needed.

Parsing is the most expensive part of a scan, and most of a file is never looked at. Where a body is, is read from the
text, and parsing proves it read rightly: the outline must have that class or function, empty, at that line.
"""

import ast
import re
from collections.abc import Callable, Iterator, Sequence

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
_CLASS = re.compile(rb"\nclass[ \t]+\w+[ \t]*(?=[(\[:])")
"""At the margin: a class in an `if` or a function stays where it is."""
_IN_HEAD = re.compile(_STRING + rb"|#[^\n]*|[\[\](){}:]", re.DOTALL)
_TO_BODY = re.compile(rb"[ \t]*(?:#[^\n]*)?(?:\n[ \t]*(?:#[^\n]*)?)*\n([ \t]+)(?=[^\s#])")
"""From the colon of a head to the first statement of a body on lines of its own."""
BLOCKS = ("body", "handlers", "orelse", "finalbody", "cases")
"""Fields that hold statements, handlers or cases, in the order of the text."""
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Fold(Struct, frozen=True):
    """The body of one class or function in a module's text."""

    line: int
    """1-based line of its `def` or `class`."""
    first: int
    """1-based line of its first statement."""
    last: int
    """1-based line of its last one, or of a comment behind it."""
    start: int
    """Byte offset of the first statement's line."""
    end: int
    """Byte offset behind the body."""
    inside: "tuple[Fold, ...]" = ()
    """The bodies of a class's methods."""


class Outline:
    """A module without the bodies of its classes and functions."""

    def __init__(self, data: bytes, tree: ast.Module, folds: Sequence[Fold], note: Callable[[str], None]) -> None:
        self.tree = tree
        self._data = data
        self._folds = {fold.line: fold for outer in folds for fold in (outer, *outer.inside)}
        self._note = note

    def fold(self, line: int) -> Fold | None:
        """What was left out of the class or function that begins on a line (decorators not counted)."""
        return self._folds.get(line)

    def body(self, fold: Fold) -> list[ast.stmt]:
        """The statements that were left out, methods again without their bodies; notes what can't be parsed."""
        if fold.inside:
            parsed = self._parsed(fold, fold.inside)
            proven = sum(_stretched(node, self._folds) for node in parsed)
            if proven == len(fold.inside):
                return parsed
            for inner in fold.inside:
                del self._folds[inner.line]
        return self._parsed(fold, ()) or self._as_far_as_possible(fold)

    def complete(self, node: ast.AST) -> None:
        """Puts back what was left out of a class or function, and has it end where Python does."""
        fold = self._folds.get(node.lineno) if isinstance(node, _Definition) else None
        if isinstance(node, _Definition) and fold is not None:
            node.body = self._parsed(fold, ()) or self._as_far_as_possible(fold)
        else:
            for inner in _inside(node):
                self.complete(inner)
        if isinstance(node, _Definition):
            node.end_lineno = _end(node)

    def _parsed(self, fold: Fold, without: Sequence[Fold]) -> list[ast.stmt]:
        """The statements of a body; none if they can't all be parsed."""
        try:
            parsed = parse(self._text(fold, without))
        except Unparsable:
            return []
        block = parsed.tree.body[0] if len(parsed.tree.body) == 1 and not parsed.masked else None
        return block.body if isinstance(block, ast.If) else []

    def _text(self, fold: Fold, without: Sequence[Fold]) -> str:
        """A body inside an `if`, at the lines it has in the module."""
        return "\n" * (fold.first - 2) + "if 1:\n" + _without(self._data, fold.start, fold.end, without).decode()

    def _as_far_as_possible(self, fold: Fold) -> list[ast.stmt]:
        """The statements as they are in the module parsed at once, or what the tolerant parser makes of the body."""
        try:
            whole = parse(self._data.decode())
            if not whole.masked:
                definitions = (node for node in ast.walk(whole.tree) if isinstance(node, _Definition))
                found = next((node.body for node in definitions if node.lineno == fold.line), None)
                if found is not None:
                    return found  # the body's end was read wrongly
        except Unparsable:
            pass
        try:
            parsed = parse(self._text(fold, ()))
        except Unparsable as error:
            self._note(str(error))
            return [ast.Pass(lineno=fold.first, col_offset=0, end_lineno=fold.first, end_col_offset=0)]
        self._note(parsed.shortfall)
        return [inner for node in parsed.tree.body for inner in (node.body if isinstance(node, ast.If) else [node])]


def outlined(data: bytes, note: Callable[[str], None]) -> Outline | None:
    """The outline of a module's UTF-8 text; None if it has none that is certain, or none that saves anything.

    `note` is told of what turns out to be no Python when a body is parsed.
    """
    # Behind a form feed the indentation begins anew (https://docs.python.org/3/reference/lexical_analysis.html#indentation):
    # few files have one, and what looks like a part of a body may be none.
    folds = _folds(data) if len(data) >= MIN_FILE and b"\f" not in data else []
    if not folds:
        return None
    try:
        parsed = parse(_without(data, 0, len(data), folds).decode())
    except Unparsable:
        return None
    proven = _stretched(parsed.tree, {fold.line: fold for fold in folds})
    return Outline(data, parsed.tree, folds, note) if proven == len(folds) and not parsed.masked else None


def _without(data: bytes, start: int, end: int, folds: Sequence[Fold]) -> bytes:
    """A part of the text with `pass` for each fold's body, lines kept."""
    pieces: list[bytes] = []
    for fold in folds:
        body = data[fold.start : fold.end]
        indentation = body[: len(body) - len(body.lstrip(b" \t"))]
        pieces += (data[start : fold.start], indentation, b"pass", b"\n" * body.count(b"\n"))
        start = fold.end
    return b"".join((*pieces, data[start:end]))


def _stretched(node: ast.AST, folds: dict[int, Fold]) -> int:
    """How many definitions inside lack their bodies; makes them, and what is around them, end where they ended."""
    if isinstance(node, _Definition):
        fold = folds.get(node.lineno)
        if fold is not None and isinstance(node.body[0], ast.Pass) and node.body[0].lineno == fold.first:
            node.end_lineno = fold.last
            return 1
        if not isinstance(node, ast.ClassDef):
            return 0
    count, end = 0, getattr(node, "end_lineno", None) or 0
    for inner in _inside(node):
        count += _stretched(inner, folds)
        end = max(end, getattr(inner, "end_lineno", None) or 0)
    if isinstance(node, (ast.stmt, ast.ExceptHandler)):
        node.end_lineno = end
    return count


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """The statements in a compound one, handlers and cases as they are, in the order of the text."""
    for name in BLOCKS:
        for inner in getattr(node, name, ()):
            if isinstance(inner, (ast.stmt, ast.ExceptHandler, ast.match_case)):
                yield inner


def _end(node: ast.AST) -> int:
    """The last line of the last statement in it, which an outline may put behind a comment."""
    inner = list(_inside(node))
    return _end(inner[-1]) if inner else int(getattr(node, "end_lineno", 0))


def _folds(data: bytes) -> list[Fold]:
    """The bodies of the outermost functions and of the classes around them."""
    strings = list(_long_strings(data))
    functions = list(_bodies(data, _functions(data), strings))
    classes: list[Fold] = []
    for body in _bodies(data, ((match.start() + 1, 0, match.end()) for match in _CLASS.finditer(data)), strings):
        inside = tuple(fold for fold in functions if body.start <= fold.start < body.end)
        left = body.end - body.start - sum(fold.end - fold.start for fold in inside)
        if left >= MIN_BODY:
            classes.append(Fold(body.line, body.first, body.last, body.start, body.end, inside))
    methods = {fold.line for body in classes for fold in body.inside}
    return sorted([*classes, *(fold for fold in functions if fold.line not in methods)], key=lambda fold: fold.start)


def _functions(data: bytes) -> Iterator[tuple[int, int, int]]:
    """For each `def`: offset of its line, its indentation, offset of its parameters."""
    for match in _DEF.finditer(data):
        start = data.rfind(b"\n", 0, match.start()) + 1
        before = _BEFORE_DEF.fullmatch(data, start, match.start())
        if before is not None:
            yield start, len(before.group(1)), match.end() - 1


def _bodies(data: bytes, heads: Iterator[tuple[int, int, int]], strings: list[tuple[int, int]]) -> Iterator[Fold]:
    """The bodies of definitions that are not inside of one another's."""
    index, line, counted, behind = 0, 1, 0, 0
    for start, margin, at in heads:
        if start < behind:
            continue
        while index < len(strings) and strings[index][1] <= start:
            index += 1
        if index < len(strings) and strings[index][0] < start:
            continue  # in a string
        place = _body(data, margin, at, strings, index)
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
