"""What expressions stand for on the way of a message: its frames, whom it came from, the bytes of the object."""

import ast
from typing import Literal

from gnomon.fix.recipes.bindings import Binding, Scope, argument_for, returned
from gnomon.fix.recipes.calls import is_wait_for
from gnomon.fix.recipes.scene import Scene
from gnomon.fix.sources import span_of

Role = Literal["frames", "object", "peer", "topic", "empty", "dump"]
"""frames: all frames of a message; object: those that were, or will be, loaded; empty: frames that say nothing;
dump: the bytes that a call has made of an object."""
MAX_DEPTH = 6
"""Calls and names that are gone through."""
ENVELOPES: dict[str, Role] = {"ROUTER": "peer", "SUB": "topic"}
"""What the first frame is for a socket that receives, by its type."""


class Roles:
    """Answers for the expressions of one channel."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._known: dict[tuple[Scope, str], Role | None] = {}

    def of(self, path: str, node: ast.expr, depth: int = 0) -> Role | None:
        """What an expression stands for; None if nothing, or several things."""
        if depth > MAX_DEPTH:
            return None
        match node:
            case ast.Constant(value=b""):
                return "empty"
            case ast.Await(value=value):
                return self.of(path, value, depth)
            case ast.Attribute(value=value, attr="bytes" | "buffer"):
                return "object" if self.of(path, value, depth) == "object" else None
            case ast.Subscript(value=value):
                return self._item(path, node, depth) if self.of(path, value, depth) == "frames" else None
            case ast.Name():
                return self._named(path, node, depth)
            case ast.Call():
                return self._called(path, node, depth)
            case _:
                return None

    def first(self, path: str, node: ast.expr, depth: int = 0) -> Role | None:
        """What the first of several frames is, by the sockets that the expression's message comes from."""
        match node:
            case ast.Await(value=value):
                return self.first(path, value, depth)
            case ast.Call() if is_wait_for(node):
                return self.first(path, node.args[0], depth)
            case ast.Call():
                return self._first_of(path, node)
            case ast.Name():
                scope = self._scene.bindings.scope(path, node)
                bound = self._scene.bindings.of(scope, node.id) if scope else []
                found = {self.first(path, each.value, depth + 1) for each in bound if each.value and depth < MAX_DEPTH}
                return found.pop() if len(found) == 1 else None
            case _:
                return None

    def _first_of(self, path: str, call: ast.Call) -> Role | None:
        span = span_of(call)
        at = [
            end
            for end in self._scene.channel.ends
            for each in end.operations
            if (each.site.path, each.site.span) == (path, span)
        ]
        types = {kind for end in at for kind in end.types} & {"ROUTER", "SUB", "DEALER", "REQ", "REP", "PULL", "PAIR"}
        roles = {ENVELOPES.get(kind, "empty") for kind in types}
        return roles.pop() if len(roles) == 1 else None

    def _called(self, path: str, call: ast.Call, depth: int) -> Role | None:
        span = span_of(call)
        if span is not None and (path, span) in self._scene.operations:
            _, operation = self._scene.operations[path, span]
            if operation.name == "recv_multipart":
                return "frames"
            return "object" if operation.name == "recv" and (path, span) in self._scene.loaded else None
        dump = self._scene.dumps.get((path, span)) if span is not None else None
        if dump is not None:
            return None if dump.sends else "dump"
        if is_wait_for(call):
            return self.of(path, call.args[0], depth)
        return self._returned(path, call, None, depth)

    def _returned(self, path: str, call: ast.Call, index: int | None, depth: int) -> Role | None:
        function = self._scene.bindings.called(path, call)
        if function is None or depth > MAX_DEPTH:
            return None
        found: set[Role | None] = set()
        for each in returned(function):
            value = each.value
            if index is not None and isinstance(value, ast.Tuple) and index < len(value.elts):
                value = value.elts[index]
            elif index is not None:
                return None
            found.add(self.of(path, value, depth + 1) if value is not None else None)
        return found.pop() if len(found) == 1 else None

    def _item(self, path: str, node: ast.Subscript, depth: int) -> Role | None:
        index = index_of(node)
        if index is None:
            return None
        asked = self._indexes(path, node.value)
        last = -1 if -1 in asked or not asked else max(asked)
        if index == last:
            return "object"
        return self.first(path, node.value, depth) if index == 0 else "empty"

    def _indexes(self, path: str, value: ast.expr) -> set[int]:
        """Every index that the name is asked for; of a call, there is but the one."""
        if not isinstance(value, ast.Name):
            parent = self._scene.sources.parent(path, value)
            return {index_of(parent) or 0} if isinstance(parent, ast.Subscript) else set()
        scope = self._scene.bindings.scope(path, value)
        uses = self._scene.bindings.uses(scope, value.id) if scope else []
        parents = (self._scene.sources.parent(path, use) for use in uses)
        return {index for each in parents if isinstance(each, ast.Subscript) and (index := index_of(each)) is not None}

    def _named(self, path: str, node: ast.Name, depth: int) -> Role | None:
        scope = self._home(path, node)
        if scope is None:
            return None
        if (scope, node.id) not in self._known:
            self._known[scope, node.id] = None  # while it is looked for: a name may be given itself
            self._known[scope, node.id] = self.name(path, scope, node.id, depth)
        return self._known[scope, node.id]

    def _home(self, path: str, node: ast.Name) -> Scope | None:
        """The innermost function around that has the name, or the module."""
        scope = self._scene.bindings.scope(path, node)
        while isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            if self._scene.bindings.of(scope, node.id) or node.id in _parameters(scope):
                return scope
            outer = self._scene.sources.parent(path, scope)
            scope = self._scene.bindings.scope(path, outer) if outer is not None else None
        return scope

    def name(self, path: str, scope: Scope, name: str, depth: int = 0) -> Role | None:
        """What a name of a scope stands for: by all that it is given, or for a parameter by all calls."""
        bound = [each for each in self._scene.bindings.of(scope, name) if not _is_nothing(each)]
        if bound:
            found = {self.bound(path, each, depth + 1) for each in bound}
            return found.pop() if len(found) == 1 else None
        if not isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef) or name not in _parameters(scope):
            return None
        calls = self._scene.bindings.calls(path, scope)
        given = [argument_for(call, scope, name) for call in calls or ()]
        roles = {self.of(path, each, depth + 1) if each is not None else None for each in given}
        return roles.pop() if len(roles) == 1 else None

    def bound(self, path: str, binding: Binding, depth: int = 0) -> Role | None:
        """What a name stands for where it gets this value."""
        value, index = binding.value, binding.index
        if value is None:
            return None
        if index is None:
            return self.of(path, value, depth)
        if isinstance(value, ast.Tuple) and len(value.elts) == binding.items and not binding.starred:
            return self.of(path, value.elts[index], depth)
        if self.of(path, value, depth) == "frames":
            if binding.starred:
                return "empty" if index < binding.items - 1 else None
            if index in {-1, binding.items - 1}:
                return "object"
            return self.first(path, value, depth) if index == 0 else "empty"
        called = value.value if isinstance(value, ast.Await) else value
        return self._returned(path, called, index, depth) if isinstance(called, ast.Call) else None


def index_of(node: ast.AST | None) -> int | None:
    """The index of a subscript that is a whole number."""
    match node:
        case ast.Subscript(slice=ast.Constant(value=int(index))):
            return index
        case ast.Subscript(slice=ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(index)))):
            return -index
        case _:
            return None


def _is_nothing(binding: Binding) -> bool:
    """True for `name = None`, which stands for a message that did not come."""
    return binding.index is None and isinstance(binding.value, ast.Constant) and binding.value.value is None


def _parameters(scope: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
    return {each.arg for each in (*scope.args.posonlyargs, *scope.args.args, *scope.args.kwonlyargs)}
