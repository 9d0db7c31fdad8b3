"""Whether an Unpickler subclass lets in only names of an exact allow-list.

Exact means: every way through `find_class` that gives an object is behind a positive test of the name itself (alone or
together with its module) against a fixed set or mapping, and everything else raises. A deny-list, a prefix test, a test
of the module alone, or a fall-through to `super().find_class` is no restriction.
"""

import ast
from typing import TYPE_CHECKING

from gnomon.python.facts import Facts
from gnomon.python.order import guards
from gnomon.python.scopes import Scope

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator


def is_exact(evaluator: "Evaluator", unpickler: Scope) -> bool:
    """True if the class restricts what can be loaded to an exact allow-list."""
    for binding in evaluator.fields.classes.definers(unpickler, "find_class"):
        if isinstance(binding.target, Scope) and isinstance(binding.target.node, ast.FunctionDef):
            return _restricts(binding.target)
    return False


def _restricts(method: Scope) -> bool:
    node = method.node
    if not isinstance(node, ast.FunctionDef):
        return False
    parameters = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    if len(parameters) < 3:
        return False
    facts = method.facts
    related = _derived(facts, {parameters[2]})  # self, module, name
    return all(_is_guarded(value, facts, related) for value in facts.returns)


def _derived(facts: Facts, names: set[str]) -> set[str]:
    """Names of variables computed from the given ones (`key = (module, name)`, `full = f"{module}.{name}"`)."""
    found = set(names)
    for name, bindings in facts.bindings.items():
        for binding in bindings:
            if binding.value is not None and _mentions(binding.value, found):
                found.add(name)
    return found


def _is_guarded(value: ast.expr, facts: Facts, names: set[str]) -> bool:
    """True if the value is only given for a name that was looked up or tested."""
    if isinstance(value, ast.Constant):
        return True
    if isinstance(value, ast.Subscript) and _mentions(value.slice, names) and not _is_namespace(value.value):
        return True  # a look-up in a mapping raises for every other name
    return any(_is_allowing(test, names, needed=needed) for test, needed in guards(value, facts))


def _is_namespace(node: ast.expr) -> bool:
    """`vars(module)[name]`, `module.__dict__[name]`, `globals()[name]` look up anything."""
    return isinstance(node, ast.Call) or (isinstance(node, ast.Attribute) and node.attr == "__dict__")


def _is_allowing(test: ast.expr, names: set[str], *, needed: bool) -> bool:
    """True if the test, coming out as needed, says that the name is one of a fixed set."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _is_allowing(test.operand, names, needed=not needed)
    if isinstance(test, ast.BoolOp):
        conjunction = isinstance(test.op, ast.And) == needed
        outcomes = [_is_allowing(value, names, needed=needed) for value in test.values]
        return any(outcomes) if conjunction else all(outcomes)
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not _mentions(test.left, names):
        return False
    operator = test.ops[0]
    positive = isinstance(operator, (ast.In, ast.Eq))
    negative = isinstance(operator, (ast.NotIn, ast.NotEq))
    return positive if needed else negative


def _mentions(node: ast.expr, names: set[str]) -> bool:
    return any(isinstance(part, ast.Name) and part.id in names for part in ast.walk(node))
