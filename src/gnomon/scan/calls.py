"""What a call gives: by finding what is called, and entering functions of the target."""

import ast
import io
from typing import TYPE_CHECKING

from gnomon.python.order import guards
from gnomon.python.scopes import Scope
from gnomon.scan.truth import truth
from gnomon.scan.values import (
    Arguments,
    Bound,
    Class,
    Container,
    External,
    Found,
    Frame,
    Function,
    Instance,
    Opaque,
    Outside,
    Partial,
    Parts,
    Result,
    Setting,
    Text,
    Value,
    arguments_of,
)

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator

MAX_CALL_DEPTH = 9
"""Calls entered inside one another."""
MAX_METHODS_BY_NAME = 3
"""A method of an object of unknown class is followed by name if at most this many functions have it."""
_BUILTIN_NAMES = frozenset(
    name
    for kind in (dict, list, set, str, bytes, io.BytesIO, io.StringIO)
    for name in dir(kind)
    if not name.startswith("_")
)
"""Public methods of Python's own types."""
ORDINARY_NAMES = (
    _BUILTIN_NAMES
    | {"run", "call", "send", "connect", "start", "stop", "main", "wait", "serve_forever"}
    | {"load", "loads", "save", "data", "body", "json", "value", "result"}
)
"""Names too common to say whose method they are."""
_HOLDER_METHODS = frozenset({"get", "get_nowait", "pop", "popleft", "popitem", "values", "items", "setdefault", "copy"})
"""Methods by which Python's own containers give back what they hold."""


