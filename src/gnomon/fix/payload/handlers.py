"""Handlers around a load that catch what pickle raises: they have to catch what takes its place as well."""

import ast
from collections.abc import Iterator

from msgspec import Struct

from gnomon.core.channel import Load
from gnomon.core.patch import Replacement
from gnomon.fix.payload.wording import at, placed
from gnomon.fix.sources import Sources
from gnomon.python.facts import last_name

_OF_PICKLE = frozenset({"UnpicklingError", "PickleError", "EOFError"})
"""Errors that only a broken message raises: https://docs.python.org/3/library/pickle.html#pickle.UnpicklingError."""
_EVERYTHING = frozenset({"Exception", "BaseException"})
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class Caught(Struct, frozen=True, kw_only=True):
    """What becomes of the handlers around a load."""

    replacements: tuple[Replacement, ...] = ()
    why: tuple[str, ...] = ()
    """Why a person has to look: clauses."""
    uncaught: tuple[str, ...] = ()
    """Loops that a refused message ends, as one that could not be unpickled did before: places."""


def caught(load: Load, error: str, also: frozenset[str], sources: Sources) -> Caught:
    """How `error`, an expression, gets caught wherever what pickle raises for a broken message is.

    `also` are names of classes that `error` is a kind of.
    """
    node = sources.expression(load.site.path, load.site.span)
    loop = False
    for inner, outer in _outwards(node, load, sources):
        loop = loop or isinstance(outer, _LOOPS)
        if not isinstance(outer, ast.Try | ast.TryStar) or inner not in outer.body:
            continue
        names = [name for handler in outer.handlers for name in _names(handler.type)]
        if any(handler.type is None for handler in outer.handlers) or set(names) & (_EVERYTHING | also):
            return Caught()
        of_pickle = next((item for item in outer.handlers if _OF_PICKLE & set(_names(item.type))), None)
        if of_pickle is not None and of_pickle.type is not None:
            return Caught(replacements=(_extended(of_pickle.type, error, load.site.path),))
        if any(_is_computed(handler.type) for handler in outer.handlers):
            return Caught(why=(f"the handlers around {at(load.site)} may not catch {error}",))
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
    parts = type_.elts if isinstance(type_, ast.Tuple) else [type_] if type_ is not None else []
    return [last_name(part) for part in parts]


def _is_computed(type_: ast.expr | None) -> bool:
    """True for `except ERRORS`, which may catch anything."""
    name = last_name(type_) if type_ is not None else ""
    return not isinstance(type_, ast.Tuple) and (name == "" or name.isupper())


def _extended(type_: ast.expr, error: str, path: str) -> Replacement:
    kept = type_.elts if isinstance(type_, ast.Tuple) else [type_]
    pieces = [piece for part in kept for piece in (placed(part), ", ")]
    return Replacement(path=path, span=placed(type_), pieces=("(", *pieces, f"{error})"))
