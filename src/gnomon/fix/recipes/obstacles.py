"""What around a socket keeps it from becoming one of gnomon.wire, whatever is done with it."""

import ast
from collections.abc import Iterator

from gnomon.core.channel import End, Operation
from gnomon.core.site import CodeSite
from gnomon.fix.recipes.calls import at
from gnomon.fix.recipes.change import place
from gnomon.fix.recipes.scene import Scene
from gnomon.fix.recipes.uses import INSTEAD, TYPES

_OF_PYZMQ = ("zmq.Socket", "zmq.asyncio.Socket", "zmq.Context", "zmq.asyncio.Context", "zmq.SyncSocket")


def obstacles(scene: Scene, end: End) -> Iterator[str]:
    """Reasons, of one end."""
    where = place(end.made)
    if not end.types:
        yield f"which type the socket at {where} has is not known"
    for kind in end.types:
        if kind not in TYPES:
            yield f"gnomon.wire has no {kind} sockets, made at {where}: {INSTEAD.get(kind, 'use another type')}"
    if end.asyncio is None:
        yield f"whether the socket at {where} is one of zmq.asyncio is not known"
    yield from end.others
    if any(address.startswith("inproc:") for address in end.addresses):
        yield f"inproc:// at {where} stays within the process, where no key tells threads apart: use queue.Queue"
    yield from _both_ways(scene, end)
    paths = {end.made.path, *(operation.site.path for operation in end.operations)}
    for path in sorted(paths):
        yield from _asked_for(scene, path)
    for operation in end.operations:
        yield from _caught(scene, operation.site)
    for load in scene.channel.loads:
        yield from _caught(scene, load.site)


def _both_ways(scene: Scene, end: End) -> Iterator[str]:
    """A socket that binds and connects: one end has to be the server."""
    binds = [each for each in end.operations if each.name in {"bind", "bind_to_random_port"}]
    connects = [each for each in end.operations if each.name == "connect"]
    for one in binds:
        for other in connects:
            if not _apart(scene, one, other):
                yield (
                    f"the socket binds at {place(one.site)} and connects at {place(other.site)}: one of gnomon.wire"
                    " does one of both"
                )
                return


def _apart(scene: Scene, one: Operation, other: Operation) -> bool:
    """True if not both are done with one socket: in branches of one `if`, or in different functions."""
    if one.site.path != other.site.path or one.qualname != other.qualname:
        return True
    path = one.site.path
    for node in scene.sources.around(path, one.site.span):
        if isinstance(node, ast.If):
            here, there = _branch(node, one), _branch(node, other)
            if here is not there and here is not None and (there is not None or _leaves(here)):
                return True
    return any(
        isinstance(node, ast.If) and (branch := _branch(node, other)) is not None and _leaves(branch)
        for node in scene.sources.around(path, other.site.span)
        if _branch(node, one) is None
    )


def _branch(node: ast.AST, operation: Operation) -> list[ast.stmt] | None:
    if not isinstance(node, ast.If):
        return None
    line = operation.site.span.line
    for branch in (node.body, node.orelse):
        if any(each.lineno <= line <= (each.end_lineno or each.lineno) for each in branch):
            return branch
    return None


def _leaves(branch: list[ast.stmt]) -> bool:
    return isinstance(branch[-1], ast.Return | ast.Raise)


def _asked_for(scene: Scene, path: str) -> Iterator[str]:
    """Checks for pyzmq's classes, and classes derived from them."""
    module = scene.sources.module(path)
    if module is None:
        yield f"{path} does not parse as a whole"
    for node in ast.walk(module) if module is not None else ():
        match node:
            case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[_, classes]) if _of_pyzmq(classes):
                yield f"whether something is a socket or context of pyzmq is asked at {at(path, node)}"
            case ast.ClassDef(bases=bases) if any(_of_pyzmq(base) for base in bases):
                yield f"a class is derived from one of pyzmq's at {at(path, node)}"


def _of_pyzmq(node: ast.expr) -> bool:
    classes = node.elts if isinstance(node, ast.Tuple) else [node]
    return any(ast.unparse(each) in _OF_PYZMQ for each in classes)


def _caught(scene: Scene, site: CodeSite) -> Iterator[str]:
    """A handler for what unpickling raises: nothing raises that any more."""
    for node in scene.sources.around(site.path, site.span):
        if isinstance(node, ast.Try) and any(_lines(each, site) for each in node.body):
            for handler in node.handlers:
                text = ast.unparse(handler.type) if handler.type is not None else ""
                if "ContextTerminated" in text:
                    yield f"{text} is caught at {site.path}:{handler.lineno}: gnomon.wire raises a WireError for it"
                if "UnpicklingError" in text or "PickleError" in text or "PicklingError" in text:
                    yield (
                        f"{text} is caught at {site.path}:{handler.lineno}: a message that can't be read is dropped and"
                        " counted by gnomon.wire, and raises nothing"
                    )


def _lines(statement: ast.stmt, site: CodeSite) -> bool:
    return statement.lineno <= site.span.line <= (statement.end_lineno or statement.lineno)
