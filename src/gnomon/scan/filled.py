"""What is put into a dictionary or list after it was made: by the same function, or by the methods of a class."""

import ast
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from gnomon.core.merging import merged
from gnomon.core.shape import Keyed, Mapping, Sequence, Shape
from gnomon.python.facts import Binding
from gnomon.python.order import ancestors, dominating, reaching, start
from gnomon.python.scopes import Scope
from gnomon.scan import computed
from gnomon.scan.selfhood import is_self
from gnomon.scan.values import Frame, Instance

if TYPE_CHECKING:
    from gnomon.scan.shapes import Shapes

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_ADDING = frozenset({"append", "appendleft", "add", "insert"})
_JOINING = frozenset({"extend", "extendleft", "update"})


class Filled:
    """Stores and calls that put something into a container."""

    def __init__(self, shapes: "Shapes") -> None:
        self.shapes = shapes

    def name(self, shape: Shape, use: ast.Name, bindings: list[Binding], home: Frame, frame: Frame) -> Shape:
        """The container that a name stands for where it is used."""
        if not _is_container(shape):
            return shape
        scope = home.scope
        every = scope.facts.bindings.get(use.id, [])

        def counts(node: ast.AST) -> bool:
            if scope is not frame.scope:
                return True
            held = reaching(every, node, scope.facts) if len(every) > 1 else every
            return any(binding in bindings for binding in held) and _runs_before(node, use, scope)

        def sure(node: ast.AST) -> bool:
            if scope is not frame.scope:
                return False
            return dominating([Binding("assign", use.id, node, scope)], use, scope.facts) is not None

        def is_it(node: ast.expr) -> bool:
            return isinstance(node, ast.Name) and node.id == use.id

        return self._with(shape, scope, home, is_it, counts, sure)

    def field(self, shape: Shape, scope: Scope, name: str, instance: Instance) -> Shape:
        """The container in an attribute, with what the class's methods put into it."""
        if not _is_container(shape):
            return shape
        fields = self.shapes.evaluator.fields
        for current in fields.classes.inherited(scope):
            for method in current.children:
                if method.is_function and self._names(method, name):
                    home = fields.method_frame(instance, method)

                    def is_it(node: ast.expr, method: Scope = method) -> bool:
                        return isinstance(node, ast.Attribute) and node.attr == name and is_self(node.value, method)

                    shape = self._with(shape, method, home, is_it, lambda _: True, lambda _: False)
        return shape

    def _names(self, method: Scope, name: str) -> bool:
        lines = self.shapes.evaluator.project.mentions_in(method.path, name)
        return any(method.start <= line <= method.end for line in lines)

    def _with(
        self,
        shape: Shape,
        scope: Scope,
        home: Frame,
        is_it: Callable[[ast.expr], bool],
        counts: Callable[[ast.AST], bool],
        sure: Callable[[ast.AST], bool],
    ) -> Shape:
        for filling in _fillings(scope, is_it):
            if counts(filling.node):
                put = partial(self._put, filling=filling, home=home, always=sure(filling.node))
                shape = computed.each(shape, put)
        return shape

    def _put(self, shape: Shape, filling: "_Filling", home: Frame, *, always: bool) -> Shape:
        shapes = self.shapes
        if isinstance(shape, Keyed | Mapping):
            if filling.key is not None:
                return shapes.keep(shape, filling.key, shapes.shape(filling.value, home), home, sure=always)
            return shapes.put(shape, shapes.shape(filling.value, home), sure=always) if filling.joined else shape
        if isinstance(shape, Sequence):
            ask = shapes.elements if filling.joined else shapes.shape
            return Sequence(kind=shape.kind, element=merged([shape.element, ask(filling.value, home)]))
        return shape


class _Filling(Struct, frozen=True):
    """One place that puts something into a container."""

    node: ast.AST
    value: ast.expr
    key: ast.expr | None = None
    joined: bool = False
    """True if the value is a container itself, whose content is put in."""


def _fillings(scope: Scope, is_it: Callable[[ast.expr], bool]) -> list[_Filling]:
    """What fills a container in one scope, in source order."""
    found: list[_Filling] = []
    for store in scope.facts.stores:
        target, value = store.target, store.value
        if isinstance(target, ast.Subscript) and value is not None and not store.path and is_it(target.value):
            found += [_Filling(target, value, target.slice)] if not isinstance(target.slice, ast.Slice) else []
    for call in scope.facts.calls:
        if isinstance(call.func, ast.Attribute) and is_it(call.func.value):
            found += _put_by(call, call.func.attr)
    return sorted(found, key=lambda filling: start(filling.node))


def _put_by(call: ast.Call, name: str) -> list[_Filling]:
    if name in _ADDING and call.args:
        return [_Filling(call, call.args[-1])]
    if name == "setdefault" and len(call.args) > 1:
        return [_Filling(call, call.args[1], call.args[0])]
    found = [_Filling(call, call.args[0], joined=True)] if name in _JOINING and call.args else []
    if name == "update":
        found += [_Filling(call, each.value, ast.Constant(each.arg)) for each in call.keywords if each.arg]
    return found


def _is_container(shape: Shape) -> bool:
    inner = getattr(shape, "shapes", (shape,))
    return any(isinstance(one, Keyed | Mapping | Sequence) for one in inner)


def _runs_before(node: ast.AST, use: ast.AST, scope: Scope) -> bool:
    """True if a place can have run before another one of the same function."""
    if start(node) < start(use):
        return True
    around = {parent for _, parent in ancestors(use, scope.facts) if isinstance(parent, _LOOPS)}
    return any(parent in around for _, parent in ancestors(node, scope.facts))
