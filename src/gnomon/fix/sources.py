"""What recipes ask of a target's text: the code of a span, its node, and what stands around it."""

import ast
from collections.abc import Iterable, Iterator
from itertools import accumulate

from msgspec import Struct

from gnomon.core.patch import Import
from gnomon.core.site import Span
from gnomon.core.tree import Tree
from gnomon.python.parse import Unparsable, parse
from gnomon.python.text import searchable

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_OPENS_SCOPE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


class ImportedName(Struct, frozen=True, kw_only=True):
    """A name that an import statement binds in a file."""

    bound: str
    """As the file uses it: `np`; the first part for `import a.b`."""
    source: Import
    """As Patch.unneeded wants it."""
    span: Span
    """The whole statement."""
    top: bool
    """True if the statement stands at the margin of the module."""


class Sources:
    """The files of one target; lines and columns are those of findings."""

    def __init__(self, tree: Tree) -> None:
        self._data = {file.path: file.data for file in tree.everything}
        self._python = frozenset(file.path for file in tree.files)
        self._encoded: dict[str, bytes] = {}
        self._texts: dict[str, str] = {}
        self._starts: dict[str, list[int]] = {}
        self._modules: dict[str, ast.Module | None] = {}
        self._parents: dict[str, dict[ast.AST, ast.AST]] = {}
        self._imports: dict[str, tuple[ImportedName, ...]] = {}

    @property
    def paths(self) -> frozenset[str]:
        """Every file of the target that was read."""
        return frozenset(self._data)

    @property
    def python(self) -> frozenset[str]:
        """Those that are Python source."""
        return self._python

    def data(self, path: str) -> bytes:
        """A file's bytes as they were read; none for a path that the target does not have."""
        return self._data.get(path, b"")

    def text(self, path: str) -> str:
        r"""A file's text as spans count in it: without a mark, `\n` at the ends of lines."""
        if path not in self._texts:
            self._texts[path] = self._bytes(path).decode()
        return self._texts[path]

    def _bytes(self, path: str) -> bytes:
        """The text in the form that columns count in."""
        if path not in self._encoded:
            self._encoded[path] = searchable(self.data(path))
        return self._encoded[path]

    def code(self, path: str, span: Span) -> str:
        """The text of a span as written; "" if it does not lie in the file."""
        data, starts = self._bytes(path), self._line_starts(path)
        if not 0 < span.line <= span.end_line <= len(starts):
            return ""
        start, end = starts[span.line - 1] + span.column - 1, starts[span.end_line - 1] + span.end_column
        return data[start:end].decode(errors="replace")

    def _line_starts(self, path: str) -> list[int]:
        if path not in self._starts:
            lines = self._bytes(path).split(b"\n")
            self._starts[path] = list(accumulate((len(line) + 1 for line in lines[:-1]), initial=0))
        return self._starts[path]

    def module(self, path: str) -> ast.Module | None:
        """The whole syntax tree; None if the file is no Python source, or a line of it does not parse."""
        if path not in self._modules:
            self._modules[path] = self._parsed(path) if path in self._python else None
        return self._modules[path]

    def _parsed(self, path: str) -> ast.Module | None:
        try:
            parsed = parse(self.text(path))
        except (Unparsable, RecursionError):
            return None
        return None if parsed.masked else parsed.tree

    def expression(self, path: str, span: Span) -> ast.expr | None:
        """The expression that has exactly this span, without its parentheses; the outermost if several have it."""
        return next((node for node in self._at(path, span) if isinstance(node, ast.expr)), None)

    def call(self, path: str, span: Span) -> ast.Call | None:
        """The call that has exactly this span."""
        return next((node for node in self._at(path, span) if isinstance(node, ast.Call)), None)

    def statement(self, path: str, span: Span) -> ast.stmt | None:
        """The innermost statement around a span."""
        return next((node for node in self.around(path, span) if isinstance(node, ast.stmt)), None)

    def function(self, path: str, span: Span) -> Function | None:
        """The innermost function or lambda around a span, None at the top of a module or class."""
        return next((node for node in self.around(path, span) if isinstance(node, Function)), None)

    def parent(self, path: str, node: ast.AST) -> ast.AST | None:
        """What a node of `module(path)` is a direct part of."""
        return self._parents_in(path).get(node)

    def around(self, path: str, span: Span) -> list[ast.AST]:
        """The nodes that hold the span, innermost first, the module last; empty if the file does not parse."""
        found: list[ast.AST] = []
        node: ast.AST | None = self.module(path)
        while node is not None:
            found.append(node)
            node = next((child for child in _placed(node) if holds(span_of(child), span)), None)
        return found[::-1]

    def bound(self, path: str, span: Span) -> frozenset[str]:
        """Names that mean something at a span: of the functions and classes around it, and of the module."""
        scopes = [node for node in self.around(path, span) if isinstance(node, (*_OPENS_SCOPE, ast.Module))]
        return frozenset(name for scope in scopes for name in _bound_in(scope))

    def names(self, path: str) -> frozenset[str]:
        """Every name that occurs in a file, whatever it is: one that is not here is free."""
        module = self.module(path)
        if module is None:
            return frozenset()
        attributes = {node.attr for node in ast.walk(module) if isinstance(node, ast.Attribute)}
        return frozenset(attributes | {name for node in ast.walk(module) for name in _names_of(node)})

    def imports(self, path: str) -> tuple[ImportedName, ...]:
        """What the import statements of a file bind, wherever they stand, in source order; `*` is left out."""
        if path not in self._imports:
            self._imports[path] = self._imported_in(path)
        return self._imports[path]

    def _imported_in(self, path: str) -> tuple[ImportedName, ...]:
        module = self.module(path)
        if module is None:
            return ()
        found = [
            imported
            for node in ast.walk(module)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for imported in _imported(path, node, top=node in module.body)
        ]
        return tuple(sorted(found, key=lambda item: (item.span.line, item.span.column)))

    def is_package(self, folder: str) -> bool:
        """True if a folder (without `/` at its end, "" for the root) has an `__init__.py`."""
        return f"{folder}/__init__.py".removeprefix("/") in self._data

    def package_root(self, path: str) -> str | None:
        """The folder that a file's top-level package lies in; None if the file is in no package."""
        folder = path.rpartition("/")[0]
        if not folder or not self.is_package(folder):
            return None
        while folder and self.is_package(folder):
            folder = folder.rpartition("/")[0]
        return folder

    def _at(self, path: str, span: Span) -> list[ast.AST]:
        """Nodes with exactly this span, outermost first."""
        return [node for node in reversed(self.around(path, span)) if span_of(node) == span]

    def _parents_in(self, path: str) -> dict[ast.AST, ast.AST]:
        if path not in self._parents:
            module = self.module(path)
            nodes = ast.walk(module) if module is not None else ()
            self._parents[path] = {child: node for node in nodes for child in ast.iter_child_nodes(node)}
        return self._parents[path]


