"""Whether an Unpickler subclass lets in only names of an exact allow-list.

Exact means: every way through `find_class` that gives an object is behind positive tests of all that it takes of module
and name, as they are, against fixed sets or mappings, and everything else raises. A deny-list, a prefix test, a test of
the module or of the name alone, of a part of them, or a fall-through to `super().find_class` is no restriction.
"""

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from gnomon.core.incomplete import IncompleteKind
from gnomon.python.order import guards
from gnomon.python.scopes import Scope
from gnomon.scan.exactness import Asked, is_namespace, mentions

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator

_CUT = re.compile(r"\.(?:split|rsplit|partition|rpartition|removeprefix|removesuffix)\(|\[[^\]]*:")
"""What takes a part of a text."""


class Gap(Struct, frozen=True):
    """A way through `find_class` that lets in more than an exact list."""

    kind: IncompleteKind
    what: str
    """A clause that follows the unpickler's name."""
    node: ast.AST
    scope: Scope


def is_exact(evaluator: "Evaluator", unpickler: Scope) -> bool:
    """True if the class restricts what can be loaded to an exact allow-list."""
    method = _find_class(evaluator, unpickler)
    return method is not None and _parameters(method) is not None and next(_gaps(method), None) is None


def gap(evaluator: "Evaluator", unpickler: Scope) -> Gap | None:
    """What the class's own `find_class` lets in beside an exact list; None if there is no such method."""
    method = _find_class(evaluator, unpickler)
    if method is None:
        return None
    if _parameters(method) is None:
        return Gap(
            "no-exact-list", "has a `find_class` with other parameters than module and name", method.node, method
        )
    return next(_gaps(method), None)


def _find_class(evaluator: "Evaluator", unpickler: Scope) -> Scope | None:
    for binding in evaluator.fields.classes.definers(unpickler, "find_class"):
        if isinstance(binding.target, Scope) and isinstance(binding.target.node, ast.FunctionDef):
            return binding.target
    return None


def _parameters(method: Scope) -> tuple[str, str] | None:
    """The names of `module` and `name`."""
    node = method.node
    assert isinstance(node, ast.FunctionDef)
    parameters = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    return (parameters[1], parameters[2]) if len(parameters) >= 3 else None  # self, module, name


def _gaps(method: Scope) -> Iterator[Gap]:
    """The returns that are not behind a test of the name against a list."""
    parameters = _parameters(method)
    assert parameters is not None
    asked = Asked(method.facts, *parameters)
    for returned in method.facts.returns:
        for value in _alternatives(returned):
            if not _is_guarded(value, asked):
                yield _told(value, method, asked)


def _alternatives(value: ast.expr) -> Iterator[ast.expr]:
    """What a returned expression can be."""
    if isinstance(value, ast.IfExp):
        yield from _alternatives(value.body)
        yield from _alternatives(value.orelse)
    else:
        yield value


def _told(value: ast.expr, method: Scope, asked: Asked) -> Gap:
    """Why a returned value can be anything, by the tests before it."""
    names, either = asked.names, asked.either
    tests = [_plain(test, needed=needed) for test, needed in guards(value, method.facts) if mentions(test, either)]
    for test, needed in tests:
        if needed and _tests_a_beginning(test):
            return Gap("prefix", "tests how a name begins or ends, and not the name itself", test, method)
    allowing = next((test for test, needed in tests if _is_allowing(test, names, needed=needed)), None)
    for test, needed in tests:
        if allowing is None and _is_allowing(test, either, needed=needed):
            return Gap("prefix", "tests the module alone, and lets in every name of it", test, method)
    for test, needed in tests:
        if _is_denying(test, either, needed=needed):
            return Gap("deny-list", "refuses a list of names, and lets in every other one", test, method)
    if allowing is not None:
        return _inexact(value, allowing, method, asked)
    if tests and not any(_is_equality(test) for test, _ in tests):
        return Gap("no-exact-list", "tests names in another way than against an exact list", tests[0][0], method)
    return Gap(
        "fall-through",
        "lets in every name that its tests do not stop" if tests else "lets in every name",
        value,
        method,
    )


