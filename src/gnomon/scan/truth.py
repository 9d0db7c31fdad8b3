"""Whether a test is known to hold in a frame: constants, comparisons and membership, else None."""

import ast
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

from gnomon.python.facts import defaults
from gnomon.python.order import guards
from gnomon.scan.selectors import expression
from gnomon.scan.values import (
    Bound,
    Class,
    Const,
    Container,
    External,
    Found,
    Frame,
    Function,
    Instance,
    Module,
    Opaque,
    Outside,
    Result,
    Setting,
    Text,
    Value,
)

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator


_THINGS = (Bound, Class, Container, Function, Instance, Module, Text)
"""Values that are certainly not None."""


_CHANGES: dict[str, Callable[[str], str]] = {
    "lower": str.lower,
    "casefold": str.casefold,
    "upper": str.upper,
    "strip": str.strip,
}
"""Methods of texts that are applied to a default before it is compared."""


def truth(evaluator: "Evaluator", test: ast.expr, frame: Frame) -> bool | None:
    """True or False if every way the test can come out agrees, None if that isn't known."""
    match test:
        case ast.Constant():
            return bool(test.value)
        case ast.UnaryOp(op=ast.Not()):
            inner = truth(evaluator, test.operand, frame)
            return None if inner is None else not inner
        case ast.BoolOp():
            return _combined(evaluator, test, frame)
        case ast.Compare() if len(test.ops) == 1:
            return _compared(evaluator, test, frame)
        case ast.Name() | ast.Attribute() if _is_decidable(test, frame):
            outcomes = {_truthy(found.value) for found in evaluator.operand(test, frame)}
            return outcomes.pop() if len(outcomes) == 1 else None
        case _:
            return None


def by_default(evaluator: "Evaluator", test: ast.expr, frame: Frame, depth: int = 0) -> bool | None:
    """Whether a test holds if nobody sets an option: defaults decide, a value that must be given counts as given."""
    known = truth(evaluator, test, frame)
    if known is not None or depth > 6:
        return known
    match test:
        case ast.UnaryOp(op=ast.Not()):
            inner = by_default(evaluator, test.operand, frame, depth + 1)
            return None if inner is None else not inner
        case ast.BoolOp():
            outcomes = [by_default(evaluator, value, frame, depth + 1) for value in test.values]
            decisive = isinstance(test.op, ast.Or)
            return decisive if decisive in outcomes else None if None in outcomes else not decisive
        case ast.Compare(ops=[operator], comparators=[ast.Constant(value=None)]):
            missing = any(
                _is_none(found.value) and not _made_when_missing(evaluator, found, depth)
                for found in evaluator.operand(test.left, frame)
            )
            return missing == isinstance(operator, (ast.Is, ast.Eq))
        case ast.Compare(ops=[ast.Eq() | ast.NotEq() | ast.In() | ast.NotIn() as operator], comparators=[right]):
            return _compared_default(evaluator, evaluator.operand(test.left, frame), operator, right)
        case ast.Name() | ast.Attribute() | ast.Call():
            return _default_outcome(evaluator, evaluator.operand(test, frame), depth)
    return None


def _compared_default(evaluator: "Evaluator", founds: list[Found], operator: ast.cmpop, right: ast.expr) -> bool | None:
    """How a setting compares with constants if nobody sets it: `os.environ.get("NAME", "0") == "1"`."""
    written = right.elts if isinstance(right, (ast.Tuple, ast.List, ast.Set)) else [right]
    texts = {item.value for item in written if isinstance(item, ast.Constant)}
    if len(texts) < len(written) or not founds:
        return None
    known = [_default_text(evaluator, found, 0) for found in founds]
    if None in known:
        return None
    outcomes = {any(value in texts for value in values or ()) for values in known}
    inside = outcomes.pop() if len(outcomes) == 1 else None
    return inside if inside is None or isinstance(operator, (ast.Eq, ast.In)) else not inside


