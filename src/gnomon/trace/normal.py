"""A definition's syntax tree -> normalised statements: what a copy keeps when it is renamed, reformatted or retyped.

Dropped: names of parameters and variables, annotations, docstrings, comments, logging, imports inside of functions,
`async` and `await`. Kept: what a copier can't rename without breaking the code, above all the names of libraries' APIs,
attributes and keywords, and short texts, which are parts of protocols and addresses.
"""

import ast
from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from gnomon.python.outline import BLOCKS

LONGEST_TEXT = 40
"""Characters of a text that is kept as it is; a longer one is prose."""
LOCAL = "$"
"""Any variable."""
_ABSTRACT = frozenset({LOCAL, ";", "(", ")", "=", "[", "'", "b'", "#", "f'", "return", "if", "for", "Tuple", "List"})
_LOGGING = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "info_once"})
_DROPPED = (ast.Pass, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal)
_KEYWORDS: dict[type[ast.stmt], str] = {
    ast.Return: "return",
    ast.If: "if",
    ast.While: "while",
    ast.For: "for",
    ast.AsyncFor: "for",
    ast.With: "with",
    ast.AsyncWith: "with",
    ast.Raise: "raise",
    ast.Assert: "assert",
    ast.Delete: "del",
    ast.FunctionDef: "def",
    ast.AsyncFunctionDef: "def",
    ast.ClassDef: "class",
    ast.Break: "break",
    ast.Continue: "continue",
    ast.Match: "match",
}
_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)
"""What follows is reached only if the condition does not hold."""
_HOLDING: dict[type[object], tuple[str, ...]] = {
    kind: tuple(name for name in BLOCKS if name in kind._fields)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.stmt | ast.mod | ast.ExceptHandler | ast.match_case)
}
"""Nodes with statements in them, and the fields these stand in."""
_NAMING: dict[type[object], str] = {
    ast.arg: "arg",
    ast.ExceptHandler: "name",
    ast.FunctionDef: "name",
    ast.AsyncFunctionDef: "name",
    ast.ClassDef: "name",
}
"""Nodes that give a name a value by themselves, and the field it stands in."""
_KINDS = tuple(kind for kind in vars(ast).values() if isinstance(kind, type) and issubclass(kind, ast.AST))
_LEAVES = frozenset(
    {"arg", "attr", "ctx", "id", "kind", "level", "module", "name", "names", "op", "ops", "type_comment"}
)
"""Fields without a node in them that could give a name a value."""
_INSIDE: dict[type[object], tuple[str, ...]] = {
    kind: () if kind is ast.Constant else tuple(name for name in kind._fields if name not in _LEAVES) for kind in _KINDS
}
"""For each type of node the other fields."""


def _shape(kind: type[ast.AST]) -> tuple[str, tuple[str, ...]]:
    """A node's own token, if any, and its fields with further ones. Of an operation the operator is enough."""
    token = "[" if kind is ast.Subscript else kind.__name__
    if issubclass(kind, ast.Compare | ast.BinOp | ast.UnaryOp | ast.BoolOp):
        token = ""
    left_out = ("ctx", "args") if kind is ast.Lambda else ("ctx",)
    return token, tuple(name for name in kind._fields if name not in left_out)


_SHAPES: dict[type[object], tuple[str, tuple[str, ...]]] = {kind: _shape(kind) for kind in _KINDS}
DefinitionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Statement(Struct, frozen=True):
    """One simple statement, or the head of a compound one."""

    line: int
    """1-based."""
    end_line: int
    """Of the simple statement; for a compound one, of its head's expression."""
    tokens: tuple[str, ...]
    guards: tuple[tuple[str, ...], ...] = ()
    """Conditions for it in its definition, the outermost first: `if` and the test's tokens, or `not` and they."""


def is_telling(token: str) -> bool:
    """False for tokens that nearly every function has."""
    return token not in _ABSTRACT


