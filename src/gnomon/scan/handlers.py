"""Functions that a library calls, as handler or hook, and what their parameters carry from outside."""

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from gnomon.core.model import HandlerModel, Hook
from gnomon.python.facts import Binding
from gnomon.python.project import dotted_name
from gnomon.python.scopes import Scope
from gnomon.scan.annotations import annotation_of, class_names
from gnomon.scan.callers import CallSite, parameter_at
from gnomon.scan.selectors import selected
from gnomon.scan.values import Bound, External, Found, Frame, Instance, Opaque, Outside

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator


class Handlers:
    """Functions of the target that libraries call with data from outside."""

    def __init__(self, evaluator: "Evaluator") -> None:
        self.evaluator = evaluator
        self._known: dict[int, list[HandlerModel]] = {}

    def of(self, scope: Scope) -> list[HandlerModel]:
        """Models by which a library calls this function with data from outside: decorators and base classes."""
        known = self._known.get(id(scope))
        if known is None:
            self._known[id(scope)] = []
            known = self._known[id(scope)] = [*self._decorated(scope), *self._by_base(scope)]
        return known

    def models(self, owner: Scope) -> list[HandlerModel]:
        """Models whose base class the class inherits from."""
        lineage = self.evaluator.fields.classes.lineage(owner)[1:]
        names = {item if isinstance(item, str) else item.name for item in lineage}
        names |= {name.rpartition(".")[2] for name in names}
        canonical = {self.evaluator.catalog.canonical(name) for name in names}
        return [
            model
            for model in self.evaluator.catalog.handler_bases
            if any(fnmatchcase(name, base) for base in model.base for name in names | canonical)
        ]

    def handled(self, scope: Scope, name: str, binding: Binding, frame: Frame) -> list[Found]:
        """What a library hands to a parameter of a function it knows by decorator or base class."""
        found: list[Found] = []
        for handler in self.of(scope):
            server = (Found(Instance(handler.channel, scope.node, frame)),) if handler.channel else ()
            found += self._carried(handler, scope, name, binding, frame, server)
        return found

    def hooked(self, site: CallSite, hook: Hook, scope: Scope, name: str) -> list[Found]:
        """The data that a library gives to a hook: an argument of the same call, or of a method of what it makes."""
        if parameter_at(scope, str(hook.parameter)) != name and parameter_at(scope, hook.data) != name:
            return []
        node, caller = site.arguments.node, site.arguments.frame
        note = f"handed to `{scope.name}` by the library"
        if hook.data.startswith("method:"):
            _, method, selector = hook.data.split(":", 2)
            found = self.evaluator.uses.method_arguments(node, caller, method, selector)
        elif hook.data == "return":
            assert isinstance(node, ast.Call)
            found = self.evaluator.calls.values(node, caller)
        else:
            found = selected(self.evaluator, hook.data, site.arguments, ())
        return [item.via("hook", node, caller, note) for item in found]

    def registered(
        self, site: CallSite, handler: HandlerModel, scope: Scope, name: str, binding: Binding, frame: Frame
    ) -> list[Found]:
        """What a library hands to a parameter of a function that was registered with it."""
        belongs: tuple[Found, ...] = ()
        node = site.arguments.node
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            belongs = tuple(self.evaluator.values(node.func.value, site.arguments.frame))
        if handler.channel:
            belongs = (Found(Instance(handler.channel, node, site.arguments.frame, belongs)),)
        return self._carried(handler, scope, name, binding, frame, belongs)

    def requested(self, typed: Found) -> list[Found]:
        """A record that some handler receives as request is data from outside wherever it is passed."""
        value = typed.value
        if not isinstance(value, Opaque) or value.type is None:
            return [typed]
        if not self.evaluator.fields.classes.is_record(value.type):
            return [typed]
        for scope in self._receivers_of(value.type.name, value.type.path):
            if not scope.is_function or not self.of(scope):
                continue
            for binding in [item for items in scope.facts.bindings.values() for item in items if item.kind == "param"]:
                annotation = annotation_of(scope, binding.name)
                written = class_names(annotation) if annotation is not None else []
                if value.type.name in {dotted_name(node) for node in written}:
                    note = f"`{value.type.name}` is what `{scope.name}` receives"
                    root = self.evaluator.root(scope)
                    handled = self.handled(scope, binding.name, binding, root)
                    return [item.via("argument", binding.node, root, note) for item in handled] or [typed]
        return [typed]

    def _decorated(self, scope: Scope) -> list[HandlerModel]:
        if scope.parent is None:
            return []
        frame = self.evaluator.root(scope.parent)
        catalog = self.evaluator.catalog
        found: list[HandlerModel] = []
        for decorator in scope.decorators():
            node = decorator.func if isinstance(decorator, ast.Call) else decorator
            apis: list[str] = []
            if isinstance(node, ast.Attribute):
                for base in self.evaluator.values(node.value, frame):
                    for item in self.evaluator.calls.member(base, node.attr, node, frame):
                        value = item.value
                        apis.append(value.api if isinstance(value, Bound) else getattr(value, "name", ""))
                    if isinstance(base.value, Opaque):
                        apis += self._decorators_by_name(node.attr, scope.path)
            else:
                values = [item.value for item in self.evaluator.values(node, frame)]
                apis = [value.name for value in values if isinstance(value, External)]
            found += [model for api in apis for model in catalog.decorators.get(api, ())]
        return found

    def _decorators_by_name(self, name: str, path: str) -> list[str]:
        """Modelled decorators of that name whose library the file imports: the application object is made elsewhere."""
        catalog = self.evaluator.catalog
        return [
            api
            for api in catalog.decorators
            if api.rpartition(".")[2] == name and self.evaluator.calls.imported(path, (api.partition(".")[0],))
        ][:1]

    def _by_base(self, scope: Scope) -> list[HandlerModel]:
        owner = scope.enclosing_class
        if owner is None or scope.name.startswith("__"):
            return []
        return [
            model
            for model in self.models(owner)
            if any(fnmatchcase(scope.name, pattern) for pattern in model.methods)
            or (not model.methods and scope.name[0] != "_")
        ]

    def _carried(
        self,
        handler: HandlerModel,
        scope: Scope,
        name: str,
        binding: Binding,
        frame: Frame,
        channels: tuple[Found, ...],
    ) -> list[Found]:
        """What a handler's parameter carries, if the model says so."""
        for place, type_ in handler.types.items():
            if parameter_at(scope, place) == name:
                return [Found(Instance(type_, binding.node, frame, channels))]
        annotation = annotation_of(scope, name)
        written = dotted_name(annotation) if annotation is not None else ""
        if written:
            resolved = self._names_of(written, scope)
            if any(item in self.evaluator.catalog.annotations for item in resolved):
                return []
            if any(item in handler.exclude_annotations for item in resolved):
                return []
        carried = "all" in handler.parameters or any(parameter_at(scope, place) == name for place in handler.parameters)
        if not carried:
            return []
        outside = Outside(handler.kind, handler.channel, binding.node, frame, channels, handler.channel)
        return [Found(outside)]

    def _names_of(self, written: str, scope: Scope) -> list[str]:
        """Canonical names of a dotted annotation."""
        node = ast.parse(written, mode="eval").body
        found = self.evaluator.values(node, self.evaluator.root(scope.parent or scope))
        return [item.value.name for item in found if isinstance(item.value, External)]

    def _receivers_of(self, name: str, asker: str) -> Iterator[Scope]:
        """Functions with a parameter annotated with the class, in files that import a library with handlers."""
        project, catalog = self.evaluator.project, self.evaluator.catalog
        roots = tuple({root for api in catalog.decorators for root in catalog.modules_of(api)})
        annotated = re.compile(rf":\s*[\w\[., |\"']*\b{re.escape(name)}\b")
        paths = [path for path in project.bearing(name, asker) if self.evaluator.calls.imported(path, roots)]
        mentions = [(path, line) for path in paths for line in project.mentions_in(path, name)]
        for path, line in mentions:
            if self.evaluator.spent:
                return
            if annotated.search(project.code(path, line)):
                scope = project.definition_at(path, line)
                if scope is not None:
                    yield scope