def _default_text(evaluator: "Evaluator", found: Found, depth: int) -> tuple[object, ...] | None:
    """The constant that a setting is if nobody sets it, in a tuple; None if that is not known."""
    value = found.value
    if isinstance(value, Const):
        return (value.value,)
    if isinstance(value, Setting):
        return _default_text(evaluator, value.default[0], depth + 1) if len(value.default) == 1 and depth < 4 else None
    if not isinstance(value, (Result, Bound)) or depth > 4:
        return None
    model = evaluator.catalog.addresses.get(value.api)
    if model is not None and model.value == "<configured>" and model.default and isinstance(value.node, ast.Call):
        fallback = expression(model.default, evaluator.calls.arguments(value.node, value.frame))
        if fallback is None:
            return (None,)
        return (fallback.value,) if isinstance(fallback, ast.Constant) else None
    change = _CHANGES.get(value.api.removesuffix("()").rpartition(".")[2])
    if change is None or len(value.receivers) != 1:
        return None
    before = _default_text(evaluator, value.receivers[0], depth + 1)
    return tuple(change(item) if isinstance(item, str) else item for item in before) if before is not None else None


def off_by_default(evaluator: "Evaluator", node: ast.AST, frame: Frame) -> bool:
    """True if a condition around `node` does not hold if nobody sets an option.

    What the callers pass for an option that is off without it may stay unknown: then the option counts as off.
    """
    function = frame.scope.node
    given = defaults(function) if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) else ()
    off = {name for name, value in given if isinstance(value, ast.Constant) and not value.value}
    for test, needed in guards(node, frame.scope.facts):
        parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) and needed else [test]
        for part in parts:
            on = by_default(evaluator, part, frame)
            unknown = on is None and needed and isinstance(part, ast.Name) and part.id in off
            if unknown or on is (not needed):
                return True
    return False


def _made_when_missing(evaluator: "Evaluator", found: Found, depth: int) -> bool:
    """True for a None that the function that hands it on replaces by default: `if self.x is None: self.x = make()`."""
    steps = list(found.trail.steps()) if found.trail is not None else []
    for near, far in pairwise(steps):
        if not isinstance(near.node, ast.Call) or not isinstance(far.node, ast.Attribute):
            continue
        facts, home = near.frame.scope.facts, evaluator.root(near.frame.scope)
        for store in facts.stores:
            target = store.target
            if not isinstance(target, ast.Attribute) or target.attr != far.node.attr or store.value is None:
                continue
            if target.lineno > near.node.lineno or near.frame.scope is far.frame.scope:
                continue
            tests = guards(target, facts)
            if all(by_default(evaluator, test, home, depth + 1) is needed for test, needed in tests):
                return True
    return False


def _default_outcome(evaluator: "Evaluator", founds: list[Found], depth: int) -> bool | None:
    outcomes: set[bool | None] = set()
    for found in founds:
        value = found.value
        if isinstance(value, Const):
            outcomes.add(bool(value.value))
        elif isinstance(value, Outside):
            outcomes.add(None)
        elif isinstance(value, Setting):
            outcomes.add(_default_outcome(evaluator, list(value.default), depth + 1) if value.default else True)
        elif isinstance(value, Result) and isinstance(value.node, ast.Call):
            outcomes.add(_setting_outcome(evaluator, value, value.node, depth))
        elif isinstance(value, Opaque) and isinstance(value.node, (ast.Compare, ast.UnaryOp)):
            outcomes.add(by_default(evaluator, value.node, value.frame, depth + 1))
    if False in outcomes:
        return False
    return None if None in outcomes else True if founds else None


def _setting_outcome(evaluator: "Evaluator", value: Result, call: ast.Call, depth: int) -> bool:
    """What `os.environ.get("NAME", fallback)` comes to if nobody sets it; True for what is no setting."""
    model = evaluator.catalog.addresses.get(value.api)
    if model is None or model.value != "<configured>" or not model.default:
        return True
    fallback = expression(model.default, evaluator.calls.arguments(call, value.frame))
    return fallback is not None and bool(
        _default_outcome(evaluator, evaluator.operand(fallback, value.frame), depth + 1)
    )


