"""Selectors of the models applied to a call: which value do they mean there? (Their form: `gnomon.core.model`.)"""

import ast
import re
from typing import TYPE_CHECKING

from gnomon.core.model import Condition
from gnomon.scan.supposed import Supposed
from gnomon.scan.values import (
    Arguments,
    Bound,
    Const,
    Container,
    External,
    Found,
    Frame,
    Instance,
    Keywords,
    Opaque,
    Outside,
    Result,
)

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator

_TAKEN = re.compile(r"\[([^\]]*)\]|\.(\w+)|>([^\[.>]+)")
"""One step into a value: an item, an attribute, an argument of the call that made it."""


def expression(selector: str, arguments: Arguments) -> ast.expr | None:
    """The argument expression that "position|keyword" names in a call, or None."""
    position, _, keyword = selector.partition("|")
    if keyword and keyword in arguments.keywords:
        return arguments.keywords[keyword]
    if not position.isdigit():
        return None
    index = int(position)
    for current, argument in enumerate(arguments.positional[: index + 1]):
        if isinstance(argument, ast.Starred):
            return argument.value
        if current == index:
            return argument
    return None


def matches(selector: str, place: str) -> bool:
    """True if `place` (a position or keyword used in a call) is what the selector names."""
    position, _, keyword = selector.partition("|")
    return place != "" and place in (position, keyword)


def selected(evaluator: "Evaluator", selector: str, arguments: Arguments, receivers: tuple[Found, ...]) -> list[Found]:
    """What the selected value of a call can be; empty if the argument is absent."""
    first = _TAKEN.search(selector)
    base = selector[: first.start()] if first else selector
    found = _base(evaluator, base, arguments, receivers)
    for taken in _TAKEN.finditer(selector):
        key, name, argument = taken.groups()
        if key is not None:
            found = [item for one in found for item in entry(evaluator, one, key)]
        elif name is not None:
            found = [item for one in found for item in evaluator.uses.assigned(one, name)]
        else:
            found = [item for one in found for item in _made_with(evaluator, one, argument)]
    return found


def _base(evaluator: "Evaluator", selector: str, arguments: Arguments, receivers: tuple[Found, ...]) -> list[Found]:
    if selector == "self":
        return list(receivers)
    if selector == "all":
        every = [*arguments.positional, *arguments.keywords.values()]
        return [found for node in every for found in evaluator.values(node, arguments.frame)]
    if selector == "return":
        made = arguments.node
        return evaluator.values(made, arguments.frame) if isinstance(made, ast.Call) else []
    if selector.startswith("new:"):
        return [item for receiver in receivers for item in _made_with(evaluator, receiver, selector[4:])]
    node = expression(selector, arguments)
    if node is not None:
        return evaluator.values(node, arguments.frame)
    name = selector.partition("|")[2]
    spreads = [found for spread in arguments.spreads for found in evaluator.values(spread, arguments.frame)]
    return [item for found in spreads if name for item in entry(evaluator, found, name)]


def _made_with(evaluator: "Evaluator", found: Found, selector: str) -> list[Found]:
    """The argument given to the call that made a value."""
    value = found.value
    if isinstance(value, (Instance, Result)) and isinstance(value.node, ast.Call) and value.frame is not None:
        arguments = evaluator.calls.arguments(value.node, value.frame)
        if isinstance(value, Supposed):
            arguments = value.made_with
        return [item.after(found) for item in _base(evaluator, selector, arguments, ())]
    if isinstance(value, Bound) and isinstance(value.node, ast.Call):
        arguments = evaluator.calls.arguments(value.node, value.frame)
        return _base(evaluator, selector, arguments, ())
    return []


