"""What a parameter is: what its call passes, or what all callers do, or what it is declared to be."""

import ast
from typing import TYPE_CHECKING

from gnomon.core.merging import NOTHING, merged
from gnomon.core.shape import Keyed, Mapping, Plain, Row, Sequence, Shape, Unknown
from gnomon.python.facts import Binding, defaults
from gnomon.python.project import dotted_name, is_test_like
from gnomon.python.scopes import Scope
from gnomon.scan import computed
from gnomon.scan.annotations import annotation_of
from gnomon.scan.callers import MAX_SITES, CallSite
from gnomon.scan.selfhood import self_name
from gnomon.scan.values import Arguments, Frame

if TYPE_CHECKING:
    from gnomon.scan.shapes import Shapes

_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Passed:
    """Parameters of functions of the target."""

    def __init__(self, shapes: "Shapes") -> None:
        self.shapes = shapes
        self.evaluator = shapes.evaluator

    def parameter(self, binding: Binding, frame: Frame) -> Shape:
        """What the parameter can be in this frame."""
        scope, name = frame.scope, binding.name
        own = self._own(scope, name, frame)
        if own is not None:
            return own
        declared = self._declared(scope, name)
        if frame.arguments is not None:
            given = self._given(scope, name, frame.arguments)
            return computed.better(given, declared) if given is not None else declared or self._nobody(binding, frame)
        return self._from_callers(binding, frame, declared)

    def _own(self, scope: Scope, name: str, frame: Frame) -> Shape | None:
        """The object that a method runs on."""
        if scope.enclosing_class is None or self_name(scope) != name or _is_static(scope):
            return None
        receiver = frame.receiver.type if frame.receiver is not None else scope.enclosing_class
        return self.shapes.kinds.typed(receiver if isinstance(receiver, Scope) else scope.enclosing_class)

    def _declared(self, scope: Scope, name: str) -> Shape | None:
        """By annotation, with the classes that inherit from what it names, and None if that is the default."""
        annotation = annotation_of(scope, name)
        node = scope.node
        if annotation is None or scope.parent is None or not isinstance(node, _Function):
            return None
        if any(each is not None and each.arg == name for each in (node.args.vararg, node.args.kwarg)):
            return None
        shape = self.shapes.declared(annotation, self.evaluator.root(scope.parent))
        default = dict(defaults(node)).get(name)
        if isinstance(default, ast.Constant) and default.value is None:
            return merged([shape, Plain("None")])
        return shape

    def _nobody(self, binding: Binding, frame: Frame) -> Shape:
        told = f"`{binding.name}` is a parameter of `{frame.scope.qualname}` that nothing in the target gives"
        unknown = self.shapes.unknown(told, binding.node, frame)
        node = frame.scope.node
        if isinstance(node, _Function) and node.args.vararg is binding.node:
            return Sequence(kind="tuple", element=unknown)
        if isinstance(node, _Function) and node.args.kwarg is binding.node:
            return Mapping(key=Plain("str"), value=unknown)
        return unknown

    def _from_callers(self, binding: Binding, frame: Frame, declared: Shape | None) -> Shape:
        scope, name = frame.scope, binding.name
        sites = self.evaluator.callers.of(scope)
        own = [site for site in sites if not is_test_like(site.scope.path)] or sites
        given = [self._at(site, scope, name) for site in own]
        found = [shape for shape in given if shape is not None]
        if not found:
            if declared is not None:
                return declared
            default = self._default(scope, name) if not own else None
            return merged([self._nobody(binding, frame), *([default] if default is not None else [])])
        if len(sites) >= MAX_SITES:
            told = f"`{name}` of `{scope.qualname}` is given in more places than are followed"
            found.append(self.shapes.unknown(told, binding.node, frame))
        if isinstance(declared, Mapping) and _is_public(scope):
            found.append(declared)  # it takes any keys, of whoever imports it, too
        return computed.better(merged(found), declared)

    def _at(self, site: CallSite, scope: Scope, name: str) -> Shape | None:
        if site.hook is not None or site.handler is not None:
            told = f"`{name}` of `{scope.qualname}` is given by a library"
            return self.shapes.unknown(told, site.arguments.node, site.arguments.frame)
        return self._given(scope, name, site.arguments)

    def _given(self, scope: Scope, name: str, arguments: Arguments) -> Shape | None:
        """What one call passes, or the default; None if it passes nothing and there is none."""
        node = scope.node
        if not isinstance(node, _Function):
            return None
        frame = arguments.frame
        if name in arguments.keywords:
            return self.shapes.shape(arguments.keywords[name], frame)
        names = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args)]
        if scope.enclosing_class is not None and not _is_static(scope):
            names = names[1:]
        if node.args.vararg is not None and node.args.vararg.arg == name:
            return self._rest(arguments, len(names))
        if node.args.kwarg is not None and node.args.kwarg.arg == name:
            taken = {*names, *(arg.arg for arg in node.args.kwonlyargs)}
            return self._keywords(arguments, taken)
        if name in names:
            at = names.index(name)
            before = arguments.positional[: at + 1]
            if any(isinstance(item, ast.Starred) for item in before):
                return self.shapes.unknown(f"`{name}` is given by `*`", arguments.node, frame)
            if at < len(arguments.positional):
                return self.shapes.shape(arguments.positional[at], frame)
        if arguments.spreads:
            return self._spread(arguments, name)
        return self._default(scope, name)

    def _spread(self, arguments: Arguments, name: str) -> Shape:
        """What dictionaries that are spread into a call have under a name."""
        for spread in arguments.spreads:
            shape = self.shapes.shape(spread, arguments.frame)
            if isinstance(shape, Keyed) and name in dict(shape.fields):
                return dict(shape.fields)[name]
        return self.shapes.unknown(f"`{name}` may be given by `**`", arguments.node, arguments.frame)

    def _rest(self, arguments: Arguments, start: int) -> Shape:
        """What `*args` holds."""
        given = arguments.positional[start:]
        if arguments.spread:
            starred = [item for item in arguments.positional if isinstance(item, ast.Starred)]
            parts = [self.shapes.elements(item.value, arguments.frame) for item in starred]
            parts += [self.shapes.shape(item, arguments.frame) for item in given if item not in starred]
            return Sequence(kind="tuple", element=merged(parts))
        return Row(items=tuple(self.shapes.shape(item, arguments.frame) for item in given))

    def _keywords(self, arguments: Arguments, taken: set[str]) -> Shape:
        """What `**kwargs` holds."""
        fields = [
            (name, self.shapes.shape(node, arguments.frame))
            for name, node in arguments.keywords.items()
            if name not in taken
        ]
        shape: Shape = Keyed(fields=tuple(fields))
        for spread in arguments.spreads:
            more = self.shapes.shape(spread, arguments.frame)
            if isinstance(more, Unknown):
                more = Mapping(key=Plain("str"), value=more)
            shape = self.shapes.put(shape, more)
        return shape

    def _default(self, scope: Scope, name: str) -> Shape | None:
        node = scope.node
        default = dict(defaults(node)).get(name) if isinstance(node, _Function) else None
        if default is None or scope.parent is None:
            return None
        shape = self.shapes.shape(default, self.evaluator.root(scope.parent))
        return shape if shape != NOTHING else None


def _is_static(scope: Scope) -> bool:
    return "staticmethod" in {dotted_name(item) for item in scope.decorators()}


def _is_public(scope: Scope) -> bool:
    """True for a function that code outside of the target may call: no name on the way to it is private."""
    current: Scope | None = scope
    while current is not None and current.parent is not None:
        if current.name.startswith("_") or (current is not scope and not current.is_class):
            return False
        current = current.parent
    return True
