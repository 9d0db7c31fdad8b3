"""A function in which scan finds a load -> the signature it is a copy of, in a few words for the finding."""

import ast
from collections.abc import Iterable, Sequence

from gnomon.core.finding import CopiedFrom, Recognised
from gnomon.core.signature import Definition, Repair, Signature
from gnomon.python.scopes import Scope
from gnomon.trace.copies import DEFAULT, LEAST_SHARED, common
from gnomon.trace.learning import FEW
from gnomon.trace.normal import imports_of
from gnomon.trace.pack import Likeness, Pack
from gnomon.trace.state import repaired_as
from gnomon.trace.units import Unit, class_unit, function_unit


class Recogniser:
    """Knows the signatures."""

    def __init__(self, signatures: Iterable[Signature], sinks: frozenset[str]) -> None:
        self._pack = Pack(signatures)
        self._sinks = sinks

    def __call__(self, scope: Scope) -> Recognised | None:
        """What is known of the function that a load stands in."""
        imports = _imports(scope)
        for unit in self._units(scope, imports):
            known = [
                likeness
                for likeness in self._pack.like(unit, LEAST_SHARED)
                if likeness.definition.role == "sink" and likeness.similarity >= DEFAULT.loading
            ]
            if known:
                return _told(max(known, key=lambda each: (each.similarity, each.shared)), scope.path)
        return None

    def _units(self, scope: Scope, imports: dict[str, str]) -> Sequence[Unit]:
        """The outermost function around the load, and its class if the function is short."""
        while scope.parent is not None and not (scope.is_function and _is_outermost(scope)):
            scope = scope.parent
        unit = _function(scope, imports, self._sinks)
        if unit is None:
            return ()
        owner = scope.parent
        if len(unit.shingles) >= FEW or owner is None or not isinstance(owner.node, ast.ClassDef):
            return (unit,)
        methods = [_function(child, imports, self._sinks) for child in owner.children]
        return (unit, class_unit(owner.qualname, owner.node, [each for each in methods if each is not None]))


def _function(scope: Scope, imports: dict[str, str], sinks: frozenset[str]) -> Unit | None:
    if not isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef) or not scope.statements:
        return None  # asking for its statements has them parsed
    return function_unit(scope.qualname, scope.node, imports, sinks)


def _is_outermost(scope: Scope) -> bool:
    return scope.parent is None or scope.parent.parent is None or scope.parent.is_class


def _imports(scope: Scope) -> dict[str, str]:
    """Those of the module, and of the function itself: the bodies of other functions need not be parsed for it."""
    module = scope.module.node
    found = imports_of(module, scope.path) if isinstance(module, ast.Module) else {}
    return found | imports_of(scope.node, scope.path)


def _told(likeness: Likeness, path: str) -> Recognised:
    signature, definition = likeness.signature, likeness.definition
    if f"/{path}".endswith(f"/{definition.path}"):  # the project itself, or a fork of it
        return Recognised(advisories=signature.advisories)
    shared = common(definition, likeness.unit)
    repair = repaired_as(signature, definition, likeness.unit)
    copied = CopiedFrom(
        signature=signature.id,
        origin=signature.origin.name,
        note=f"{shared} of {len(definition.statements)} statements{_after(signature, repair, definition)}",
    )
    return Recognised(advisories=signature.advisories, copied_from=copied)


def _after(signature: Signature, repair: Repair | None, definition: Definition) -> str:
    """What of the makers' repairs is there."""
    if repair is not None:
        return f"; with what {repair.release or signature.origin.project} did ({repair.kind}): {repair.note}"
    known = [each for each in signature.repairs if _touches(each, definition)]
    return (
        f"; the repair of {known[-1].release or signature.origin.project} ({known[-1].kind}) is not there"
        if known
        else ""
    )


def _touches(repair: Repair, definition: Definition) -> bool:
    """False if the function is as flawed after it as before: the repair is elsewhere."""
    after = [each for each in repair.definitions if each.qualname == definition.qualname]
    return not after or after[0].statements != definition.statements