def _inexact(value: ast.expr, allowing: ast.expr, method: Scope, asked: Asked) -> Gap:
    """What a list lets in that has names, but not those that are asked for together with their modules."""
    held = asked.held_at(value)
    changed = [part for part in sorted(held) if not part.isidentifier()]
    if asked.name in held and not changed:
        return Gap("no-exact-list", "tests the name alone, and lets it in from every module", allowing, method)
    kept = [binding.value for part in held for binding in method.facts.bindings.get(part, ())]
    texts = [*changed, *(ast.unparse(value) for value in kept if value is not None)]
    kind: IncompleteKind = "prefix" if any(_CUT.search(text) for text in texts) else "no-exact-list"
    return Gap(kind, "tests a part or another form of what is asked for, and not that itself", allowing, method)


def _plain(test: ast.expr, *, needed: bool) -> tuple[ast.expr, bool]:
    """The test without `not` before it, and the outcome that is needed then."""
    while isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test, needed = test.operand, not needed
    return test, needed


def _is_denying(test: ast.expr, names: set[str], *, needed: bool) -> bool:
    """True if the test, coming out as needed, says that the name is none of a list."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _is_denying(test.operand, names, needed=not needed)
    if isinstance(test, ast.BoolOp):
        return any(_is_denying(value, names, needed=needed) for value in test.values)
    if isinstance(test, ast.Call):
        function = test.func  # `any(name in denied …)`, `any(name.startswith(bad) for bad in …)`
        return not needed and (isinstance(function, ast.Attribute) or getattr(function, "id", "") == "any")
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not mentions(test, names):
        return False
    return isinstance(test.ops[0], ast.NotIn if needed else ast.In)


def _tests_a_beginning(test: ast.expr) -> bool:
    calls = [
        part.func.attr for part in ast.walk(test) if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute)
    ]
    return bool({"startswith", "endswith", "match", "fullmatch", "search", "fnmatch", "fnmatchcase"} & set(calls))


def _is_equality(test: ast.expr) -> bool:
    return any(
        isinstance(part, ast.Compare) and isinstance(part.ops[0], (ast.Eq, ast.NotEq)) for part in ast.walk(test)
    )


def _is_guarded(value: ast.expr, asked: Asked) -> bool:
    """True if the value is only given for what was looked up or tested."""
    facts, names = asked.facts, asked.names
    if isinstance(value, ast.Constant):
        return True
    if _is_looked_up(value, names):
        return True
    if isinstance(value, ast.Name):
        found = [binding.value for binding in facts.bindings.get(value.id, ())]
        if found and all(part is not None and _is_looked_up(part, names) for part in found):
            return True
    if not mentions(value, asked.either):
        return any(_is_allowing(test, names, needed=needed) for test, needed in guards(value, facts))
    return asked.is_given(value, asked.held_at(value))


def _is_looked_up(value: ast.expr, names: set[str]) -> bool:
    """True for a look-up of the name in a mapping, which raises or gives None for every other name."""
    match value:
        case ast.Subscript():
            return mentions(value.slice, names) and not is_namespace(value.value)
        case ast.Call(func=ast.Attribute(attr="get", value=mapping), args=[key, *other], keywords=[]):
            known = all(isinstance(item, ast.Constant) for item in other)
            return known and mentions(key, names) and not is_namespace(mapping)
    return False


def _is_allowing(test: ast.expr, names: set[str], *, needed: bool) -> bool:
    """True if the test, coming out as needed, says that the name is one of a fixed set."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _is_allowing(test.operand, names, needed=not needed)
    if isinstance(test, ast.BoolOp):
        conjunction = isinstance(test.op, ast.And) == needed
        outcomes = [_is_allowing(value, names, needed=needed) for value in test.values]
        return any(outcomes) if conjunction else all(outcomes)
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not mentions(test.left, names):
        return False
    operator = test.ops[0]
    positive = isinstance(operator, (ast.In, ast.Eq))
    negative = isinstance(operator, (ast.NotIn, ast.NotEq))
    return positive if needed else negative
