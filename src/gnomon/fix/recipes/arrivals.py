"""Receives and loads into receives of typed objects."""

import ast
from typing import cast

from gnomon.core.channel import End, Load, Operation
from gnomon.core.patch import Replacement
from gnomon.fix.recipes.bindings import Scope
from gnomon.fix.recipes.calls import Pieces, at, flags_of, given, kept, key, primary, unawaited, whole, wrapped
from gnomon.fix.recipes.change import NOTHING, Change, joined, place, stopped
from gnomon.fix.recipes.pairs import is_merged, loaded_next
from gnomon.fix.recipes.roles import Roles
from gnomon.fix.recipes.scene import Scene
from gnomon.fix.sources import span_of

_RECEIVES = {
    "recv_pyobj": ("flags",),
    "recv": ("flags", "copy", "track"),
    "recv_multipart": ("flags", "copy", "track"),
    "recv_string": ("flags", "encoding"),
    "recv_unicode": ("flags", "encoding"),
    "recv_json": ("flags",),
}
"""The parameters of pyzmq's methods: https://pyzmq.readthedocs.io/en/latest/api/zmq.html#zmq.Socket."""
_LOADED = ("data", "fix_imports", "encoding", "errors")
"""Of `pickle.loads`; `buffers`, which come beside the data, are not among them."""


def arrival(scene: Scene, roles: Roles, end: End, operation: Operation) -> Change:
    """The change of one receiving call, with the names that it gives values to."""
    path = operation.site.path
    call = scene.sources.call(path, operation.site.span)
    if call is None or not isinstance(call.func, ast.Attribute):
        return stopped(f"{operation.name} at {place(operation.site)} is not called as a method of the socket")
    if operation.name not in _RECEIVES:
        return stopped(f"gnomon.wire has nothing like {operation.name} at {place(operation.site)}")
    arguments = given(call, *_RECEIVES[operation.name])
    if arguments is None:
        return stopped(f"the arguments of {operation.name} at {place(operation.site)} are not known")
    if operation.name == "recv" and "copy" in arguments and key(operation.site) not in scene.loaded:
        return stopped(f"the frame that is received at {place(operation.site)} is used as one (copy=…)")
    if operation.name == "recv_multipart":
        return _frames(scene, roles, path, call, end, arguments)
    return joined((_renamed(path, call, "recv_obj", end, arguments), _merged(scene, path, call)))


def _merged(scene: Scene, path: str, call: ast.Call) -> Change:
    """The statement that loads right behind the one that receives: the first has its name then, and it goes."""
    match statement := scene.sources.parent(path, unawaited(call, path, scene.sources)):
        case ast.Assign(targets=[ast.Name(id=name) as target]):
            pair = loaded_next(scene, path, statement, name)
            if pair is not None and is_merged(scene, path, cast("ast.Call", pair.statement.value)):
                return Change(replacements=(_name(path, target, pair.name), _gone(path, pair.statement)))
    return NOTHING


def _name(path: str, target: ast.expr, name: str) -> Replacement:
    return Replacement(path=path, span=kept(target), pieces=(name,))


def _gone(path: str, statement: ast.stmt) -> Replacement:
    return Replacement(path=path, span=whole(statement), pieces=(), statement=True)


def _renamed(path: str, call: ast.Call, name: str, end: End, arguments: dict[str, ast.expr]) -> Change:
    """The same call of another method; arguments are written anew only where they change."""
    flags = flags_of(arguments.get("flags"))
    if flags in {"more", "unknown"}:
        return stopped(f"the flags at {at(path, call)} are not known")
    function = call.func
    if not isinstance(function, ast.Attribute) or (span := span_of(call)) is None:
        return stopped(f"the call at {at(path, call)} is not of a socket's method")
    new: Pieces = (*primary(function.value), f".{name}")
    if set(arguments) <= {"flags"} and (not end.asyncio or not arguments):
        return Change(replacements=(Replacement(path=path, span=kept(function), pieces=new),))
    rest: Pieces = ()
    if end.asyncio:
        rest = ("timeout_s=0.0",) if flags == "at once" else ()
    elif "flags" in arguments:
        rest = (kept(arguments["flags"]),)
    return Change(replacements=(Replacement(path=path, span=span, pieces=(*new, "(", *rest, ")")),))


def _frames(scene: Scene, roles: Roles, path: str, call: ast.Call, end: End, arguments: dict[str, ast.expr]) -> Change:
    """Of a message in several frames: the object alone where that is all that is used, else what was received."""
    outer = unawaited(call, path, scene.sources)
    parent = scene.sources.parent(path, outer)
    match parent:
        case ast.Subscript(value=value) if value is outer and roles.of(path, parent) == "object":
            taken = Replacement(path=path, span=kept(parent), pieces=wrapped(value, parent, path, scene.sources))
            return joined((_renamed(path, call, "recv_obj", end, arguments), Change(replacements=(taken,))))
        case ast.Assign(targets=[ast.Tuple() | ast.List() as target]) if parent.value is outer:
            return _unpacked(scene, roles, path, call, end, arguments, parent, target)
        case ast.Assign(targets=[ast.Name() as name]) if parent.value is outer:
            whole = _renamed(path, call, "recv_from", end, arguments)
            return joined((whole, _items(scene, roles, path, name)))
        case _:
            return stopped(f"the frames of recv_multipart at {at(path, call)} go where they are not followed")


