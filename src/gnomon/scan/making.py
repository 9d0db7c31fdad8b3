"""The library calls that make an object: of its own type, or of a base of its class, called or inherited."""

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from gnomon.python.scopes import Scope
from gnomon.scan.libraries import library_target
from gnomon.scan.values import Arguments, Class, External, Found, Frame, Instance

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator

_CONSTRUCTOR = "__init__"


class Making(Struct, frozen=True):
    """A call that makes an object, or the part of it that is a library's."""

    api: str
    arguments: Arguments
    receivers: tuple[Found, ...]
    node: ast.AST


def makings(evaluator: "Evaluator", value: Instance) -> Iterator[Making]:
    """The calls that make it; none for an object that was not seen made.

    A class of the target without a constructor is made as its base is; one that has its own hands on what it wants to.
    """
    if not isinstance(value.node, ast.Call) or value.frame is None:
        return
    arguments = evaluator.calls.arguments(value.node, value.frame)
    for target in evaluator.calls.targets(value.node, value.frame):
        api, receivers = library_target(target.value)
        if api:
            yield Making(api, arguments, receivers, value.node)
        elif isinstance(target.value, Class):
            yield from _of_class(evaluator, target.value.scope, value, arguments)


def _of_class(evaluator: "Evaluator", scope: Scope, value: Instance, arguments: Arguments) -> Iterator[Making]:
    classes = evaluator.fields.classes
    own = [each.target for each in classes.definers(scope, _CONSTRUCTOR) if isinstance(each.target, Scope)]
    if not own:
        for base in classes.library_bases(scope):
            yield Making(base, arguments, (), arguments.node)
    for method in own:
        home = evaluator.fields.method_frame(value, method)
        for call in method.facts.calls:
            if isinstance(call.func, ast.Attribute) and call.func.attr == _CONSTRUCTOR:
                yield from _of_base(evaluator, method, call, home)


def _of_base(evaluator: "Evaluator", method: Scope, call: ast.Call, home: Frame) -> Iterator[Making]:
    """`super().__init__(…)`, or `Base.__init__(self, …)`, whose first argument is the object."""
    assert isinstance(call.func, ast.Attribute)
    arguments = evaluator.calls.arguments(call, home)
    base = call.func.value
    if isinstance(base, ast.Call) and isinstance(base.func, ast.Name) and base.func.id == "super":
        around = method.class_around
        for name in evaluator.fields.classes.library_bases(around) if around is not None else ():
            yield Making(name, arguments, (), call)
        return
    rest = Arguments(arguments.node, arguments.positional[1:], arguments.keywords, home, arguments.spreads)
    for item in evaluator.values(base, home):
        if isinstance(item.value, External):
            yield Making(item.value.name, rest, (), call)
