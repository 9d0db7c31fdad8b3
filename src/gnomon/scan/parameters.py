"""What a parameter can be: what its call passes, what a library hands to a handler, what callers pass, its default."""

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from gnomon.core.model import HandlerModel, Hook
from gnomon.python.project import dotted_name, is_test_like
from gnomon.python.facts import Binding
from gnomon.python.scopes import Scope
from gnomon.scan.callers import CallSite, parameter_at
from gnomon.scan.selectors import entry, selected
from gnomon.scan.values import (
    Arguments,
    Bound,
    Class,
    External,
    Found,
    Frame,
    Instance,
    Keywords,
    Opaque,
    Outside,
    Rest,
    Setting,
)

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator

_FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Parameters:
    """Parameters of functions of the target."""

    def __init__(self, evaluator: "Evaluator") -> None:
        self.evaluator = evaluator
        self._handlers: dict[int, list[HandlerModel]] = {}

    def values(self, binding: Binding, frame: Frame) -> list[Found]:
        """What the parameter `binding` can be in `frame`."""
        scope, name = frame.scope, binding.name
        first = self._first(scope, name, frame)
        if first is not None:
            return [first]
        if frame.arguments is not None:
            return self._given(scope, name, frame.arguments, binding, frame)
        outside = self._handled(scope, name, binding, frame)
        if outside:
            return outside
        typed = self._annotated(scope, name, binding, frame)
        if typed is not None:
            requested = self._requested(typed, frame)
            if any(isinstance(item.value, Outside) for item in requested):
                return requested
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

    # --- a known call

    def _given(self, scope: Scope, name: str, arguments: Arguments, binding: Binding, frame: Frame) -> list[Found]:
        """What one call passes for the parameter, or the default."""
        node = scope.node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            return []
        found = self._passed(scope, node, name, arguments)
        if not found:
            found = self._default(scope, name, frame)
            typed = self._annotated(scope, name, binding, frame) if not found else None
            if typed is not None and isinstance(typed.value, Opaque) and typed.value.library:
                return [Found(Instance(typed.value.library, binding.node, frame), typed.trail)]
            return found or [Found(Opaque(f"parameter `{name}` of `{scope.name}`", binding.node, frame, parameter=name))]
        note = f"handed to `{scope.name}` as `{name}`"
        return [item.via("argument", arguments.node, arguments.frame, note) for item in found]

    def _passed(self, scope: Scope, node: _FunctionNode, name: str, arguments: Arguments) -> list[Found]:
        """What a call passes for a parameter, also through `*args` and `**kwargs`."""
        if name in arguments.keywords:
            return self.evaluator.values(arguments.keywords[name], arguments.frame)
        parameters = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args)]
        if scope.enclosing_class is not None and "staticmethod" not in {dotted_name(item) for item in scope.decorators()}:
            parameters = parameters[1:]
        if node.args.vararg is not None and node.args.vararg.arg == name:
            return [Found(Rest(arguments, len(parameters)))]
        if node.args.kwarg is not None and node.args.kwarg.arg == name:
            taken = frozenset((*parameters, *(arg.arg for arg in node.args.kwonlyargs)))
            return [Found(Keywords(arguments, taken))]
        found = self.evaluator.calls.positional(arguments, parameters.index(name)) if name in parameters else []
        for spread in arguments.spreads if not found else ():
            for item in self.evaluator.values(spread, arguments.frame):
                found += entry(self.evaluator, item, name)
        return found

    def _default(self, scope: Scope, name: str, frame: Frame) -> list[Found]:
        node = scope.node
        default = _default_of(node, name) if isinstance(node, _FunctionNode) else None
        if default is None or scope.parent is None:
            return []
        home = self.evaluator.root(scope.parent)
        values = self.evaluator.values(default, home)
        return [item.via("argument", default, home, f"default of `{name}`") for item in values]

    # --- entered from anywhere

    def _from_callers(
        self, scope: Scope, name: str, binding: Binding, frame: Frame, typed: Found | None
    ) -> list[Found]:
        sites = self._sites(scope, frame)
        found = [item for site in sites for item in self._from_site(site, scope, name, binding, frame)]
        if not sites:
            found += self._default(scope, name, frame)
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
            return self._hooked(site, site.hook, scope, name)
        if site.handler is not None:
            return self._registered(site, site.handler, scope, name, binding, frame)
        arguments = site.arguments
        if site.on_self and frame.receiver is not None:
            caller = self.evaluator.root(site.scope, frame.receiver)
            arguments = Arguments(arguments.node, arguments.positional, arguments.keywords, caller)
        return self._given(scope, name, arguments, binding, frame)

    def _hooked(self, site: CallSite, hook: Hook, scope: Scope, name: str) -> list[Found]:
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

    def _registered(
        self, site: CallSite, handler: HandlerModel, scope: Scope, name: str, binding: Binding, frame: Frame
    ) -> list[Found]:
        receivers: tuple[Found, ...] = ()
        node = site.arguments.node
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            receivers = tuple(self.evaluator.values(node.func.value, site.arguments.frame))
        belongs = (Found(Instance(handler.channel, node, site.arguments.frame, receivers)),) if handler.channel else receivers
        return self._carried(handler, scope, name, binding, frame, belongs)

    # --- handlers

    def handlers(self, scope: Scope) -> list[HandlerModel]:
        """Models by which a library calls this function with data from outside: decorators and base classes."""
        known = self._handlers.get(id(scope))
        if known is None:
            self._handlers[id(scope)] = []
            known = self._handlers[id(scope)] = [*self._decorated(scope), *self._by_base(scope)]
        return known

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
                apis = [item.value.name for item in self.evaluator.values(node, frame) if isinstance(item.value, External)]
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
            for model in self.handler_models(owner)
            if (any(fnmatchcase(scope.name, pattern) for pattern in model.methods) if model.methods else scope.name[0] != "_")
        ]

    def handler_models(self, owner: Scope) -> list[HandlerModel]:
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

    def _handled(self, scope: Scope, name: str, binding: Binding, frame: Frame) -> list[Found]:
        found: list[Found] = []
        for handler in self.handlers(scope):
            server = (Found(Instance(handler.channel, scope.node, frame)),) if handler.channel else ()
            found += self._carried(handler, scope, name, binding, frame, server)
        return found

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
        annotation = _annotation(scope, name)
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

    # --- annotations

    def _names_of(self, written: str, scope: Scope) -> list[str]:
        """Canonical names of a dotted annotation."""
        node = ast.parse(written, mode="eval").body
        found = self.evaluator.values(node, self.evaluator.root(scope.parent or scope))
        return [item.value.name for item in found if isinstance(item.value, External)]

    def _annotated(self, scope: Scope, name: str, binding: Binding, frame: Frame) -> Found | None:
        """An instance of what the annotation names: a declared type, or (opaque) a class of the target."""
        annotation = _annotation(scope, name)
        if annotation is None or scope.parent is None:
            return None
        home = self.evaluator.root(scope.parent)
        for node in _plain(annotation):
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

    def _requested(self, typed: Found, frame: Frame) -> list[Found]:
        """A record that some handler receives as request is data from outside wherever it is passed."""
        value = typed.value
        if isinstance(value, Opaque) and value.type is not None and self.evaluator.fields.classes.is_record(value.type):
            for scope in self._receivers_of(value.type.name):
                if not scope.is_function or not self.handlers(scope):
                    continue
                for binding in [item for items in scope.facts.bindings.values() for item in items if item.kind == "param"]:
                    annotation = _annotation(scope, binding.name)
                    if annotation is not None and value.type.name in {dotted_name(node) for node in _plain(annotation)}:
                        note = f"`{value.type.name}` is what `{scope.name}` receives"
                        root = self.evaluator.root(scope)
                        handled = self._handled(scope, binding.name, binding, root)
                        return [item.via("argument", binding.node, root, note) for item in handled] or [typed]
        return [typed]

    def _receivers_of(self, name: str) -> Iterator[Scope]:
        """Functions with a parameter annotated with the class, in files that import a library with handlers."""
        project, catalog = self.evaluator.project, self.evaluator.catalog
        roots = tuple({root for api in catalog.decorators for root in catalog.modules_of(api)})
        for path, line in project.mentions(name):
            if self.evaluator.spent:
                return
            code = project.code(path, line)
            if re.search(rf":\s*[\w\[., |\"']*\b{re.escape(name)}\b", code) and self.evaluator.calls.imported(path, roots):
                scope = project.definition_at(path, line)
                if scope is not None:
                    yield scope

    # --- records

    def record_field(
        self, instance: Instance, scope: Scope, field: tuple[str, ast.AnnAssign, Scope], position: int
    ) -> list[Found]:
        """What a field of a record can be: what its constructor call passes, or its default."""
        name, statement, owner = field
        if isinstance(instance.node, ast.Call) and instance.frame is not None:
            sites = [self.evaluator.calls.arguments(instance.node, instance.frame)]
        else:
            sites = [site.arguments for site in self.evaluator.callers.constructions(scope)]
        found: list[Found] = []
        omitted = not sites
        for arguments in sites:
            given = arguments.keywords.get(name)
            if given is None and position < len(arguments.positional) and not arguments.spread:
                given = arguments.positional[position]
            if given is None:
                omitted = True
            else:
                values = self.evaluator.values(given, arguments.frame)
                found += [item.via("argument", arguments.node, arguments.frame, f"given as `{name}`") for item in values]
        if omitted:
            home = self.evaluator.root(owner)
            found.append(Found(Setting(name, statement, home, tuple(self._field_default(statement, home)))))
        return found

    def _field_default(self, statement: ast.AnnAssign, home: Frame) -> list[Found]:
        value = statement.value
        if value is None:
            return []
        if isinstance(value, ast.Call):
            for keyword in value.keywords:
                if keyword.arg == "default":
                    return self.evaluator.values(keyword.value, home)
                if keyword.arg == "default_factory":
                    arguments = self.evaluator.calls.synthetic(value, [], home)
                    targets = self.evaluator.values(keyword.value, home)
                    return [item for t in targets for item in self.evaluator.calls.applied(t, arguments, value, home)]
        return self.evaluator.values(value, home)


