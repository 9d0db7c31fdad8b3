"""What happens directly inside one scope: bindings, stores, calls and reads, found in one pass over its own nodes."""

import ast
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from gnomon.python.scopes import Scope

BindingKind = Literal["assign", "for", "with", "import", "def", "class", "param", "aug", "except", "capture"]
Pick = int | Literal["*"]
"""How a target takes a part of the value: by position, or the starred rest."""

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_NO_NODES = frozenset(
    {"ctx", "op", "ops", "id", "attr", "name", "names", "arg", "asname", "module", "level", "kind", "type_comment"}
)
"""Fields of syntax tree nodes that hold no expression or statement."""
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}
"""The other fields of each type of node, last first: the order they are put on the stack in."""


class Binding:
    """One place where a name or attribute gets a value."""

    __slots__ = ("kind", "name", "node", "path", "scope", "target", "value")

    def __init__(
        self,
        kind: BindingKind,
        name: str,
        node: ast.AST,
        scope: "Scope",
        value: ast.expr | None = None,
        path: tuple[Pick, ...] = (),
        target: "str | Scope" = "",
    ) -> None:
        self.kind = kind
        self.name = name
        self.node = node
        """The node whose end is where the binding takes effect."""
        self.scope = scope
        self.value = value
        """The bound expression; for "for" and "with" the iterable or context manager."""
        self.path = path
        """How to get from `value` to the bound part: element positions of nested unpacking."""
        self.target = target
        """The dotted name of an import, or the scope of a definition."""


class Store:
    """An assignment to an attribute or an item: `a.b = value`, `a[k] = value`."""

    __slots__ = ("path", "target", "value")

    def __init__(self, target: ast.Attribute | ast.Subscript, value: ast.expr | None, path: tuple[Pick, ...]) -> None:
        self.target = target
        self.value = value
        self.path = path


class Facts:
    """What happens directly inside one scope (nested definitions and lambdas are scopes of their own)."""

    __slots__ = (
        "_calls_by_name",
        "_references_by_name",
        "attributes",
        "bindings",
        "calls",
        "globals",
        "lambdas",
        "names",
        "parents",
        "returns",
        "stores",
        "yields",
    )

    def __init__(self) -> None:
        self.bindings: dict[str, list[Binding]] = {}
        self.calls: list[ast.Call] = []
        self.returns: list[ast.expr] = []
        self.yields: list[ast.expr] = []
        self.stores: list[Store] = []
        self.names: list[ast.Name] = []
        """Names that are read."""
        self.attributes: list[ast.Attribute] = []
        """Attributes that are read."""
        self.lambdas: list[Scope] = []
        self.globals: set[str] = set()
        self.parents: dict[ast.AST, ast.AST] = {}
        self._calls_by_name: dict[str, list[ast.Call]] | None = None
        self._references_by_name: dict[str, list[ast.expr]] | None = None

    def calls_named(self, name: str) -> list[ast.Call]:
        """Calls of `name(…)` and `….name(…)`."""
        if self._calls_by_name is None:
            self._calls_by_name = {}
            for call in self.calls:
                self._calls_by_name.setdefault(last_name(call.func), []).append(call)
        return self._calls_by_name.get(name, [])

    def references(self, name: str) -> list[ast.expr]:
        """Reads of `name` and `….name`."""
        if self._references_by_name is None:
            self._references_by_name = {}
            for node in (*self.names, *self.attributes):
                self._references_by_name.setdefault(last_name(node), []).append(node)
        return self._references_by_name.get(name, [])


