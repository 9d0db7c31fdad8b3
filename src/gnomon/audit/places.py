"""The text of a file and an advisory's places in it -> whether the flawed code is there, by what it uses.

A place is a function or class and what is used in it, so it is found whatever else has changed around it, and a comment
that still names the load does not count.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from gnomon.core.advisory import FlawedCode
from gnomon.core.audit import CodeState
from gnomon.python.parse import parse
from gnomon.python.text import searchable

MODULE = "<module>"
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module


class Use(Struct, frozen=True):
    """A dotted name that is used, or a switch that is set: `self.socket.recv_pyobj`, `weights_only=False`."""

    name: str
    line: int


class Facts(Struct, frozen=True):
    """What a definition uses and holds."""

    uses: tuple[Use, ...]
    words: frozenset[str]
    """Names, attributes, keywords as `name=`."""
    texts: tuple[str, ...]
    """Its strings, without docstrings."""


class Found(Struct, frozen=True):
    """A place of an advisory in a file."""

    state: CodeState
    path: str
    qualname: str
    uses: tuple[Use, ...] = ()
    """Those that make it flawed."""
    reason: str = ""


class Texts:
    """Files by path, each parsed once; asked by the end of a path, since installed files lie in some folder."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._trees: dict[str, ast.Module | None] = {}
        self._by_name: dict[str, list[str]] = {}
        for path in files:
            self._by_name.setdefault(path.rpartition("/")[2], []).append(path)

    def paths(self, end: str) -> list[str]:
        """Paths that are `end`, or end in it."""
        named = self._by_name.get(end.rpartition("/")[2], ())
        found = [path for path in named if path == end or path.endswith(f"/{end}")]
        # of a package and a vendored copy of it, the one that is nearest to the top
        return sorted(found, key=lambda path: (path.count("/"), path))[:1]

    def definition(self, path: str, qualname: str) -> Definition | None:
        """The function or class; None if it is not there. Raises Unparsable."""
        if path not in self._trees:
            self._trees[path] = parse(searchable(self._files[path]).decode()).tree
        tree = self._trees[path]
        if tree is None or qualname == MODULE:
            return tree
        return next(_defined(tree.body, qualname.split(".")), None)


def look(texts: Texts, code: FlawedCode) -> Found | None:
    """What is in the place; None if its file is not there. Raises Unparsable."""
    for path in texts.paths(code.path):
        node = texts.definition(path, code.qualname)
        if node is None:
            return Found("absent", path, code.qualname, reason=f"there is no {code.qualname} in it")
        return _judged(texts, code, path, _facts(node))
    return None


def _judged(texts: Texts, code: FlawedCode, path: str, facts: Facts) -> Found:
    uses = tuple(use for use in facts.uses if any(_is(use.name, wanted) for wanted in code.uses))
    if not uses:
        return Found("absent", path, code.qualname, reason=f"{code.qualname} uses no {' or '.join(code.uses)}")
    repaired = _first(facts, code.lacks)
    if repaired:
        return Found("absent", path, code.qualname, reason=f"{code.qualname} has the repair, {repaired}")
    open_ = (not code.holds or _first(facts, code.holds)) and all(
        _met(texts, each.path, each.qualname, each.holds, each.lacks) for each in code.when
    )
    if open_:
        return Found("present", path, code.qualname, uses)
    return Found("mitigated", path, code.qualname, uses, code.mitigated or "what made it reachable is gone")


def _met(texts: Texts, path: str, qualname: str, holds: tuple[str, ...], lacks: tuple[str, ...]) -> bool:
    """Conditions on another place; a place that is gone meets none that asks for something."""
    for found in texts.paths(path):
        node = texts.definition(found, qualname)
        if node is not None:
            facts = _facts(node)
            return bool(not holds or _first(facts, holds)) and not _first(facts, lacks)
    return not holds


def _first(facts: Facts, wanted: Iterable[str]) -> str:
    """The first of the names and texts that is there; "" if none is."""
    for each in wanted:
        if each in facts.words or any(_is(use.name, each) for use in facts.uses):
            return each
        if any(each in text for text in facts.texts):
            return each
    return ""


def _is(name: str, wanted: str) -> bool:
    return name == wanted or name.endswith(f".{wanted}")


def _defined(body: Iterable[ast.stmt], names: list[str]) -> Iterator[Definition]:
    """Definitions of that qualified name, also those under a condition; the last of several is the one in force."""
    found: list[Definition] = []
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if statement.name == names[0]:
                found += [statement] if len(names) == 1 else list(_defined(statement.body, names[1:]))
        else:
            for field in ("body", "orelse", "finalbody"):
                found += list(_defined(getattr(statement, field, ()), names))
            for handler in getattr(statement, "handlers", ()):
                found += list(_defined(handler.body, names))
    yield from reversed(found)


def _facts(node: Definition) -> Facts:
    uses: list[Use] = []
    words: set[str] = set()
    texts: list[str] = []
    docstrings = _docstrings(node)
    for each in _within(node):
        match each:
            case ast.Attribute() | ast.Name():
                words.add(each.attr if isinstance(each, ast.Attribute) else each.id)
                uses.append(Use(_dotted(each), each.lineno))
            case ast.keyword(arg=str(name), value=value):
                words.add(f"{name}=")
                if isinstance(value, ast.Constant) and isinstance(value.value, bool):
                    uses.append(Use(f"{name}={value.value}", value.lineno))
            case ast.arg(arg=name):
                words.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                words.add(name)
            case ast.Constant(value=str(text)) if id(each) not in docstrings:
                texts.append(text)
            case ast.Constant(value=bytes(data)):
                texts.append(data.decode("latin-1"))
            case _:
                pass
    return Facts(tuple(uses), frozenset(words), tuple(texts))


def _within(node: Definition) -> Iterator[ast.AST]:
    """All nodes of the definition; of a module those outside of functions and classes."""
    if not isinstance(node, ast.Module):
        yield from ast.walk(node)
        return
    for statement in node.body:
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from ast.walk(statement)


def _docstrings(node: Definition) -> frozenset[int]:
    """Identities of the constants that are docstrings."""
    return frozenset(
        id(each.value) for each in ast.walk(node) if isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant)
    )


def _dotted(node: ast.expr) -> str:
    """`a.b.c`; what is not a name, such as a call or a subscript, is left out: `.recv_pyobj`."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    parts.append(node.id if isinstance(node, ast.Name) else "")
    return ".".join(reversed(parts))