def entry(evaluator: "Evaluator", found: Found, key: str) -> list[Found]:
    """The entry of a dict (or of what `dict(…)` makes) under a constant key."""
    value = found.value
    if isinstance(value, Outside):
        return [found]
    if isinstance(value, Container) and isinstance(value.node, ast.Dict):
        for name, node in zip(value.node.keys, value.node.values, strict=True):
            if isinstance(name, ast.Constant) and name.value == key:
                return evaluator.values(node, value.frame)
    if isinstance(value, Keywords):
        given = value.arguments.keywords.get(key)
        if given is not None:
            return evaluator.values(given, value.arguments.frame) if key not in value.taken else []
        return spread_entries(evaluator, value.arguments, key)
    if isinstance(value, (Instance, Result)) and isinstance(value.node, ast.Call) and value.frame is not None:
        arguments = evaluator.calls.arguments(value.node, value.frame)
        if key in arguments.keywords:
            return evaluator.values(arguments.keywords[key], value.frame)
    return []


def spread_entries(evaluator: "Evaluator", arguments: Arguments, key: str) -> list[Found]:
    """What a call passes under a keyword through dictionaries spread with `**`."""
    found: list[Found] = []
    for spread in arguments.spreads:
        found += _item_set(evaluator, spread, key, arguments.frame)
        found += _spread_entry(evaluator, spread, arguments.frame, key)
    return found


def _spread_entry(evaluator: "Evaluator", spread: ast.expr, frame: Frame, key: str) -> list[Found]:
    """What `**spread` passes under a keyword."""

    def ask() -> list[Found]:
        return [item for base in evaluator.values(spread, frame) for item in entry(evaluator, base, key)]

    return evaluator.once(("entry", spread, frame.key, key), ask)


def _item_set(evaluator: "Evaluator", spread: ast.expr, key: str, frame: Frame) -> list[Found]:
    """What the calling function itself puts under a constant key of the dictionary that it spreads."""
    if not isinstance(spread, ast.Name):
        return []
    found: list[Found] = []
    for store in frame.scope.facts.stores:
        target = store.target
        if not isinstance(target, ast.Subscript) or not isinstance(target.slice, ast.Constant) or store.value is None:
            continue
        if isinstance(target.value, ast.Name) and target.value.id == spread.id and target.slice.value == key:
            found += evaluator.values(store.value, frame)
    return found


def holds(evaluator: "Evaluator", condition: Condition, arguments: Arguments, receivers: tuple[Found, ...]) -> bool:
    """True if the selected argument can be one of the listed values."""
    return _is_listed(evaluator, condition, selected(evaluator, condition.argument, arguments, receivers))


def certain(evaluator: "Evaluator", condition: Condition, arguments: Arguments, receivers: tuple[Found, ...]) -> bool:
    """True if the selected argument can be nothing but one of the listed values."""
    found = selected(evaluator, condition.argument, arguments, receivers)
    return all(_is_listed(evaluator, condition, each) for each in ([[item] for item in found] or [[]]))


def _is_listed(evaluator: "Evaluator", condition: Condition, found: list[Found]) -> bool:
    present = [item for item in found if not (isinstance(item.value, Const) and item.value.value is None)]
    if not found and "<absent>" in condition.one_of:
        return True
    if present and "<present>" in condition.one_of:
        return True
    if "<computed>" in condition.one_of and any(not isinstance(item.value, Const) for item in present):
        return True
    if "<outside>" in condition.one_of and any(_decided_outside(evaluator, item) for item in present):
        return True
    return any(name in condition.one_of for item in found for name in _written(evaluator, item))


def _decided_outside(evaluator: "Evaluator", found: Found) -> bool:
    """True for data from outside, and for what comes of comparing it."""
    value = found.value
    if isinstance(value, Opaque) and isinstance(value.node, (ast.Compare, ast.UnaryOp, ast.BoolOp)):
        parts = [part for part in ast.walk(value.node) if isinstance(part, (ast.Name, ast.Call))]
        return any(_decided_outside(evaluator, item) for part in parts for item in evaluator.operand(part, value.frame))
    return isinstance(value, Outside) and value.kind != "file"


def _written(evaluator: "Evaluator", found: Found) -> tuple[str, ...]:
    """How a condition would write the value."""
    value = found.value
    if isinstance(value, Const):
        return (repr(value.value),)
    if isinstance(value, External):
        return (evaluator.catalog.canonical(value.name),)
    if isinstance(value, Bound):
        return (value.api,)
    if isinstance(value, Instance):
        return (str(value.type) if isinstance(value.type, str) else value.type.name,)
    return ()
