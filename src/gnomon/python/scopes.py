"""A module's scopes: functions, classes and lambdas, nested as they are written.

Only the statement skeleton of a module is walked up front; the inside of a function is walked when somebody asks.
"""

import ast
from collections.abc import Iterator

from gnomon.python.facts import FUNCTIONS, Facts, read
from gnomon.python.outline import Fold, Outline

ScopeNode = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda

_COMPOUND = (
    ast.If,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.With,
    ast.AsyncWith,
    ast.Try,
    ast.TryStar,
    ast.Match,
)


class Scope:
    """A module, class, function or lambda."""

    __slots__ = (
        "_children",
        "_facts",
        "_fold",
        "body",
        "end",
        "module",
        "name",
        "node",
        "outline",
        "parent",
        "path",
        "qualname",
        "start",
    )

    def __init__(
        self, node: ScopeNode, name: str, parent: "Scope | None", path: str, outline: Outline | None = None
    ) -> None:
        self.node = node
        self.name = name
        self.parent = parent
        self.path = path
        outer = "" if parent is None or parent.parent is None else parent.qualname + "."
        self.qualname: str = "<module>" if parent is None else outer + name
        self._children: list[Scope] | None = None
        self.module: Scope = self if parent is None else parent.module
        decorators = self.decorators()
        self.start: int = decorators[0].lineno if decorators else getattr(node, "lineno", 1)
        body = node.body if isinstance(node.body, list) else [node.body]
        self.body: int = body[0].lineno if body and parent is not None else 1
        """First line of the body; what stands before it is the head."""
        self.end: int = getattr(node, "end_lineno", None) or 1_000_000_000
        self._facts: Facts | None = None
        self.outline = outline
        """Of a module: where the bodies of its functions are."""
        self._fold: Fold | None = None
        """Of a class or function: where its body is, until it is parsed."""
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and self.module.outline is not None:
            self._fold = self.module.outline.fold(node.lineno)

    @property
    def children(self) -> "list[Scope]":
        """Nested definitions in source order; computed once."""
        if self._children is None:
            self._unfold()
            self._children = _definitions(self)
        return self._children

    @property
    def is_class(self) -> bool:
        """True for a class body."""
        return isinstance(self.node, ast.ClassDef)

    @property
    def is_function(self) -> bool:
        """True for a function, method or lambda."""
        return isinstance(self.node, (*FUNCTIONS, ast.Lambda))

    @property
    def facts(self) -> Facts:
        """What happens directly inside; computed once."""
        if self._facts is None:
            self._unfold()
            self._facts = read(self)
        return self._facts

    @property
    def statements(self) -> list[ast.stmt]:
        """The body of a module, class or function; the expression of a lambda is none."""
        self._unfold()
        return self.node.body if isinstance(self.node.body, list) else []

    def _unfold(self) -> None:
        """Put a body, parsed now, where the outline left it out."""
        if self._fold is None or self.module.outline is None:
            return
        if isinstance(self.node, (*FUNCTIONS, ast.ClassDef)):
            fold, self._fold = self._fold, None
            self.node.body = self.module.outline.body(fold)

    @property
    def enclosing_class(self) -> "Scope | None":
        """The class this is a method of, directly."""
        return self.parent if self.parent is not None and self.parent.is_class and self.is_function else None

    @property
    def class_around(self) -> "Scope | None":
        """The class this is, or stands in at whatever depth."""
        scope: Scope | None = self
        while scope is not None and not scope.is_class:
            scope = scope.parent
        return scope

    def child(self, name: str) -> "Scope | None":
        """The last nested definition with that name."""
        return next((scope for scope in reversed(self.children) if scope.name == name), None)

    def nested(self, node: ScopeNode, name: str) -> "Scope":
        """A scope for a definition inside this one."""
        return Scope(node, name, self, self.path)

    def decorators(self) -> list[ast.expr]:
        """Decorator expressions of a function or class."""
        return self.node.decorator_list if isinstance(self.node, (*FUNCTIONS, ast.ClassDef)) else []

    def with_lambdas(self) -> "Iterator[Scope]":
        """This scope and the lambdas written in it: what runs where a line of it runs."""
        yield self
        for inner in self.facts.lambdas:
            yield from inner.with_lambdas()

    def walk(self) -> "Iterator[Scope]":
        """This scope and every scope nested in it, lambdas included."""
        yield self
        for inner in (*self.children, *self.facts.lambdas):
            yield from inner.walk()


def module_scope(tree: ast.Module, path: str, outline: Outline | None = None) -> Scope:
    """The module's scope; what is inside is looked at when somebody asks."""
    return Scope(tree, "<module>", None, path, outline)


def _definitions(scope: Scope) -> list[Scope]:
    """Definitions directly inside a scope, also those under its `if`, `try` and `with`, in source order."""
    node = scope.node
    found: list[Scope] = []
    stack: list[list[ast.stmt]] = [node.body] if isinstance(node.body, list) else []
    while stack:
        for statement in stack.pop():
            if isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
                found.append(scope.nested(statement, statement.name))
            elif isinstance(statement, _COMPOUND):
                stack.extend(_blocks(statement))
    found.sort(key=lambda inner: inner.start)
    return found


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The statement lists inside a compound statement."""
    if isinstance(statement, ast.Match):
        for case in statement.cases:
            yield case.body
        return
    for name in ("body", "orelse", "finalbody"):
        block = getattr(statement, name, None)
        if isinstance(block, list):
            yield block
    for handler in getattr(statement, "handlers", ()):
        yield handler.body