def _of_the_program(found: list[Found], scope: Scope) -> list[Found]:
    """Without what only tests and examples pass in, if the program itself passes something."""
    if len(found) < 2 or is_test_like(scope.path):
        return found
    kept = [
        item
        for item in found
        if item.trail is None or not item.trail.through_tests
    ]
    return kept or found


def _default_of(node: _FunctionNode, name: str) -> ast.expr | None:
    """The default expression of a parameter."""
    positional = [*node.args.posonlyargs, *node.args.args]
    offset = len(positional) - len(node.args.defaults)
    for index, argument in enumerate(positional):
        if argument.arg == name:
            return node.args.defaults[index - offset] if index >= offset else None
    for argument, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
        if argument.arg == name:
            return default
    return None


def _annotation(scope: Scope, name: str) -> ast.expr | None:
    """The annotation of a parameter; a string annotation is parsed."""
    node = scope.node
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
        if argument.arg == name:
            annotation = argument.annotation
            if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
                try:
                    return ast.parse(annotation.value.strip(), mode="eval").body
                except (SyntaxError, ValueError, RecursionError, MemoryError):
                    return None
            return annotation
    return None


def _plain(annotation: ast.expr) -> list[ast.expr]:
    """The class names in an annotation: `X`, `X | None`, `Optional[X]`, `Annotated[X, …]`."""
    if isinstance(annotation, (ast.Name, ast.Attribute)):
        return [annotation]
    if isinstance(annotation, ast.BinOp):
        return [*_plain(annotation.left), *_plain(annotation.right)]
    if isinstance(annotation, ast.Subscript):
        inner = annotation.slice
        if dotted_name(annotation.value).rpartition(".")[2] in ("Optional", "Annotated", "Union"):
            parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            return [node for part in parts for node in _plain(part)]
    return []
