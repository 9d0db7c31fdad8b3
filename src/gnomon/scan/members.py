"""What an attribute is: a declared field, what the class's methods put there, a member of an enum or a module."""

import ast
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from gnomon.core.merging import NOTHING, merged, without_none
from gnomon.core.shape import Either, Failure, Record, Shape, Unknown, unknowns
from gnomon.python.facts import Binding
from gnomon.python.project import dotted_name
from gnomon.python.scopes import Scope
from gnomon.scan import computed, results
from gnomon.scan.values import Class, External, Found, Frame, Function, Instance, Module, Opaque, Outside

if TYPE_CHECKING:
    from gnomon.scan.shapes import Shapes


class Members:
    """Attributes of objects, classes and modules of the target."""

    def __init__(self, shapes: "Shapes") -> None:
        self.shapes = shapes
        self.evaluator = shapes.evaluator
        self._open: set[tuple[object, str]] = set()

    def attribute(self, node: ast.Attribute, frame: Frame) -> Shape:
        """What an attribute expression is."""
        known = self._of_value(node, frame)
        if known is not None:
            return known
        found = [self._of(item, node, frame) for item in self.evaluator.values(node.value, frame)]
        return merged(found) if found else self._unsure(node, frame)

    def _unsure(self, node: ast.expr, frame: Frame, why: str = "") -> Unknown:
        return self.shapes.unknown(why or f"what `{ast.unparse(node)[:60]}` is could not be followed", node, frame)

    def _of_value(self, node: ast.Attribute, frame: Frame) -> Shape | None:
        """The attribute of a value whose shape tells it, for all that the value can be."""
        if isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"):
            return None
        base = without_none(self.shapes.shape(node.value, frame))
        found: list[Shape] = []
        for one in base.shapes if isinstance(base, Either) else (base,):
            if isinstance(one, Record):
                shape = dict(one.fields).get(node.attr) if one.kind != "enum" else None
                scope = self.class_of(one) if shape is None and node.attr not in ("value", "name") else None
                if scope is not None:
                    shape = self.of_object(Instance(scope), scope, node.attr, node, frame)
                if one.kind == "enum" and node.attr in ("value", "name"):
                    values = merged(inner for _, inner in one.fields)
                    shape = values if node.attr == "value" else results.CONVERTING["str"]
            else:
                shape = results.attribute(one, node.attr)
            if shape is None:
                return None
            found.append(shape)
        return merged(found) if found else None

    def class_of(self, record: Record) -> Scope | None:
        """The class of an object of the target."""
        scope = self.evaluator.project.definition_at(record.site.path, record.site.line)
        return scope if scope is not None and scope.is_class else None

    def _of(self, base: Found, node: ast.Attribute, frame: Frame) -> Shape:
        match base.value:
            case Instance(type=Scope() as scope):
                return self.of_object(base.value, scope, node.attr, node, frame)
            case Opaque(type=Scope() as scope):
                return self.of_object(Instance(scope), scope, node.attr, node, frame)
            case Class(scope=scope):
                return self._of_class(scope, node, frame)
            case Module(path=path):
                return self._of_module(path, node.attr, node, frame)
            case External(name=name):
                return self._unsure(node, frame, f"`{name}.{node.attr}` is not followed into its library")
            case Outside(api=api):
                return self._unsure(node, frame, f"it is of what `{api}` received")
            case _:
                return self._unsure(node, frame)

    def _of_class(self, scope: Scope, node: ast.Attribute, frame: Frame) -> Shape:
        own = self.shapes.kinds.of(scope)
        if isinstance(own, Record) and own.kind == "enum" and node.attr in dict(own.fields):
            return own
        bindings = self.evaluator.fields.classes.definers(scope, node.attr)
        values = [self.shapes.bound(each, self.evaluator.root(each.scope)) for each in bindings]
        return merged(values) if values else self._unsure(node, frame)

    def _of_module(self, path: str, name: str, node: ast.AST, frame: Frame) -> Shape:
        module = self.evaluator.project.module(path)
        bindings = module.facts.bindings.get(name, []) if module is not None else []
        if module is None or not bindings:
            return self.shapes.unknown(f"`{name}` of {path} could not be followed", node, frame)
        root = self.evaluator.root(module)
        return merged([self.shapes.bound(binding, root) for binding in bindings])

    def imported(self, dotted: str, node: ast.AST, frame: Frame) -> Shape:
        """What an imported name is."""
        resolved = self.evaluator.project.resolve_import(dotted, frame.scope.path)
        if resolved is not None and resolved[1].isidentifier():
            return self._of_module(resolved[0], resolved[1], node, frame)
        return self.shapes.unknown(f"`{dotted}` is not followed into its library", node, frame)

    def of_object(self, instance: Instance, scope: Scope, name: str, node: ast.AST, frame: Frame) -> Shape:
        """An attribute of an object of a class of the target."""
        key = (instance.key, name)
        if key in self._open:
            return NOTHING
        self._open.add(key)
        try:
            return self._of_object(instance, scope, name, node, frame)
        finally:
            self._open.discard(key)

    def _of_object(self, instance: Instance, scope: Scope, name: str, node: ast.AST, frame: Frame) -> Shape:
        own = self.shapes.kinds.of(scope)
        if isinstance(own, Failure) and name == "args":
            return self.shapes.unknown("the arguments of an exception are not followed", node, frame)
        fields = dict(own.fields) if isinstance(own, Record) and own.kind != "enum" else {}
        declared = fields.get(name) or self._declared(scope, name)
        if declared is not None and not unknowns(declared):
            return declared
        given = [*self._defined(instance, scope, name, node, frame), *self._stored(instance, scope, name)]
        if not given:
            told = f"`{scope.name}.{name}` is set nowhere in the target"
            return declared or self.shapes.unknown(told, node, frame)
        shape = self.shapes.filled.field(merged(given), scope, name, instance)
        return computed.better(shape, declared)

    def _declared(self, scope: Scope, name: str) -> Shape | None:
        """By annotation in the class body or where a method sets it."""
        classes = self.evaluator.fields.classes
        for field, statement, owner in classes.record_fields(scope):
            if field == name:
                return self.shapes.declared(statement.annotation, self.evaluator.root(owner))
        for method, store in self.evaluator.fields.stores(scope, name):
            around = method.facts.parents.get(store.target)
            if isinstance(around, ast.AnnAssign):
                return self.shapes.declared(around.annotation, self.evaluator.root(method))
        return None

    def _defined(self, instance: Instance, scope: Scope, name: str, node: ast.AST, frame: Frame) -> Iterator[Shape]:
        """What properties and class-level assignments give."""
        for binding in self.evaluator.fields.classes.definers(scope, name):
            if binding.kind == "def" and isinstance(binding.target, Scope):
                yield self._property(binding, instance, node, frame)
            elif binding.value is not None:
                yield self.shapes.bound(binding, self.evaluator.root(binding.scope))

    def _property(self, binding: Binding, instance: Instance, node: ast.AST, frame: Frame) -> Shape:
        scope = binding.target
        assert isinstance(scope, Scope)
        names = {dotted_name(each).rpartition(".")[2] for each in scope.decorators()}
        if not names & {"property", "cached_property"}:
            return self.shapes.unknown(f"`{scope.name}` is a method, which no message can hold", node, frame)
        arguments = self.evaluator.calls.synthetic(node, [], frame)
        return self.shapes.outcomes.returned(Function(scope, instance), arguments, node, frame)

    def _stored(self, instance: Instance, scope: Scope, name: str) -> Iterator[Shape]:
        """What the class's methods assign."""
        for method, store in self.evaluator.fields.stores(scope, name):
            home = self.evaluator.fields.method_frame(instance, method)
            if store.value is None:
                continue
            shape = self.shapes.shape(store.value, home)
            told = f"what `{name}` is given could not be followed"
            yield computed.picked(shape, store.path, partial(self.shapes.unknown, told, store.target, home))
