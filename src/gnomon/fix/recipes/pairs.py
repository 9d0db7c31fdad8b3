"""A receive whose bytes the very next statement loads: both become one statement."""

import ast

from msgspec import Struct

from gnomon.fix.recipes.calls import kept
from gnomon.fix.recipes.scene import Scene


class Pair(Struct, frozen=True):
    """`frame = socket.recv()`, and behind it `job = pickle.loads(frame)`."""

    name: str
    """What the object is kept as."""
    statement: ast.Assign
    """The one that loads."""


def loaded_next(scene: Scene, path: str, statement: ast.stmt, name: str) -> Pair | None:
    """The load right behind a statement that gives `name` the bytes, if nothing else reads or sets the name."""
    scope = scene.bindings.scope(path, statement)
    following = _next(scene, path, statement)
    if scope is None or len(scene.bindings.uses(scope, name)) != 1 or len(scene.bindings.of(scope, name)) != 1:
        return None
    match following:
        case ast.Assign(targets=[ast.Name(id=target)], value=ast.Call(args=[ast.Name(id=given)], keywords=[]) as call):
            if given == name and (path, kept(call)) in scene.loads and target not in _read_in(statement):
                return Pair(target, following)
    return None


def is_merged(scene: Scene, path: str, call: ast.Call) -> bool:
    """True for a load that becomes one statement with the receive before it."""
    statement = scene.sources.parent(path, call)
    if not isinstance(statement, ast.Assign) or not call.args or not isinstance(call.args[0], ast.Name):
        return False
    before = _before(scene, path, statement)
    if before is None or not _receives(scene, path, before):
        return False
    pair = loaded_next(scene, path, before, call.args[0].id)
    return pair is not None and pair.statement is statement


def _receives(scene: Scene, path: str, statement: ast.stmt) -> bool:
    match statement:
        case ast.Assign(targets=[_], value=ast.Await(value=ast.Call() as call) | (ast.Call() as call)):
            found = scene.operations.get((path, kept(call)))
            return found is not None and found[1].name in {"recv", "recv_multipart"}
        case _:
            return False


def _block(scene: Scene, path: str, statement: ast.stmt) -> list[ast.stmt]:
    parent = scene.sources.parent(path, statement)
    for field in ("body", "orelse", "finalbody"):
        block = getattr(parent, field, None)
        if isinstance(block, list) and statement in block:
            return block
    return []


def _next(scene: Scene, path: str, statement: ast.stmt) -> ast.stmt | None:
    block = _block(scene, path, statement)
    index = block.index(statement) + 1 if block else 0
    return block[index] if 0 < index < len(block) else None


def _before(scene: Scene, path: str, statement: ast.stmt) -> ast.stmt | None:
    block = _block(scene, path, statement)
    index = block.index(statement) - 1 if block else -1
    return block[index] if index >= 0 else None


def _read_in(statement: ast.stmt) -> set[str]:
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
