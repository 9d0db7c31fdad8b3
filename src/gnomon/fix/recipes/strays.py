"""Where parts of a message go beside being loaded, sent or answered: what changes its type there would break that."""

import ast
from collections.abc import Iterator

from gnomon.core.patch import Replacement
from gnomon.fix.recipes.bindings import Scope, within
from gnomon.fix.recipes.calls import at, whole
from gnomon.fix.recipes.change import Change, stopped
from gnomon.fix.recipes.roles import Role, Roles
from gnomon.fix.recipes.scene import Scene
from gnomon.fix.sources import span_of

_NAMES: dict[Role, str] = {
    "object": "the bytes that were received",
    "dump": "the bytes that are sent",
    "peer": "whom a message came from",
    "empty": "an empty frame",
}
_LOGS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log", "print", "repr", "str"})


def strays(scene: Scene, roles: Roles, paths: frozenset[str]) -> Iterator[Change]:
    """Every use of such a part that is not followed, as a reason; what asserts that a frame is empty goes."""
    for path in sorted(paths):
        module = scene.sources.module(path)
        scopes = [node for node in ast.walk(module) if _is_scope(node)] if module is not None else []
        for scope in scopes:
            for node in within(scope):  # type: ignore[arg-type]
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                    yield from _of(scene, roles, path, node)


def _is_scope(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module)


def _of(scene: Scene, roles: Roles, path: str, node: ast.Name) -> Iterator[Change]:
    role = roles.of(path, node)
    if role is None or role in {"topic", "frames"}:
        return
    asserted = _asserted(scene, path, node)
    if role == "empty" and asserted is not None:
        gone = Replacement(path=path, span=whole(asserted), pieces=(), statement=True)
        yield Change(replacements=(gone,))
    elif not _goes_on(scene, roles, path, node, role):
        yield stopped(f"{_NAMES[role]}, `{node.id}`, goes where it is not followed at {at(path, node)}")


def _asserted(scene: Scene, path: str, node: ast.Name) -> ast.Assert | None:
    """The statement `assert empty == b""`, or `assert not empty`."""
    parent = scene.sources.parent(path, node)
    statement = scene.sources.parent(path, parent) if isinstance(parent, ast.Compare | ast.UnaryOp) else None
    return statement if isinstance(statement, ast.Assert) else None


def _goes_on(scene: Scene, roles: Roles, path: str, node: ast.expr, role: Role) -> bool:
    parent = scene.sources.parent(path, node)
    match parent:
        case ast.Assign(targets=[ast.Name()]) | ast.AnnAssign(target=ast.Name()):
            return True
        case ast.Return():
            return _is_known(scene, path, parent)
        case ast.Tuple() | ast.List():
            outer = scene.sources.parent(path, parent)
            if isinstance(outer, ast.Call) and _place(path, outer) in scene.operations:
                return role in {"peer", "empty", "dump"}
            if isinstance(outer, ast.Return):
                return _is_known(scene, path, outer)
            return isinstance(outer, ast.Assign) and outer.value is parent and isinstance(outer.targets[0], ast.Tuple)
        case ast.Attribute(attr="bytes" | "buffer"):
            return role == "object" and _goes_on(scene, roles, path, parent, role)
        case ast.FormattedValue():
            return role == "peer"
        case ast.Call():
            return _argument(scene, roles, path, node, parent, role)
        case _:
            return False


def _argument(scene: Scene, roles: Roles, path: str, node: ast.expr, call: ast.Call, role: Role) -> bool:
    where = _place(path, call)
    if role == "object" and where in scene.loads:
        return True
    if role == "dump" and where in scene.operations:
        return True
    if role == "peer" and _last(call.func) in _LOGS:
        return True
    function = scene.bindings.called(path, call)
    if function is None:
        return False
    parameter = _parameter(call, function, node)
    return parameter is not None and roles.name(path, function, parameter) == role


def _parameter(call: ast.Call, function: ast.FunctionDef | ast.AsyncFunctionDef, node: ast.expr) -> str | None:
    parameters = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    if isinstance(call.func, ast.Attribute):
        parameters = parameters[1:]
    if node in call.args:
        index = call.args.index(node)
        return parameters[index] if index < len(parameters) else None
    return next((keyword.arg for keyword in call.keywords if keyword.value is node), None)


def _is_known(scene: Scene, path: str, statement: ast.Return) -> bool:
    """True if every call of the function that returns here is known."""
    scope: Scope | None = scene.bindings.scope(path, statement)
    if not isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    return scene.bindings.calls(path, scope) is not None


def _place(path: str, node: ast.expr) -> object:
    return path, span_of(node)


def _last(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