def _is_none(value: Value) -> bool:
    if isinstance(value, Setting):
        return any(_is_none(item.value) for item in value.default)
    return isinstance(value, Const) and value.value is None


def _combined(evaluator: "Evaluator", test: ast.BoolOp, frame: Frame) -> bool | None:
    outcomes = [truth(evaluator, value, frame) for value in test.values]
    decisive = isinstance(test.op, ast.Or)
    if decisive in outcomes:
        return decisive
    return None if None in outcomes else not decisive


def _is_decidable(node: ast.expr, frame: Frame) -> bool:
    """True for operands that may come out constant: names, constants, attributes of `self`, modules and classes.

    Fields of arguments and results of calls are data; following them would cost more than the answer is worth.
    """
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return all(_is_decidable(item, frame) for item in node.elts)
    if isinstance(node, ast.Attribute):
        root: ast.expr = node
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name):
            return False
        bindings = frame.scope.facts.bindings.get(root.id, ())
        return root.id in ("self", "cls") or all(binding.kind in ("import", "class", "def") for binding in bindings)
    return isinstance(node, (ast.Name, ast.Constant))


def _truthy(value: Value) -> bool | None:
    if isinstance(value, Const):
        return bool(value.value)
    if isinstance(value, (Function, Class, Instance)):
        return True
    return None


def _compared(evaluator: "Evaluator", test: ast.Compare, frame: Frame) -> bool | None:
    if not all(_is_decidable(node, frame) for node in (test.left, *test.comparators)):
        return None
    operator, right_node = test.ops[0], test.comparators[0]
    founds = evaluator.operand(test.left, frame)
    with_none = isinstance(right_node, ast.Constant) and right_node.value is None
    if with_none and founds and all(isinstance(found.value, _THINGS) for found in founds):
        return isinstance(operator, (ast.IsNot, ast.NotEq))
    left = _constants(founds)
    if left is None:
        return None
    if isinstance(operator, (ast.In, ast.NotIn)):
        members = _members(evaluator, right_node, frame)
        if members is None:
            return None
        inside = {one in members for one in left}
        held = inside.pop() if len(inside) == 1 else None
        return held if held is None or isinstance(operator, ast.In) else not held
    right = _constants(evaluator.operand(right_node, frame))
    if right is None or not isinstance(operator, (ast.Eq, ast.Is, ast.NotEq, ast.IsNot)):
        return None
    negated = isinstance(operator, (ast.NotEq, ast.IsNot))
    if any(isinstance(item, _Object) for item in left | right) and None not in left | right:
        return None  # objects may compare equal to anything; only `is None` is certain
    if not left & right:
        return negated
    return not negated if len(left) == 1 and len(right) == 1 else None


class _Object(tuple[object, ...]):
    """An object, known by what made it."""

    __slots__ = ()


def _constants(founds: list[Found]) -> set[object] | None:
    """Every alternative as a comparable constant (a library's name stands for itself), or None if one isn't."""
    constants: set[object] = set()
    for found in founds:
        value = found.value
        if isinstance(value, Const):
            constants.add(value.value)
        elif isinstance(value, External):
            constants.add(("external", value.name))
        elif isinstance(value, (Instance, Function, Class)):
            constants.add(_Object(value.key))
        else:
            return None
    return constants or None


def _members(evaluator: "Evaluator", node: ast.expr, frame: Frame) -> set[object] | None:
    members: set[object] = set()
    founds = evaluator.operand(node, frame)
    if not founds:
        return None
    for found in founds:
        if not isinstance(found.value, Container) or not isinstance(found.value.node, (ast.Tuple, ast.List, ast.Set)):
            return None
        for element in found.value.node.elts:
            constants = _constants(evaluator.operand(element, found.value.frame))
            if constants is None:
                return None
            members |= constants
    return members
