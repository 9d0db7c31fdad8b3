"""What a parameter can be: what its call passes, what a library hands to a handler, what callers pass, its default."""

import ast
from typing import TYPE_CHECKING

from gnomon.python.facts import Binding, defaults
from gnomon.python.project import dotted_name, is_test_like
from gnomon.python.scopes import Scope
from gnomon.scan.annotations import annotation_of, class_names
from gnomon.scan.callers import CallSite
from gnomon.scan.selectors import spread_entries
from gnomon.scan.values import (
    Arguments,
    Class,
    External,
    Found,
    Frame,
    Instance,
    Keywords,
    Opaque,
    Outside,
    Rest,
)

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator

_FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
"""What has parameters."""


class Parameters:
    """Parameters of functions of the target."""

    def __init__(self, evaluator: "Evaluator") -> None:
        self.evaluator = evaluator

    def values(self, binding: Binding, frame: Frame) -> list[Found]:
        """What the parameter `binding` can be in `frame`."""
        scope, name = frame.scope, binding.name
        first = self._first(scope, name, frame)
        if first is not None:
            return [first]
        if frame.arguments is not None:
            return self._given(scope, name, frame.arguments, binding, frame)
        outside = self.evaluator.handlers.handled(scope, name, binding, frame)
        if outside:
            return outside
        typed = self._annotated(scope, name, binding, frame)
        if typed is not None:
            requested = self.evaluator.handlers.requested(typed)
            if any(isinstance(item.value, Outside) for item in requested):
                return requested
            declared = typed.value.type if isinstance(typed.value, Opaque) else None
            if declared is not None and self.evaluator.fields.records.is_configuration(declared):
                return [typed]
        return self._from_callers(scope, name, binding, frame, typed)

    def _first(self, scope: Scope, name: str, frame: Frame) -> Found | None:
        """`self` or `cls`."""
        owner = scope.enclosing_class
        if owner is None or not isinstance(scope.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return None
        parameters = [*scope.node.args.posonlyargs, *scope.node.args.args]
        if not parameters or parameters[0].arg != name:
            return None
        decorators = {dotted_name(node) for node in scope.decorators()}
        if "staticmethod" in decorators:
            return None
        if "classmethod" in decorators or scope.name in ("__new__", "__init_subclass__", "__class_getitem__"):
            return Found(Class(owner))
        return Found(frame.receiver or Instance(owner))

    def _given(self, scope: Scope, name: str, arguments: Arguments, binding: Binding, frame: Frame) -> list[Found]:
        """What one call passes for the parameter, or the default."""
        node = scope.node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            return []
        found = self._passed(scope, node, name, arguments)
        if not found:
            found = self._default(scope, name)
            typed = self._annotated(scope, name, binding, frame) if not found else None
            if typed is not None and isinstance(typed.value, Opaque) and typed.value.library:
                return [Found(Instance(typed.value.library, binding.node, frame), typed.trail)]
            unknown = Opaque(f"parameter `{name}` of `{scope.name}`", binding.node, frame, parameter=name)
            return found or [Found(unknown)]
        note = f"handed to `{scope.name}` as `{name}`"
        return [item.via("argument", arguments.node, arguments.frame, note) for item in found]

    def _passed(self, scope: Scope, node: _FunctionNode, name: str, arguments: Arguments) -> list[Found]:
        """What a call passes for a parameter, also through `*args` and `**kwargs`."""
        if name in arguments.keywords:
            return self.evaluator.values(arguments.keywords[name], arguments.frame)
        parameters = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args)]
        static = "staticmethod" in {dotted_name(item) for item in scope.decorators()}
        if scope.enclosing_class is not None and not static:
            parameters = parameters[1:]
        if node.args.vararg is not None and node.args.vararg.arg == name:
            return [Found(Rest(arguments, len(parameters)))]
        if node.args.kwarg is not None and node.args.kwarg.arg == name:
            taken = frozenset((*parameters, *(arg.arg for arg in node.args.kwonlyargs)))
            return [Found(Keywords(arguments, taken))]
        found = self.evaluator.calls.positional(arguments, parameters.index(name)) if name in parameters else []
        return found or spread_entries(self.evaluator, arguments, name)

    def _default(self, scope: Scope, name: str) -> list[Found]:
        node = scope.node
        default = dict(defaults(node)).get(name) if isinstance(node, _FunctionNode) else None
        if default is None or scope.parent is None:
            return []
        home = self.evaluator.root(scope.parent)
        values = self.evaluator.values(default, home)
        return [item.via("argument", default, home, f"default of `{name}`") for item in values]

    def _from_callers(
        self, scope: Scope, name: str, binding: Binding, frame: Frame, typed: Found | None
    ) -> list[Found]:
        sites = self._sites(scope, frame)
        found = [item for site in sites for item in self._from_site(site, scope, name, binding, frame)]
        if not sites:
            found += self._default(scope, name)
        else:
            found = _of_the_program(found, scope)
        if not sites or all(isinstance(item.value, Opaque) for item in found):
            if typed is not None:
                if isinstance(typed.value, Opaque) and typed.value.library:
                    known = [item for item in found if not isinstance(item.value, Opaque)]
                    return [*known, Found(Instance(typed.value.library, binding.node, frame), typed.trail)]
                return [*found, typed]
            reason = f"parameter `{name}` of `{scope.name}`" + ("" if sites else ", which nothing in the target calls")
            if not any(isinstance(item.value, Opaque) for item in found):
                found.append(Found(Opaque(reason, binding.node, frame, parameter=name)))
        return found

    def _sites(self, scope: Scope, frame: Frame) -> list[CallSite]:
        """Calls that can enter the function on the frame's instance; for its constructor, the call that made it."""
        receiver = frame.receiver
        if receiver is None or not isinstance(receiver.type, Scope):
            return self.evaluator.callers.of(scope)
        classes = self.evaluator.fields.classes
        if isinstance(receiver.node, ast.Call) and receiver.frame is not None and scope.name == "__init__":
            definers = classes.definers(receiver.type, "__init__")
            if definers and definers[0].target is scope:
                return [CallSite(self.evaluator.calls.arguments(receiver.node, receiver.frame), receiver.frame.scope)]
        if receiver.node is None:
            return self.evaluator.callers.of(scope)
        lineage = classes.inherited(receiver.type)
        sites = [
            site
            for site in self.evaluator.callers.of(scope)
            if not site.on_self or site.scope.enclosing_class is None or site.scope.enclosing_class in lineage
        ]
        # the constructor of a base runs on this object only because a constructor of its own class calls it
        inner = [site for site in sites if site.on_self] if scope.name == "__init__" else []
        return inner or sites

    def _from_site(self, site: CallSite, scope: Scope, name: str, binding: Binding, frame: Frame) -> list[Found]:
        if site.hook is not None:
            return self.evaluator.handlers.hooked(site, site.hook, scope, name)
        if site.handler is not None:
            return self.evaluator.handlers.registered(site, site.handler, scope, name, binding, frame)
        arguments = site.arguments
        if site.on_self and frame.receiver is not None:
            caller = self.evaluator.root(site.scope, frame.receiver)
            arguments = Arguments(arguments.node, arguments.positional, arguments.keywords, caller)
        return self._given(scope, name, arguments, binding, frame)

    def _annotated(self, scope: Scope, name: str, binding: Binding, frame: Frame) -> Found | None:
        """An instance of what the annotation names: a declared type, or (opaque) a class of the target."""
        annotation = annotation_of(scope, name)
        if annotation is None or scope.parent is None:
            return None
        home = self.evaluator.root(scope.parent)
        for node in class_names(annotation):
            for item in self.evaluator.values(node, home):
                value = item.value
                if isinstance(value, External):
                    declared = self.evaluator.catalog.annotations.get(value.name, value.name)
                    if declared in self.evaluator.catalog.types:
                        reason = f"parameter `{name}` of `{scope.name}`"
                        return Found(Opaque(reason, binding.node, frame, parameter=name, library=declared))
                elif isinstance(value, Class):
                    reason = f"parameter `{name}` of `{scope.name}`"
                    return Found(Opaque(reason, binding.node, frame, parameter=name, type_=value.scope))
        return None


def _of_the_program(found: list[Found], scope: Scope) -> list[Found]:
    """Without what only tests and examples pass in, if the program itself passes something."""
    if len(found) < 2 or is_test_like(scope.path):
        return found
    kept = [item for item in found if item.trail is None or not item.trail.through_tests]
    return kept or found
