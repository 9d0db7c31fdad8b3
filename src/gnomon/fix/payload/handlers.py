"""Handlers around a load that catch what pickle raises: they have to catch what takes its place as well."""

import ast
from collections.abc import Iterator

from msgspec import Struct

from gnomon.core.channel import Load
from gnomon.core.patch import Replacement
from gnomon.fix.payload.wording import at, placed
from gnomon.fix.sources import Sources
from gnomon.python.facts import last_name

_PICKLES_OWN = frozenset({"UnpicklingError", "PickleError"})
_BROKEN = _PICKLES_OWN | {"EOFError"}
"""What only a broken message raises: https://docs.python.org/3/library/pickle.html#pickle.UnpicklingError."""
_EVERYTHING = frozenset({"Exception", "BaseException"})
_UNPICKLING = frozenset({"load", "loads", "recv_pyobj"})
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class Caught(Struct, frozen=True, kw_only=True):
    """What becomes of the handlers around a load."""

    replacements: tuple[Replacement, ...] = ()
    why: tuple[str, ...] = ()
    """Why a person has to look: clauses."""
    uncaught: tuple[str, ...] = ()
    """Loops that a refused message ends, as one that could not be unpickled did before: places."""


def caught(load: Load, errors: tuple[str, ...], kinds: frozenset[str], sources: Sources, *, pickles: bool) -> Caught:
    """How `errors`, expressions, get caught wherever what pickle raises for a broken message is.

    `kinds` are names of classes that the first is a kind of; `pickles` is False if nothing is unpickled any more.
    """
    node = sources.expression(load.site.path, load.site.span)
    loop = False
    for inner, outer in _outwards(node, load, sources):
        loop = loop or isinstance(outer, _LOOPS)
        if not isinstance(outer, ast.Try | ast.TryStar) or inner not in outer.body:
            continue
        names = {name for handler in outer.handlers for name in _names(handler.type)}
        if any(handler.type is None for handler in outer.handlers) or names & (_EVERYTHING | kinds):
            return Caught()
        type_ = next((item.type for item in outer.handlers if _BROKEN & set(_names(item.type))), None)
        if type_ is not None:
            return Caught(replacements=(_extended(type_, errors, load, keep=pickles or _loads_more(outer)),))
        if any(_is_computed(handler.type) for handler in outer.handlers):
            return Caught(why=(f"the handlers around {at(load.site)} may not catch {errors[0]}",))
    return Caught(uncaught=(at(load.site),) if loop else ())


def _outwards(node: ast.expr | None, load: Load, sources: Sources) -> Iterator[tuple[ast.AST, ast.AST]]:
    """(child, parent) from the load up to its function."""
    child: ast.AST | None = node
    while child is not None and not isinstance(child, _FUNCTIONS):
        parent = sources.parent(load.site.path, child)
        if parent is not None:
            yield child, parent
        child = parent


def _names(type_: ast.expr | None) -> list[str]:
    """Last names of what a handler catches."""
    return [last_name(part) for part in _parts(type_)] if type_ is not None else []


def _parts(type_: ast.expr) -> list[ast.expr]:
    return type_.elts if isinstance(type_, ast.Tuple) else [type_]


def _is_computed(type_: ast.expr | None) -> bool:
    """True for `except ERRORS`, which may catch anything."""
    name = last_name(type_) if type_ is not None else ""
    return not isinstance(type_, ast.Tuple) and (name == "" or name.isupper())


def _loads_more(outer: ast.Try | ast.TryStar) -> bool:
    """True if something else may be unpickled under the same handlers."""
    calls = (node for statement in outer.body for node in ast.walk(statement) if isinstance(node, ast.Call))
    return sum(last_name(call.func) in _UNPICKLING for call in calls) > 1


def _extended(type_: ast.expr, errors: tuple[str, ...], load: Load, *, keep: bool) -> Replacement:
    """What is caught with more errors, without pickle's own unless they are to be kept."""
    kept = [part for part in _parts(type_) if keep or last_name(part) not in _PICKLES_OWN]
    new = [error for error in errors if error not in {last_name(part) for part in kept}]
    if not kept and len(new) == 1:
        return Replacement(path=load.site.path, span=placed(type_), pieces=(new[0],))
    pieces = [piece for part in kept for piece in (placed(part), ", ")]
    return Replacement(path=load.site.path, span=placed(type_), pieces=("(", *pieces, f"{', '.join(new)})"))
