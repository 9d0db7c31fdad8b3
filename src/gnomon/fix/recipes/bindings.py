"""What the names of a function are given, and where it is called, as far as its own file tells."""

import ast
from collections.abc import Iterator

from msgspec import Struct

from gnomon.fix.sources import Sources, span_of

Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.Module
_OPENS_SCOPE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


class Binding(Struct, frozen=True):
    """One place where a name gets a value."""

    value: ast.expr | None
    """None for loops, `with` and whatever else is not followed."""
    index: int | None = None
    """Which item of the value it gets: from the end behind a starred one; None for all of it."""
    starred: bool = False
    items: int = 0
    """How many targets the value is taken apart into."""
    statement: ast.stmt | None = None


class Bindings:
    """Bindings and calls of a target's functions, read once."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._bound: dict[ast.AST, dict[str, list[Binding]]] = {}
        self._defined: dict[str, dict[str, list[ast.FunctionDef | ast.AsyncFunctionDef]]] = {}
        self._called: dict[str, dict[str, list[ast.AST]]] = {}
        self._naming: dict[str, frozenset[str]] = {}

    def scope(self, path: str, node: ast.AST) -> Scope | None:
        """The function that a node stands in, or the module."""
        span = span_of(node)
        inner = None if span is None else self._sources.function(path, span)
        return inner if inner is not None else self._sources.module(path)

    def of(self, scope: Scope, name: str) -> list[Binding]:
        """Every place of a scope that gives the name a value; parameters are not among them."""
        if scope not in self._bound:
            found: dict[str, list[Binding]] = {}
            for bound, binding in _bound_in(scope):
                found.setdefault(bound, []).append(binding)
            self._bound[scope] = found
        return self._bound[scope].get(name, [])

    def uses(self, scope: Scope, name: str) -> list[ast.Name]:
        """Where the scope, or a function in it, reads the name."""
        return [
            node
            for node in ast.walk(scope)
            if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
        ]

    def called(self, path: str, call: ast.Call) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        """The function of the same file that is called by its name, or on `self`; None if there are several."""
        match call.func:
            case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
                found = self._definitions(path).get(name, [])
                return found[0] if len(found) == 1 else None
            case _:
                return None

    def calls(self, path: str, function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.Call] | None:
        """Every call of a function; None if it may be called from elsewhere, or in a way that is not followed."""
        if self._elsewhere(path, function.name) or len(self._definitions(path).get(function.name, [])) != 1:
            return None
        found: list[ast.Call] = []
        for mention in self._mentions(path).get(function.name, []):
            call = self._sources.parent(path, mention)
            if not isinstance(call, ast.Call) or call.func is not mention:
                return None
            found.append(call)
        return found

    def _elsewhere(self, path: str, name: str) -> bool:
        others = (other for other in self._sources.python if other != path)
        # most files are told by their text alone: parsing all of a large target for each function is what takes time
        written = name.encode()
        return any(written in self._sources.data(other) and name in self._names(other) for other in others)

    def _names(self, path: str) -> frozenset[str]:
        if path not in self._naming:
            self._naming[path] = self._sources.names(path)
        return self._naming[path]

    def _definitions(self, path: str) -> dict[str, list[ast.FunctionDef | ast.AsyncFunctionDef]]:
        if path not in self._defined:
            found: dict[str, list[ast.FunctionDef | ast.AsyncFunctionDef]] = {}
            for node in ast.walk(self._sources.module(path) or ast.Module([], [])):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    found.setdefault(node.name, []).append(node)
            self._defined[path] = found
        return self._defined[path]

    def _mentions(self, path: str) -> dict[str, list[ast.AST]]:
        if path not in self._called:
            found: dict[str, list[ast.AST]] = {}
            for node in ast.walk(self._sources.module(path) or ast.Module([], [])):
                match node:
                    case ast.Name(id=name) | ast.Attribute(attr=name):
                        found.setdefault(name, []).append(node)
            self._called[path] = found
        return self._called[path]


def returned(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.Return]:
    """The return statements of a function, not of those in it."""
    return [node for node in within(function) if isinstance(node, ast.Return)]


def within(scope: Scope) -> Iterator[ast.AST]:
    """The nodes of a scope, without those of functions and classes in it, in source order."""
    waiting: list[ast.AST] = [scope]
    while waiting:
        node = waiting.pop()
        if node is not scope:
            yield node
        if node is scope or not isinstance(node, _OPENS_SCOPE):
            waiting += reversed(list(ast.iter_child_nodes(node)))


def argument_for(call: ast.Call, function: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> ast.expr | None:
    """What a call gives a parameter; None if that is not written out."""
    parameters = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    if isinstance(call.func, ast.Attribute):
        parameters = parameters[1:]  # it is called on `self`
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return None
    positions = dict(zip(parameters, call.args, strict=False))
    return positions.get(name) or next((each.value for each in call.keywords if each.arg == name), None)


def _bound_in(scope: Scope) -> Iterator[tuple[str, Binding]]:
    followed: set[ast.AST] = set()
    for node in within(scope):
        match node:
            case ast.Assign(targets=targets, value=value):
                pairs = [pair for target in targets for pair in _assigned(target, value, node)]
            case ast.AnnAssign(target=ast.Name() as target, value=ast.expr() as value):
                pairs = _assigned(target, value, node)
            case ast.NamedExpr(target=target, value=value):
                pairs = _assigned(target, value, None)
            case ast.AnnAssign(target=ast.Name() as target, value=None):  # declares alone
                pairs = []
                followed.add(target)
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) if node not in followed:
                yield name, Binding(None)
                continue
            case _:
                continue
        for target, binding in pairs:
            followed.add(target)
            yield target.id, binding


def _assigned(target: ast.expr, value: ast.expr, statement: ast.stmt | None) -> list[tuple[ast.Name, Binding]]:
    if isinstance(target, ast.Name):
        return [(target, Binding(value, statement=statement))]
    if not isinstance(target, ast.Tuple | ast.List):
        return []
    found: list[tuple[ast.Name, Binding]] = []
    star = next((index for index, item in enumerate(target.elts) if isinstance(item, ast.Starred)), None)
    for position, item in enumerate(target.elts):
        name = item.value if isinstance(item, ast.Starred) else item
        if isinstance(name, ast.Name):
            index = position if star is None or position <= star else position - len(target.elts)
            binding = Binding(value, index, isinstance(item, ast.Starred), len(target.elts), statement)
            found.append((name, binding))
    return found