def imports_of(tree: ast.AST, path: str) -> dict[str, str]:
    """Local name -> `library` or `library.name`; for the project's own modules only `name`, since copiers rename those.

    A module is the project's own if it is imported relatively, or if its package is a folder on the file's path.
    """
    found: dict[str, str] = {}
    folders = set(path.removesuffix(".py").split("/"))
    for node in _imports(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                package = name.name.partition(".")[0]
                found[name.asname or package] = "" if package in folders else package
        else:
            package = (node.module or "").partition(".")[0]
            own = node.level > 0 or package in folders
            for name in node.names:
                found[name.asname or name.name] = name.name if own else f"{package}.{name.name}"
    return found


def statements(node: DefinitionNode, imports: dict[str, str]) -> tuple[Statement, ...]:
    """The statements of a function, or of a class's methods, in order."""
    return tuple(_Normaliser(node, imports).of(node))


class _Normaliser:
    """Walks one definition."""

    def __init__(self, node: DefinitionNode, imports: dict[str, str]) -> None:
        self._imports = imports
        self._variables = _variables(node)
        self._tokens: list[str] = []
        self._forms: dict[type[ast.AST], Callable[..., None]] = {
            ast.Name: self._name,
            ast.Attribute: self._attribute,
            ast.Call: self._call,
            ast.Constant: self._constant,
            ast.Await: lambda awaited: self._expression(awaited.value),
            ast.JoinedStr: self._formatted,
            ast.FormattedValue: lambda part: self._expression(part.value),
        }

    def of(self, node: DefinitionNode) -> Iterator[Statement]:
        return self._block(node.body, ())

    def _block(self, block: Iterable[ast.AST], guards: tuple[tuple[str, ...], ...]) -> Iterator[Statement]:
        for node in block:
            if isinstance(node, ast.stmt):
                yield from self._statement(node, guards)
                if isinstance(node, ast.If) and not node.orelse and isinstance(node.body[-1], _LEAVING):
                    guards = (*guards, ("not", *self._of(node.test)))
            elif isinstance(node, ast.ExceptHandler):
                yield Statement(node.lineno, node.lineno, ("except", *self._of(node.type)), guards)
                yield from self._block(node.body, guards)
            elif isinstance(node, ast.match_case):
                yield from self._block(node.body, guards)

    def _statement(self, node: ast.stmt, guards: tuple[tuple[str, ...], ...]) -> Iterator[Statement]:
        if isinstance(node, _DROPPED) or (isinstance(node, ast.Expr) and _says_nothing(node.value)):
            return
        own = self._head(node)
        if own:
            yield Statement(node.lineno, _end_of_head(node), own, guards)
        test = self._of(node.test) if isinstance(node, ast.If) else ()
        for name in BLOCKS:
            inner = getattr(node, name, ())
            if inner:
                yield from self._block(
                    inner, (*guards, ("not" if name == "orelse" else "if", *test)) if test else guards
                )

    def _head(self, node: ast.stmt) -> tuple[str, ...]:
        """Tokens of the statement without the blocks in it."""
        match node:
            case ast.Expr(value=value):
                return self._of(value)
            case ast.Assign(targets=targets, value=value):
                return (*self._of(value), "=", *self._of(*targets))
            case ast.AnnAssign(target=target, value=value):
                return (*self._of(value), "=", *self._of(target)) if value is not None else ()
            case ast.AugAssign(target=target, op=op, value=value):
                return (*self._of(value), f"{type(op).__name__}=", *self._of(target))
            case ast.With(items=items) | ast.AsyncWith(items=items):
                parts = [part for item in items for part in (item.context_expr, item.optional_vars)]
                return ("with", *self._of(*parts))
            case ast.For(target=target, iter=source) | ast.AsyncFor(target=target, iter=source):
                return ("for", *self._of(target, source))
            case ast.If(test=value) | ast.While(test=value) | ast.Assert(test=value) | ast.Match(subject=value):
                return (_KEYWORDS[type(node)], *self._of(value))
            case ast.Return(value=value):
                return ("return", *self._of(value))
            case ast.Raise(exc=value):
                return ("raise", *self._of(value))
            case ast.Delete(targets=targets):
                return ("del", *self._of(*targets))
        keyword = _KEYWORDS.get(type(node))
        return (keyword,) if keyword else ()

    def _of(self, *expressions: ast.expr | None) -> tuple[str, ...]:
        self._tokens = []
        for expression in expressions:
            if expression is not None:
                self._expression(expression)
        return tuple(self._tokens)

    def _expression(self, node: ast.AST) -> None:
        form = self._forms.get(type(node))
        if form is not None:
            form(node)
            return
        token, fields = _SHAPES[type(node)]
        if token:
            self._tokens.append(token)
        for name in fields:
            child = getattr(node, name, None)
            if type(child) is list:
                for each in child:
                    if isinstance(each, ast.AST):
                        self._expression(each)
            elif isinstance(child, ast.AST):
                self._expression(child)

    def _name(self, node: ast.Name) -> None:
        known = LOCAL if node.id in self._variables else self._imports.get(node.id) or node.id
        self._tokens.append(known)

    def _attribute(self, node: ast.Attribute) -> None:
        root: ast.expr = node.value
        while isinstance(root, ast.Attribute):
            root = root.value
        if isinstance(root, ast.Name) and root.id in self._imports and root.id not in self._variables:
            # `torch.distributed.broadcast`, `dist.broadcast` and an imported `broadcast` are the same
            library, _, name = self._imports[root.id].rpartition(".")
            owner = name if name[:1].isupper() else library.partition(".")[0] or name
            self._tokens.append(f"{owner}.{node.attr}" if owner else node.attr)
            return
        self._expression(node.value)
        self._tokens.append(f".{node.attr}")

    def _call(self, node: ast.Call) -> None:
        self._expression(node.func)
        self._tokens.append("(")
        for argument in node.args:
            self._expression(argument)
        for keyword in node.keywords:
            self._tokens.append(f"{keyword.arg or '**'}=")
            self._expression(keyword.value)
        self._tokens.append(")")

    def _constant(self, node: ast.Constant) -> None:
        match node.value:
            case str() as text:
                self._tokens.append(f"'{text}" if len(text) <= LONGEST_TEXT else "'")
            case bytes() as data:
                self._tokens.append(f"b'{data.hex()}" if len(data) <= LONGEST_TEXT else "b'")
            case None | True | False:
                self._tokens.append(str(node.value))
            case _:
                self._tokens.append("#")

    def _formatted(self, node: ast.JoinedStr) -> None:
        self._tokens.append("f'")
        for part in node.values:
            self._expression(part)


def _end_of_head(node: ast.stmt) -> int:
    body = getattr(node, "body", None)
    inside = body[0].lineno - 1 if isinstance(body, list) and body else node.end_lineno
    return max(node.lineno, inside or 0)


def _variables(node: DefinitionNode) -> set[str]:
    """Names that are given a value in a definition. `ast.walk` would take half of all time."""
    found: set[str] = set()  # and None, of a handler without a name
    pending: list[object] = [node]
    while pending:
        inner = pending.pop()
        kind = type(inner)
        if isinstance(inner, ast.Name):
            if type(inner.ctx) is not ast.Load:
                found.add(inner.id)
        elif kind in _NAMING and inner is not node:
            found.add(getattr(inner, _NAMING[kind]))
        for name in _INSIDE.get(kind, ()):
            value = getattr(inner, name)
            if type(value) is list:
                pending += value
            else:
                pending.append(value)
    return found


def _imports(root: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports below a root: statements stand in blocks of others alone."""
    pending: list[ast.AST] = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        for name in _HOLDING.get(type(node), ()):
            pending += getattr(node, name)


def _says_nothing(value: ast.expr) -> bool:
    """True for docstrings, `...` and logging."""
    if isinstance(value, ast.Await):
        value = value.value
    if isinstance(value, ast.Constant):
        return True
    match value:
        case ast.Call(func=ast.Name(id="print")):
            return True
        case ast.Call(func=ast.Attribute(attr=name, value=ast.Name(id=receiver) | ast.Attribute(attr=receiver))):
            return name in _LOGGING and ("log" in receiver.lower() or receiver == "warnings")
    return False
