"""What objects of classes that declare no fields hold: what is put into their attributes, by whoever does."""

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gnomon.core.channel import Holding
from gnomon.core.merging import merged
from gnomon.core.shape import Record, Shape, within
from gnomon.python.facts import FUNCTIONS
from gnomon.python.scopes import Scope
from gnomon.scan.selfhood import is_self
from gnomon.scan.values import Instance

if TYPE_CHECKING:
    from gnomon.scan.shapes import Shapes

BUDGET = 4_000
"""Work allowed for what the objects of one class hold."""
MAX_CLASSES = 20
"""Classes that are looked into for one dump."""
_OWN_WAY = ("__reduce__", "__reduce_ex__", "__getstate__", "__getnewargs__", "__getnewargs_ex__")
"""https://docs.python.org/3/library/pickle.html#pickling-class-instances"""
_EMPTY = frozenset({"object", "abc.ABC", "typing.Generic", "typing.Protocol"})
"""Bases that put nothing into an object."""


class Holdings:
    """Looks into classes."""

    def __init__(self, shapes: "Shapes") -> None:
        self.shapes = shapes
        self.evaluator = shapes.evaluator
        self._known: dict[Record, Holding] = {}

    def of(self, shape: Shape) -> tuple[Holding, ...]:
        """A holding for each class without declared fields that is in a shape, or in what such a class holds."""
        found: dict[Record, Holding] = {}
        pending = [shape]
        while pending and len(found) < MAX_CLASSES:
            for record in within(pending.pop()):
                if isinstance(record, Record) and record.kind == "class" and not record.fields and record not in found:
                    found[record] = self._of(record)
                    pending += [inner for _, inner in found[record].attributes]
        return tuple(found.values())

    def _of(self, record: Record) -> Holding:
        known = self._known.get(record)
        if known is None:
            scope = self.shapes.members.class_of(record)
            known = self._known[record] = self._held(record, scope) if scope is not None else Holding(record=record)
        return known

    def _held(self, record: Record, scope: Scope) -> Holding:
        lineage = list(self.evaluator.fields.classes.inherited(scope))
        methods = [child for current in lineage for child in current.children if isinstance(child.node, FUNCTIONS)]
        own = sorted({child.name for child in methods} & set(_OWN_WAY))
        if own:
            return Holding(record=record, why=f"`{own[0]}` of `{scope.name}` says what is pickled of it")
        outside = [
            base for base in self.evaluator.fields.classes.library_bases(scope) if base not in ("object", "abc.ABC")
        ]
        if outside:
            return Holding(record=record, why=f"`{scope.name}` inherits from `{outside[0]}`, which is not looked into")
        attributes = []
        self.shapes.begin()
        with self.evaluator.allowance(BUDGET):
            for name, node, method in _assigned(methods):
                frame = self.evaluator.root(method)
                inner = self.shapes.members.of_object(Instance(scope), scope, name, node, frame)
                attributes.append((name, merged([inner, *self._given(record, scope, name)])))
        return Holding(record=record, attributes=tuple(attributes))

    def _given(self, record: Record, scope: Scope, name: str) -> Iterator[Shape]:
        """What is assigned to the attribute from elsewhere: `package.ids = self.ids`."""
        project = self.evaluator.project
        users = set(project.naming(scope.name))
        for path, line in project.settings(name, scope.path):
            around = project.scope_at(path, line) if path in users else None
            for store in around.facts.stores if around is not None else ():
                target = store.target
                if not isinstance(target, ast.Attribute) or target.attr != name or target.lineno != line:
                    continue
                if store.value is None or store.path or around is None:
                    continue
                frame = self.evaluator.root(around)
                if any(each == record for each in within(self.shapes.shape(target.value, frame))):
                    yield self.shapes.shape(store.value, frame)


def _assigned(methods: list[Scope]) -> list[tuple[str, ast.expr, Scope]]:
    """The attributes that methods assign to their object, each once, with the first place."""
    found: dict[str, tuple[str, ast.expr, Scope]] = {}
    for method in methods:
        for store in method.facts.stores:
            target = store.target
            if isinstance(target, ast.Attribute) and is_self(target.value, method):
                found.setdefault(target.attr, (target.attr, target, method))
    return list(found.values())
