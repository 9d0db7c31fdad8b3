"""Selectors of the models applied to a call: which value do they mean there?"""

import ast
from typing import TYPE_CHECKING

from gnomon.core.model import Condition
from gnomon.scan.values import Arguments, Const, External, Found, Instance

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator

ABSENT = "<absent>"


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


def selected(
    evaluator: "Evaluator", selector: str, arguments: Arguments, receivers: tuple[Found, ...]
) -> list[Found]:
    """What the selected value of a call can be; empty if the argument is absent."""
    if selector == "self":
        return list(receivers)
    if selector == "all":
        every = [*arguments.positional, *arguments.keywords.values()]
        return [found for node in every for found in evaluator.values(node, arguments.frame)]
    if selector.startswith("new:"):
        found: list[Found] = []
        for receiver in receivers:
            value = receiver.value
            if isinstance(value, Instance) and isinstance(value.node, ast.Call) and value.frame is not None:
                inner = evaluator.calls.arguments(value.node, value.frame)
                found += [item.after(receiver) for item in selected(evaluator, selector[4:], inner, ())]
        return found
    node = expression(selector, arguments)
    return evaluator.values(node, arguments.frame) if node is not None else []


def holds(evaluator: "Evaluator", condition: Condition, arguments: Arguments, receivers: tuple[Found, ...]) -> bool:
    """True if the selected argument can be one of the listed values."""
    if not condition.argument.startswith(("new:", "self")) and expression(condition.argument, arguments) is None:
        return ABSENT in condition.one_of
    found = selected(evaluator, condition.argument, arguments, receivers)
    if not found:
        return ABSENT in condition.one_of
    return any(name in condition.one_of for item in found for name in _written(evaluator, item))


def _written(evaluator: "Evaluator", found: Found) -> tuple[str, ...]:
    """How a condition would write the value."""
    value = found.value
    if isinstance(value, Const):
        return (repr(value.value),)
    if isinstance(value, External):
        return (evaluator.catalog.canonical(value.name),)
    if isinstance(value, Instance):
        return (str(value.type) if isinstance(value.type, str) else value.type.name,)
    return ()
