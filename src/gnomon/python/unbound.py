"""Names that a text uses and nothing in it binds: what a fragment takes from the file it was cut out of."""

import ast
import builtins

from msgspec import Struct

_BUILTINS = frozenset(dir(builtins)) | {"__file__", "__name__", "__class__"}


class Unbound(Struct, frozen=True):
    """Unbound names in the order of their first use, and those of them that are called like functions."""

    names: tuple[str, ...]
    called: frozenset[str]


def unbound(tree: ast.Module) -> Unbound:
    """Names that are read somewhere in the tree and bound nowhere in it, whatever the scope."""
    bound: set[str] = set(_BUILTINS)
    read: dict[str, None] = {}
    called: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                read[name] = None
            case ast.Name(id=name):
                bound.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                bound.add(name)
            case ast.arg(arg=name):
                bound.add(name)
            case ast.alias(name=name, asname=alias):
                bound.add(alias or name.partition(".")[0])
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                bound.add(name)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            called.add(node.func.id)
    return Unbound(tuple(name for name in read if name not in bound), frozenset(called - bound))