def _unpacked(  # noqa: PLR0913 (a statement and what was found in it)
    scene: Scene,
    roles: Roles,
    path: str,
    call: ast.Call,
    end: End,
    arguments: dict[str, ast.expr],
    statement: ast.Assign,
    target: ast.Tuple | ast.List,
) -> Change:
    scope = scene.bindings.scope(path, statement)
    bare = [item.value if isinstance(item, ast.Starred) else item for item in target.elts]
    if scope is None or not all(isinstance(item, ast.Name) for item in bare):
        return stopped(f"a frame of recv_multipart at {at(path, call)} is kept where it is not followed")
    names = [item for item in bare if isinstance(item, ast.Name)]
    taken = {name: _role(scene, roles, path, scope, name, statement) for name in names}
    objects = [name for name, role in taken.items() if role == "object"]
    first = [name for name, role in taken.items() if role in {"peer", "topic"} and _used(scene, scope, name)]
    if len(objects) != 1 or None in taken.values():
        return stopped(f"which frame of recv_multipart at {at(path, call)} is the object is not known")
    pair = loaded_next(scene, path, statement, objects[0].id)
    merges = pair is not None and is_merged(scene, path, cast("ast.Call", pair.statement.value))
    obj = pair.name if pair is not None and merges else objects[0].id
    gone = (_gone(path, pair.statement),) if pair is not None and merges else ()
    if not first:
        alone = Change(replacements=(_name(path, target, obj), *gone))
        return joined((_renamed(path, call, "recv_obj", end, arguments), alone))
    received = fresh(scene, path, "received")
    tail = f"\n{first[0].id}, {obj} = {received}.{taken[first[0]]}, {received}.obj"
    pieces: Pieces = (f"{received} = ", kept(statement.value), tail)
    two = Replacement(path=path, span=whole(statement), pieces=pieces, statement=True)
    return joined((_renamed(path, call, "recv_from", end, arguments), Change(replacements=(two, *gone))))


def _role(scene: Scene, roles: Roles, path: str, scope: Scope, name: ast.Name, statement: ast.Assign) -> str | None:
    for binding in scene.bindings.of(scope, name.id):
        if binding.statement is statement and binding.value is statement.value:
            return roles.bound(path, binding)
    return None


def _used(scene: Scene, scope: Scope, name: ast.Name) -> bool:
    return bool(scene.bindings.uses(scope, name.id))


def _items(scene: Scene, roles: Roles, path: str, name: ast.Name) -> Change:
    """`frames[0]`, `frames[-1]` and `identity, frame = frames` of a name that has what was received now."""
    scope = scene.bindings.scope(path, name)
    changes: list[Change] = []
    for use in scene.bindings.uses(scope, name.id) if scope else ():
        parent = scene.sources.parent(path, use)
        if isinstance(parent, ast.Subscript) and parent.value is use:
            part = {"object": "obj", "peer": "peer", "topic": "topic"}.get(str(roles.of(path, parent)))
            if part is None:
                changes.append(stopped(f"what is taken out of the frames at {at(path, use)} is not known"))
            else:
                taken = Replacement(path=path, span=kept(parent), pieces=(kept(use), f".{part}"))
                changes.append(Change(replacements=(taken,)))
        elif isinstance(parent, ast.Assign) and parent.value is use:
            changes.append(_taken_apart(scene, roles, path, use, parent))
        else:
            changes.append(stopped(f"the frames of a message go where they are not followed at {at(path, use)}"))
    return joined(changes)


def _taken_apart(scene: Scene, roles: Roles, path: str, use: ast.Name, statement: ast.Assign) -> Change:
    found: list[str] = []
    scope = scene.bindings.scope(path, use)
    targets = statement.targets[0].elts if isinstance(statement.targets[0], ast.Tuple) else []
    for target in targets:
        role = None
        if isinstance(target, ast.Name) and scope is not None:
            role = _role(scene, roles, path, scope, target, statement)
        found.append({"object": "obj", "peer": "peer", "topic": "topic"}.get(str(role), ""))
    if not found or "" in found:
        return stopped(f"the frames of a message are taken apart at {at(path, use)} in a way that is not followed")
    apart = ", ".join(f"{use.id}.{part}" for part in found)
    return Change(replacements=(Replacement(path=path, span=kept(use), pieces=(apart,)),))


def load(scene: Scene, roles: Roles, load: Load) -> Change:
    """The change of one load: what was received is the object already."""
    if load.receives:
        return NOTHING
    if load.handed_on:
        return stopped(f"{load.api} is handed on at {place(load.site)}, and called by somebody else")
    path = load.site.path
    call = scene.sources.call(path, load.site.span)
    arguments = given(call, *_LOADED) if call is not None else None
    if call is None or arguments is None or "data" not in arguments:
        return stopped(f"the arguments of {load.api} at {place(load.site)} are not known")
    data = arguments["data"]
    if is_merged(scene, path, call):
        return NOTHING
    if roles.of(path, data) != "object":
        return stopped(f"what {load.api} loads at {place(load.site)} is not a message as it was received")
    if isinstance(data, ast.Attribute):  # `.buffer` of a frame that was received without a copy
        data = data.value
    taken = Replacement(path=path, span=kept(call), pieces=wrapped(data, call, path, scene.sources))
    return Change(replacements=(taken,))


def fresh(scene: Scene, path: str, name: str) -> str:
    """The name, or one with a number behind it, that the file does not have."""
    taken, number, free = scene.sources.names(path), 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free