def span_of(node: ast.AST) -> Span | None:
    """A node's span as sites have it; None for what has no place, such as an operator."""
    line, end_line = getattr(node, "lineno", None), getattr(node, "end_lineno", None)
    if line is None or end_line is None:
        return None
    column, end_column = getattr(node, "col_offset", 0) + 1, getattr(node, "end_col_offset", 0) or 0
    return Span(line=line, column=column, end_line=end_line, end_column=end_column)


def _placed(node: ast.AST) -> Iterator[ast.AST]:
    """The nearest nodes below that have a place: `arguments` and the like have none."""
    for child in ast.iter_child_nodes(node):
        if span_of(child) is None:
            yield from _placed(child)
        else:
            yield child
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield from child.decorator_list  # before the statement's own first line


def holds(outer: Span | None, inner: Span) -> bool:
    """True if the inner span lies in the outer one, or is it."""
    if outer is None:
        return False
    starts = (outer.line, outer.column) <= (inner.line, inner.column)
    return starts and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)


def _bound_in(scope: ast.AST) -> Iterator[str]:
    """Names that are bound directly in a scope."""
    waiting: list[ast.AST] = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop()
        yield from _names_bound_by(node)
        if not isinstance(node, _OPENS_SCOPE):
            waiting += ast.iter_child_nodes(node)


def _names_bound_by(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            yield from names
        case ast.Name():
            pass
        case _:
            yield from _names_of(node)


def _names_of(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name) | ast.arg(arg=name) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.AsyncFunctionDef(name=name) | ast.MatchStar(name=str(name)) | ast.MatchAs(name=str(name)):
            yield name
        case ast.ExceptHandler(name=str(name)):
            yield name
        case ast.alias(name=name, asname=alias):
            yield alias or name.partition(".")[0]
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            yield from names


def _imported(path: str, node: ast.Import | ast.ImportFrom, *, top: bool) -> Iterator[ImportedName]:
    span = span_of(node) or Span(line=1, end_line=1)
    for alias in _named(node.names):
        if isinstance(node, ast.Import):
            source = Import(path=path, module=alias.name, alias=alias.asname or "")
        else:
            module = "." * node.level + (node.module or "")
            source = Import(path=path, module=module, name=alias.name, alias=alias.asname or "")
        bound = alias.asname or (alias.name.partition(".")[0] if isinstance(node, ast.Import) else alias.name)
        yield ImportedName(bound=bound, source=source, span=span, top=top)


def _named(names: Iterable[ast.alias]) -> Iterator[ast.alias]:
    return (alias for alias in names if alias.name != "*")
