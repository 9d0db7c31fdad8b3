"""Calls as recipes see them: which argument is which, what is kept of them, and how it is wrapped."""

import ast
from typing import Literal

from gnomon.core.site import CodeSite, Span
from gnomon.fix.sources import Sources, span_of

Pieces = tuple[str | Span, ...]
Flags = Literal["none", "at once", "more", "unknown"]
"""What pyzmq's flags ask for; `more`: another frame follows."""
_PRIMARY = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.Constant, ast.List, ast.Dict, ast.Set)


def given(call: ast.Call, *names: str) -> dict[str, ast.expr] | None:
    """A call's arguments by the names of its parameters, in that order.

    None if there are others, or any that is not written out (`*arguments`).
    """
    if len(call.args) > len(names) or any(isinstance(argument, ast.Starred) for argument in call.args):
        return None
    found = dict(zip(names, call.args, strict=False))
    for keyword in call.keywords:
        if keyword.arg is None or keyword.arg not in names or keyword.arg in found:
            return None
        found[keyword.arg] = keyword.value
    return found


def flags_of(argument: ast.expr | None) -> Flags:
    """What an argument for flags asks for, as far as it is written out."""
    match argument:
        case None | ast.Constant(value=0):
            return "none"
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return _named_flag(name)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            both = {flags_of(left), flags_of(right)}
            return next((each for each in ("unknown", "more", "at once") if each in both), "none")
        case _:
            return "unknown"


def _named_flag(name: str) -> Flags:
    if name in {"NOBLOCK", "DONTWAIT"}:
        return "at once"
    return "more" if name == "SNDMORE" else "unknown"


def kept(node: ast.expr) -> Span:
    """The span of an expression, to keep it as it is written."""
    span = span_of(node)
    if span is None:  # every expression of a parsed file has a place
        raise ValueError(f"{type(node).__name__} has no place")
    return span


def whole(statement: ast.stmt) -> Span:
    """The span of a statement."""
    span = span_of(statement)
    if span is None:
        raise ValueError(f"{type(statement).__name__} has no place")
    return span


def primary(node: ast.expr) -> Pieces:
    """An expression so that `.name` can follow it."""
    return (kept(node),) if isinstance(node, _PRIMARY) else ("(", kept(node), ")")


def wrapped(node: ast.expr, taken: ast.AST, path: str, sources: Sources) -> Pieces:
    """An expression so that it can stand where `taken` stood, in parentheses if it needs some there."""
    parent = sources.parent(path, taken)
    match parent:
        case ast.Attribute() | ast.Subscript(value=_) if getattr(parent, "value", None) is taken:
            return primary(node)
        case ast.Call(func=function) if function is taken:
            return primary(node)
        case ast.BinOp() | ast.UnaryOp() | ast.BoolOp() | ast.Compare() | ast.Await() | ast.Starred() | ast.IfExp():
            return (kept(node),) if isinstance(node, (*_PRIMARY, ast.Await)) else ("(", kept(node), ")")
        case _:
            return (
                ("(", kept(node), ")") if isinstance(node, ast.NamedExpr | ast.Yield | ast.YieldFrom) else (kept(node),)
            )


def unawaited(node: ast.AST, path: str, sources: Sources) -> ast.AST:
    """The `await` expression around a call, or around `asyncio.wait_for` that it is given to; else the call itself."""
    parent = sources.parent(path, node)
    if isinstance(parent, ast.Await):
        return parent
    if isinstance(parent, ast.Call) and is_wait_for(parent) and parent.args[:1] == [node]:
        return unawaited(parent, path, sources)
    return node


def is_wait_for(call: ast.Call) -> bool:
    """True for `asyncio.wait_for(…)`, which gives what is awaited in it."""
    match call.func:
        case ast.Attribute(value=ast.Name(id="asyncio"), attr="wait_for") | ast.Name(id="wait_for"):
            return bool(call.args)
        case _:
            return False


def at(path: str, node: ast.expr | ast.stmt) -> str:
    """Where a node is, as reasons name it."""
    return f"{path}:{node.lineno}"


def key(site: CodeSite) -> tuple[str, Span]:
    """A site's place, whatever is said of its code."""
    return site.path, site.span