class Calls:
    """Calls, and the attribute reads, iterations and `with` entries that act like calls."""

    def __init__(self, evaluator: "Evaluator") -> None:
        self.evaluator = evaluator
        self._by_name: dict[tuple[object, ...], list[Value]] = {}

    def values(self, node: ast.Call, frame: Frame) -> list[Found]:
        """What a call expression can give."""
        found: list[Found] = []
        if _is_name(node.func, "getattr") and len(node.args) >= 2:
            name = node.args[1]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                for base in self.evaluator.values(node.args[0], frame):
                    found += self.evaluator.fields.of(base, name.value, node, frame)
                return found
        for target in self.targets(node, frame):
            # the way to the called method is not part of the data's way
            found += self.called(Found(target.value), node, frame)
        return found

    def targets(self, node: ast.Call, frame: Frame) -> list[Found]:
        """What is called: functions, classes, library names, methods."""
        function = node.func
        if isinstance(function, ast.Attribute):
            if isinstance(function.value, ast.Call) and _is_name(function.value.func, "super"):
                return self._super(function, frame)
            found: list[Found] = []
            bases = self.evaluator.values(function.value, frame)
            held = any(self._gives_back(base.value, function.attr) for base in bases)
            for base in bases:
                if held and not self._holds_others(base.value):
                    # what was put into a container stands beside it: taking it out gives it back
                    found.append(Found(Bound("dict.get", (base,), function, frame), base.trail))
                else:
                    found += self.member(base, function.attr, function, frame)
            return found
        if isinstance(function, ast.Call) and _is_name(function.func, "getattr") and len(function.args) >= 2:
            name = function.args[1]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                bases = self.evaluator.values(function.args[0], frame)
                return [item for base in bases for item in self.member(base, name.value, function, frame)]
        return self.evaluator.values(function, frame)

    def _holds_others(self, value: Value) -> bool:
        """True for containers, queues and other objects that things are put into."""
        if isinstance(value, Instance):
            return isinstance(value.type, str) and value.type in self.evaluator.catalog.holders
        return isinstance(value, (Container, Parts))

    def _gives_back(self, value: Value, method: str) -> bool:
        """True if calling the method of a holder gives what it holds."""
        if isinstance(value, Instance) and isinstance(value.type, str) and self._holds_others(value):
            member = self.evaluator.catalog.member(value.type, method)
            return any(entry.input == "self" for entry in self.evaluator.catalog.propagators.get(member, ()))
        return method in _HOLDER_METHODS and self._holds_others(value)

    def member(self, base: Found, name: str, node: ast.AST, frame: Frame) -> list[Found]:
        """The method `name` of one value, found by its name alone if its class is not known."""
        base = self.evaluator.settled(base, node, frame)
        value = base.value
        if isinstance(value, (Opaque, Result)) and not (isinstance(value, Opaque) and value.type is not None):
            named = self._library_method(base, name, node, frame)
            if named:
                return named
            if isinstance(value, Opaque):
                methods = self._methods_by_name(name, frame.scope.path)
                if methods:
                    return [Found(method, base.trail) for method in methods]
        if isinstance(value, Instance) and isinstance(value.type, Scope):
            found = self.evaluator.fields.of(base, name, node, frame)
            if all(isinstance(item.value, Opaque) for item in found):
                return self._library_method(base, name, node, frame) or found
            return found
        if isinstance(value, Class) and name == "__new__":
            return [Found(value, base.trail)]
        if isinstance(value, Outside) and name not in ORDINARY_NAMES:
            # it can be an object of the target's classes: its method then says more than that it came from outside
            own = [Found(method, base.trail) for method in self._methods_by_name(name, frame.scope.path)]
            return [*own, Found(Bound(f"bytes.{name}", (base,), node, frame), base.trail)]
        if isinstance(value, (Outside, Text)):
            return [Found(Bound(f"bytes.{name}", (base,), node, frame), base.trail)]
        return self.evaluator.fields.of(base, name, node, frame)

    def _super(self, node: ast.Attribute, frame: Frame) -> list[Found]:
        scope = frame.scope.class_around
        if scope is None:
            return []
        classes = self.evaluator.fields.classes
        receiver = frame.receiver or Instance(scope)
        for base in classes.inherited(scope)[1:]:
            own = base.facts.bindings.get(node.attr)
            if own and own[-1].kind == "def" and isinstance(own[-1].target, Scope):
                return [Found(Function(own[-1].target, receiver))]
        for name in classes.library_bases(scope):
            member = self.evaluator.catalog.member(name, node.attr)
            if self.evaluator.catalog.known(member):
                return [Found(Bound(member, (Found(receiver),), node, frame))]
        return []

    def _library_method(self, base: Found, name: str, node: ast.AST, frame: Frame) -> list[Found]:
        """A modelled method of that name, if the file imports exactly one library that has it."""
        catalog = self.evaluator.catalog
        if name in ORDINARY_NAMES or len(name) < 4:
            return []
        makers = [api for api in catalog.method_returns.get(name, ()) if api.rpartition(".")[0] in catalog.types]
        makers = [api for api in makers if self.imported(frame.scope.path, catalog.modules_of(api))]
        if len(makers) == 1:
            return [Found(Bound(makers[0], (base,), node, frame), base.trail)]
        apis = [*catalog.method_sinks.get(name, ()), *catalog.method_sources.get(name, ())]
        usable = [
            api for api in apis if self._is_method(api) and self.imported(frame.scope.path, catalog.modules_of(api))
        ]
        kinds = {source.kind for api in usable for source in catalog.sources.get(api, ())}
        kinds |= {sink.receives for api in usable for sink in catalog.sinks.get(api, ()) if sink.receives}
        return [Found(Bound(usable[0], (base,), node, frame), base.trail)] if len(kinds) == 1 else []

    def _is_method(self, api: str) -> bool:
        """True for `zmq.Socket.recv`, not for a function of a package's module such as `torch.distributed.recv`."""
        owner = api.rpartition(".")[0]
        return owner in self.evaluator.catalog.types or owner.rpartition(".")[2][:1].isupper()

    def imported(self, path: str, modules: tuple[str, ...]) -> bool:
        """True if the text of a file imports one of the modules."""
        return any(path in self.evaluator.project.importing(module) for module in modules)

    def _methods_by_name(self, name: str, asker: str) -> list[Value]:
        if name in ORDINARY_NAMES or len(name) < 4 or name.startswith("__"):
            return []
        project = self.evaluator.project
        key = (name, *project.view(asker))
        known = self._by_name.get(key)
        if known is None:
            known = list(self._named(name, asker))
            if self.evaluator.whole:
                self._by_name[key] = known
        return known

    def _named(self, name: str, asker: str) -> list[Value]:
        project = self.evaluator.project
        found: list[Value] = []
        for path, line in project.mentions(name, asker):
            if f"def {name}(" not in project.code(path, line):
                continue
            if self.evaluator.spent:
                return []
            scope = project.definition_at(path, line)
            if scope is not None and scope.name == name and scope.enclosing_class is not None:
                found.append(Function(scope, Instance(scope.enclosing_class)))
            if len(found) > MAX_METHODS_BY_NAME:
                return []
        return found

    def called(self, target: Found, node: ast.Call, frame: Frame) -> list[Found]:
        """What calling one value gives."""
        return self.applied(target, self.arguments(node, frame), node, frame)

    def applied(self, target: Found, arguments: Arguments, node: ast.AST, frame: Frame) -> list[Found]:
        """What calling one value with these arguments gives."""
        value = target.value
        match value:
            case Function():
                return self.entering(value, arguments)
            case Class():
                return [Found(Instance(value.scope, node, frame))]
            case External():
                return self.evaluator.libraries.called(value.name, (), arguments, node, frame)
            case Bound():
                return self.evaluator.libraries.called(value.api, value.receivers, arguments, node, frame)
            case Partial():
                given = Arguments(
                    node,
                    [*value.arguments.positional, *arguments.positional],
                    {**value.arguments.keywords, **arguments.keywords},
                    arguments.frame,
                )
                return self.applied(value.function, given, node, frame)
            case Instance(type=Scope()):
                return self.method(target, "__call__", node, frame, arguments)
            case Instance():
                return self.evaluator.libraries.called(
                    self.evaluator.catalog.member(str(value.type), "__call__"), (target,), arguments, node, frame
                )
            case Outside():
                return [target]
            case Setting():
                return [item for default in value.default for item in self.applied(default, arguments, node, frame)]
            case Result():
                made = self.evaluator.libraries.factories.socket(value.api, arguments, node, frame)
                return [Found(made or Result(f"{value.api}()", node, frame, (target,)))]
            case Opaque():
                return [Found(Opaque(value.reason, node, frame, parameter=value.parameter))]
        return [Found(Opaque("a call of something unknown", node, frame))]

    def arguments(self, node: ast.Call, frame: Frame) -> Arguments:
        """The arguments of a call expression."""
        return arguments_of(node, frame)

    def positional(self, arguments: Arguments, position: int) -> list[Found]:
        """What a call passes at a position, also through `*args`."""
        for index, argument in enumerate(arguments.positional[: position + 1]):
            if isinstance(argument, ast.Starred):
                return self._spread(argument, arguments.frame, position - index)
            if index == position:
                return self.evaluator.values(argument, arguments.frame)
        return []

    def _spread(self, argument: ast.Starred, frame: Frame, position: int) -> list[Found]:
        """What `*argument` passes at a position."""

        def ask() -> list[Found]:
            return self.evaluator.picked(self.evaluator.values(argument.value, frame), (position,))

        return self.evaluator.once(("spread", argument, frame.key, position), ask)

    def synthetic(self, node: ast.AST, positional: list[ast.expr], frame: Frame) -> Arguments:
        """Arguments of a call that the language makes (a property read, a library's callback)."""
        return Arguments(node, positional, {}, frame)

    def entering(self, function: Function, arguments: Arguments) -> list[Found]:
        """What a function of the target returns or yields, called with these arguments."""
        scope, caller = function.scope, arguments.frame
        evaluator = self.evaluator
        if caller.depth >= MAX_CALL_DEPTH or caller.inside(scope) >= 2:
            return [Found(Opaque("calls nested too deeply", arguments.node, caller))]
        frame = evaluator.frame(Frame(scope, arguments, function.receiver, function.frame))
        found: list[Found] = []
        for node in (*scope.facts.returns, *scope.facts.yields):
            if self.feasible(node, frame):
                values = evaluator.values(node, frame)
                found += [item.via("return", node, frame, f"returned by `{scope.name}`") for item in values]
        return found

    def feasible(self, node: ast.AST, frame: Frame) -> bool:
        """False if the frame's arguments rule out that `node` runs."""
        if frame.arguments is None and frame.receiver is None:
            return True
        tests = guards(node, frame.scope.facts)
        return all(truth(self.evaluator, test, frame) is not (not needed) for test, needed in tests)

    def method(
        self, base: Found, name: str, node: ast.AST, frame: Frame, arguments: Arguments | None = None
    ) -> list[Found]:
        """What a special method of an instance of a class of the target gives."""
        given = arguments if arguments is not None else self.synthetic(node, [], frame)
        found: list[Found] = []
        for target in self.evaluator.fields.of(base, name, node, frame):
            if isinstance(target.value, Function):
                found += self.entering(target.value, given)
        return found

    def iterated(self, base: Found, node: ast.AST, frame: Frame) -> list[Found]:
        """What a loop over `base` takes from it."""
        base = self.evaluator.settled(base, node, frame)
        value = base.value
        if isinstance(value, Instance) and isinstance(value.type, Scope):
            for name in ("__iter__", "__aiter__", "__next__", "__anext__", "__getitem__"):
                found = [item for item in self.method(base, name, node, frame) if item.value.key != value.key]
                if found:
                    return found
            return [base]
        if isinstance(value, Instance):
            for name in ("__iter__", "__aiter__", "__next__"):
                api = self.evaluator.catalog.member(str(value.type), name)
                if api in self.evaluator.catalog.sources:
                    return [Found(self.evaluator.libraries.attribute_value(api, (base,), node, frame), base.trail)]
        if isinstance(value, Partial) or (isinstance(value, Bound) and value.api in self.evaluator.catalog.sources):
            return self.applied(base, self.synthetic(node, [], frame), node, frame)
        return self.evaluator.elements(base)

    def entered(self, base: Found, node: ast.AST, frame: Frame) -> list[Found]:
        """What `with base as x` binds to `x`."""
        base = self.evaluator.settled(base, node, frame)
        value = base.value
        if isinstance(value, Instance) and isinstance(value.type, Scope):
            for name in ("__enter__", "__aenter__"):
                found = self.method(base, name, node, frame)
                if found:
                    return found
        return [base]


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