def last_name(node: ast.expr) -> str:
    """`c` for `a.b.c` and `c`, "" for anything else."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def defaults(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Iterator[tuple[str, ast.expr]]:
    """The parameters that have a default, with it."""
    positional = [*function.args.posonlyargs, *function.args.args]
    given = function.args.defaults
    for argument, default in zip(positional[len(positional) - len(given) :], given, strict=True):
        yield argument.arg, default
    for argument, keyword_default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True):
        if keyword_default is not None:
            yield argument.arg, keyword_default


def read(scope: "Scope") -> Facts:
    """Facts of `scope`; walks its inside once."""
    facts = Facts()
    _Reader(scope, facts).run()
    return facts


class _Reader:
    """One pass over a scope's own nodes."""

    def __init__(self, scope: "Scope", facts: Facts) -> None:
        self.scope = scope
        self.facts = facts
        self.stack: list[ast.AST] = []
        self.nested: dict[ast.AST, Scope] | None = None

    def run(self) -> None:
        node = self.scope.node
        if isinstance(node, (*FUNCTIONS, ast.Lambda)):
            self._parameters(node.args)
        body = node.body if isinstance(node.body, list) else [node.body]
        if isinstance(node, ast.Lambda):
            self.facts.returns.append(node.body)
        self._push(node, body)
        while self.stack:
            self._visit(self.stack.pop())

    def _push(self, parent: ast.AST, children: "list[ast.stmt] | list[ast.expr] | list[ast.AST]") -> None:
        parents = self.facts.parents
        for child in reversed(children):
            parents[child] = parent
            self.stack.append(child)

    def _parameters(self, args: ast.arguments) -> None:
        names = [*args.posonlyargs, *args.args, *args.kwonlyargs]
        names += [arg for arg in (args.vararg, args.kwarg) if arg is not None]
        for arg in names:
            self._bind(Binding("param", arg.arg, arg, self.scope))

    def _bind(self, binding: Binding) -> None:
        self.facts.bindings.setdefault(binding.name, []).append(binding)

    def _visit(self, node: ast.AST) -> None:
        handler = _HANDLERS.get(type(node))
        if handler is not None:
            handler(self, node)
            if isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Lambda)):
                return
        names = _FIELDS.get(type(node))
        if names is None:
            names = _FIELDS[type(node)] = tuple(name for name in reversed(node._fields) if name not in _NO_NODES)
        parents, stack = self.facts.parents, self.stack
        for name in names:
            value = getattr(node, name, None)
            if isinstance(value, ast.AST):
                parents[value] = node
                stack.append(value)
            elif isinstance(value, list):
                for item in reversed(value):
                    if isinstance(item, ast.AST):
                        parents[item] = node
                        stack.append(item)

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        if self.nested is None:  # by node, since a generated class may have thousands of methods
            self.nested = {child.node: child for child in self.scope.children}
        inner = self.nested.get(node)
        if inner is None:
            inner = self.nested[node] = self.scope.nested(node, node.name)
            self.scope.children.append(inner)
        kind: BindingKind = "class" if isinstance(node, ast.ClassDef) else "def"
        self._bind(Binding(kind, node.name, node, self.scope, target=inner))
        outside: list[ast.expr] = [*node.decorator_list]
        if isinstance(node, ast.ClassDef):
            outside += [*node.bases, *(keyword.value for keyword in node.keywords)]
        else:
            outside += [*node.args.defaults, *(value for value in node.args.kw_defaults if value is not None)]
        self._push(node, outside)

    def _lambda(self, node: ast.Lambda) -> None:
        self.facts.lambdas.append(self.scope.nested(node, "<lambda>"))
        self._push(node, [*node.args.defaults, *(value for value in node.args.kw_defaults if value is not None)])

    def _target(
        self, target: ast.expr, value: ast.expr | None, kind: BindingKind, path: tuple[Pick, ...], at: ast.AST
    ) -> None:
        if isinstance(target, ast.Name):
            self._bind(Binding(kind, target.id, at, self.scope, value, path))
        elif isinstance(target, (ast.Attribute, ast.Subscript)):
            self.facts.stores.append(Store(target, value, (*path, "*") if kind == "for" else path))
        elif isinstance(target, ast.Starred):
            self._target(target.value, value, kind, path, at)
        elif isinstance(target, (ast.Tuple, ast.List)):
            starred = False
            for index, item in enumerate(target.elts):
                starred = starred or isinstance(item, ast.Starred)
                pick: Pick = "*" if starred else index
                if isinstance(item, ast.Starred):
                    # `first, *rest = value`: `rest` is a part of the value again, so the path stays at the value
                    self._target(item.value, value, kind, path, at)
                else:
                    self._target(item, value, kind, (*path, pick), at)

    def _assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            if not self._pairwise(target, node.value, node):
                self._target(target, node.value, "assign", (), node)

    def _pairwise(self, target: ast.expr, value: ast.expr, at: ast.AST) -> bool:
        """True for `a, b = x, y`, which binds element by element."""
        if not isinstance(target, (ast.Tuple, ast.List)) or not isinstance(value, (ast.Tuple, ast.List)):
            return False
        starred = any(isinstance(item, ast.Starred) for item in (*target.elts, *value.elts))
        if starred or len(target.elts) != len(value.elts):
            return False
        for left, right in zip(target.elts, value.elts, strict=True):
            self._target(left, right, "assign", (), at)
        return True

    def _annotated(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._target(node.target, node.value, "assign", (), node)

    def _augmented(self, node: ast.AugAssign) -> None:
        self._target(node.target, node.value, "aug", (), node)

    def _walrus(self, node: ast.NamedExpr) -> None:
        self._target(node.target, node.value, "assign", (), node)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.comprehension) -> None:
        self._target(node.target, node.iter, "for", (), node.target)

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            if item.optional_vars is not None:
                self._target(item.optional_vars, item.context_expr, "with", (), item.optional_vars)

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            self._bind(Binding("import", name, node, self.scope, target=alias.name if alias.asname else name))
            if not alias.asname and "." in alias.name:
                # `import a.b` also makes `a.b` reachable; the dotted import is remembered under its full name
                self._bind(Binding("import", alias.name, node, self.scope, target=alias.name))

    def _import_from(self, node: ast.ImportFrom) -> None:
        prefix = "." * node.level + (node.module or "")
        for alias in node.names:
            dot = "" if prefix.endswith(".") or not prefix else "."
            dotted = f"{prefix}{dot}{alias.name}"
            self._bind(Binding("import", alias.asname or alias.name, node, self.scope, target=dotted))

    def _return(self, node: ast.Return) -> None:
        if node.value is not None:
            self.facts.returns.append(node.value)

    def _yield(self, node: ast.Yield | ast.YieldFrom) -> None:
        if node.value is not None:
            self.facts.yields.append(node.value)

    def _call(self, node: ast.Call) -> None:
        self.facts.calls.append(node)

    def _name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.facts.names.append(node)

    def _attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.ctx, ast.Load):
            self.facts.attributes.append(node)

    def _global(self, node: ast.Global | ast.Nonlocal) -> None:
        self.facts.globals.update(node.names)

    def _except(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self._bind(Binding("except", node.name, node, self.scope))

    def _match(self, node: ast.Match) -> None:
        for case in node.cases:
            for part in ast.walk(case.pattern):
                name = getattr(part, "name", None) or getattr(part, "rest", None)
                if isinstance(name, str):
                    self._bind(Binding("capture", name, case.pattern, self.scope, node.subject))


_HANDLERS: dict[type[ast.AST], Callable[[_Reader, Any], None]] = {
    ast.FunctionDef: _Reader._definition,
    ast.AsyncFunctionDef: _Reader._definition,
    ast.ClassDef: _Reader._definition,
    ast.Lambda: _Reader._lambda,
    ast.Assign: _Reader._assign,
    ast.AnnAssign: _Reader._annotated,
    ast.AugAssign: _Reader._augmented,
    ast.NamedExpr: _Reader._walrus,
    ast.For: _Reader._loop,
    ast.AsyncFor: _Reader._loop,
    ast.comprehension: _Reader._loop,
    ast.With: _Reader._with,
    ast.AsyncWith: _Reader._with,
    ast.Import: _Reader._import,
    ast.ImportFrom: _Reader._import_from,
    ast.Return: _Reader._return,
    ast.Yield: _Reader._yield,
    ast.YieldFrom: _Reader._yield,
    ast.Call: _Reader._call,
    ast.Name: _Reader._name,
    ast.Attribute: _Reader._attribute,
    ast.Global: _Reader._global,
    ast.Nonlocal: _Reader._global,
    ast.ExceptHandler: _Reader._except,
    ast.Match: _Reader._match,
}
