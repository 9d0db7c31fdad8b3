"""Every place in a project where an unsafe deserializer is called, or handed on to be called."""

import ast
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from gnomon.core.model import SinkModel
from gnomon.python.facts import Binding, Facts, defaults
from gnomon.python.scopes import Scope
from gnomon.scan.callers import enclosing_call, line_of_name
from gnomon.scan.evaluate import Evaluator
from gnomon.scan.libraries import library_target
from gnomon.scan.questions import SMALL_BUDGET
from gnomon.scan.selectors import holds
from gnomon.scan.selfhood import is_self
from gnomon.scan.values import Arguments, External, Found, Frame, Partial

MAX_HOLDER_SCOPES = 40
"""A deserializer kept under a name is followed into at most this many scopes that mention the name."""


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class SinkSite:
    """One deserializing call."""

    __slots__ = ("api", "arguments", "model", "named_at", "receivers", "scope", "where")

    def __init__(
        self,
        api: str,
        model: SinkModel,
        scope: Scope,
        arguments: Arguments,
        receivers: tuple[Found, ...],
        where: tuple[Scope, ast.expr] | None = None,
    ) -> None:
        self.api = api
        self.model = model
        self.scope = scope
        self.arguments = arguments
        self.receivers = receivers
        self.named_at = where is not None
        """True if the deserializer is named in one place and called in another."""
        self.where: tuple[Scope, ast.AST] = where if where is not None else (scope, arguments.node)
        """The place to report: the call, or where the deserializer is handed on as a value."""


class Sinks:
    """Finds sink sites in the files that can name one, by resolving the names found."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self.project = evaluator.project
        self.catalog = evaluator.catalog

    def sites(self, path: str, names: AbstractSet[str]) -> Iterator[SinkSite]:
        """Sink sites of one file, of sinks with these last names."""
        seen: set[int] = set()
        for scope, line, name in self._mentions(path, names):
            for inner in scope.with_lambdas():
                yield from self._at(inner, line, name, seen)

    def _mentions(self, path: str, names: AbstractSet[str]) -> Iterator[tuple[Scope, int, str]]:
        mentions = [(line, name) for name in names for line in self.project.mentions_in(path, name)]
        for line, name in sorted(mentions):
            scope = self.project.scope_at(path, line)
            if scope is not None:
                yield scope, line, name

    def _at(self, scope: Scope, line: int, name: str, seen: set[int]) -> Iterator[SinkSite]:
        facts = scope.facts
        frame = self.evaluator.root(scope)
        for node in facts.references(name):
            if line_of_name(node) != line or id(node) in seen:
                continue
            seen.add(id(node))
            parent = facts.parents.get(node)
            if isinstance(parent, ast.Call) and parent.func is node:
                yield from self._called(parent, scope, frame)
            elif not isinstance(parent, ast.Attribute):
                yield from self._handed_on(node, scope, facts, frame)
        for binding in self._imported_as(scope, line, name):
            yield from self._alias_calls(binding, scope, seen)

    def _imported_as(self, scope: Scope, line: int, name: str) -> list[Binding]:
        """`from pickle import loads as decode` on this line."""
        return [
            binding
            for bindings in scope.facts.bindings.values()
            for binding in bindings
            if binding.kind == "import"
            and getattr(binding.node, "lineno", 0) <= line <= (getattr(binding.node, "end_lineno", 0) or 0)
            and str(binding.target).rpartition(".")[2] == name
            and binding.name != name
        ]

    def _alias_calls(self, binding: Binding, scope: Scope, seen: set[int]) -> Iterator[SinkSite]:
        for call, inner in self.project.calls_in(scope.path, binding.name):
            if isinstance(call.func, ast.Name) and id(call.func) not in seen:
                seen.add(id(call.func))
                yield from self._called(call, inner, self.evaluator.root(inner))

    def _called(self, call: ast.Call, scope: Scope, frame: Frame) -> Iterator[SinkSite]:
        self.evaluator.refill()
        reported: set[str] = set()
        for target in self.evaluator.calls.targets(call, frame):
            api, receivers = library_target(target.value)
            arguments = self.evaluator.calls.arguments(call, frame)
            for model in self.catalog.sinks.get(api, ()):
                if model.receives:
                    every = tuple(self._all_receivers(call, frame)) or receivers
                    receivers = self.evaluator.libraries.open_channels(model.unless, every, arguments)
                    usable = bool(receivers) and all(holds(self.evaluator, c, arguments, receivers) for c in model.when)
                else:
                    usable = self.applies(model, arguments, receivers)
                if usable and api not in reported:
                    reported.add(api)
                    yield SinkSite(api, model, scope, arguments, receivers)

    def _all_receivers(self, call: ast.Call, frame: Frame) -> list[Found]:
        """Everything the receiver of a method call can be."""
        return self.evaluator.values(call.func.value, frame) if isinstance(call.func, ast.Attribute) else []

    def applies(self, model: SinkModel, arguments: Arguments, receivers: tuple[Found, ...]) -> bool:
        """True if the model's conditions hold for the call."""
        if not all(holds(self.evaluator, condition, arguments, receivers) for condition in model.when):
            return False
        return not any(holds(self.evaluator, condition, arguments, receivers) for condition in model.unless)

    def _handed_on(self, node: ast.expr, scope: Scope, facts: Facts, frame: Frame) -> Iterator[SinkSite]:
        self.evaluator.refill()
        apis = {
            item.value.name
            for item in self.evaluator.values(node, frame)
            if isinstance(item.value, External) and self.catalog.sinks.get(item.value.name)
        }
        for api in sorted(apis):
            yield from self._uses(api, node, scope, facts, frame)

    def _uses(self, api: str, node: ast.expr, scope: Scope, facts: Facts, frame: Frame) -> Iterator[SinkSite]:
        model = self.catalog.sinks[api][0]
        parent = facts.parents.get(node)
        if (
            isinstance(parent, ast.Tuple)
            and scope.name.startswith("__reduce")
            and parent.elts[0] is node
            and len(parent.elts) > 1
        ):
            # the protocol of copyreg: whoever unpickles the object calls the first item with the second
            given = parent.elts[1]
            arguments = Arguments(parent, list(given.elts) if isinstance(given, ast.Tuple) else [], {}, frame)
            yield SinkSite(api, model, scope, arguments, (), (scope, node))
            return
        call, place = enclosing_call(node, facts)
        if call is not None and self._is_wrapper(call, frame):
            node = call
        elif call is not None:
            direct = False
            for site in self.evaluator.callbacks.passed(call, place, scope, frame):
                direct = True
                yield self._handed(
                    api, model, site.scope, site.arguments, (scope, node), via_hook=site.hook is not None
                )
            if direct:
                return
        for holder in sorted(set(self._holders(node, scope, facts))):
            yield from self._calls_through(api, model, holder, scope, node)

    def _is_wrapper(self, call: ast.Call, frame: Frame) -> bool:
        """True for calls that give a callable back: `partial(loads, …)`, `staticmethod(loads)`."""
        names = {library_target(target.value)[0] for target in self.evaluator.calls.targets(call, frame)}
        return bool(names & {"functools.partial", "functools.partialmethod", "staticmethod"})

    def _handed(
        self,
        api: str,
        model: SinkModel,
        scope: Scope,
        arguments: Arguments,
        where: tuple[Scope, ast.expr],
        *,
        via_hook: bool,
    ) -> SinkSite:
        if via_hook:
            # a hook gets what the call itself gives or takes: all arguments stand for the data
            model = SinkModel(api=model.api, input="hook", kind=model.kind)
        return SinkSite(api, model, scope, arguments, (), where)

    def _holders(self, node: ast.expr, scope: Scope, facts: Facts) -> Iterator[str]:
        """Names under which the value is kept: variables, attributes, parameters with it as default."""
        current: ast.AST = node
        while True:
            parent = facts.parents.get(current)
            if parent is None or (isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name) is False):
                return
            if isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                for name in [name for name, default in defaults(parent) if default is current]:
                    yield name
                    yield from self._kept(name, parent, scope)
                return
            if isinstance(parent, (ast.Assign, ast.AnnAssign, ast.NamedExpr)):
                targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
                for target in targets:
                    for part in ast.walk(target):
                        if isinstance(part, ast.Attribute):
                            yield part.attr
                        elif isinstance(part, ast.Name) and part.id != "self":
                            yield part.id
                return
            if isinstance(parent, ast.stmt):
                if isinstance(parent, ast.Return) and scope.is_function and not scope.name.startswith("__reduce"):
                    yield scope.name
                return
            current = parent

    @staticmethod
    def _kept(name: str, function: ast.AST, scope: Scope) -> Iterator[str]:
        """Attributes that a function keeps its parameter in."""
        inner = next((child for child in scope.children if child.node is function), None)
        for store in inner.facts.stores if inner is not None else ():
            if isinstance(store.target, ast.Attribute) and isinstance(store.value, ast.Name) and store.value.id == name:
                yield store.target.attr

    def _calls_through(
        self, api: str, model: SinkModel, holder: str, scope: Scope, node: ast.expr
    ) -> Iterator[SinkSite]:
        """Calls whose target turns out to be the deserializer, in the scopes that mention the holder's name."""
        count = 0
        seen: set[int] = set()
        for around, _ in self.project.scopes_mentioning(holder, scope.path):
            if id(around) in seen:
                continue
            seen.add(id(around))
            count += 1
            if count > MAX_HOLDER_SCOPES:
                return
            self.evaluator.refill(SMALL_BUDGET)
            is_default = any(isinstance(parent, _FUNCTIONS) for parent in self._around(node, scope))
            for inner in around.with_lambdas():
                frame = self.evaluator.root(inner)
                for call in inner.facts.calls:
                    if not self._is_through(call, holder, inner):
                        continue
                    if self._targets(call, frame, api) or (is_default and self._keeps(call, holder, inner, scope)):
                        plain = isinstance(call.func, ast.Name) and inner.path == scope.path
                        where = None if is_default or (plain and not scope.is_class) else (scope, node)
                        arguments = self._through(call, frame, api)
                        yield SinkSite(api, model, inner, arguments, (), where)

    @staticmethod
    def _keeps(call: ast.Call, holder: str, scope: Scope, home: Scope) -> bool:
        """True for a call of the very parameter or attribute that has the deserializer as its default."""
        if isinstance(call.func, ast.Name):
            return call.func.id == holder and scope.parent is home
        return (
            isinstance(call.func, ast.Attribute) and is_self(call.func.value, scope) and scope.enclosing_class is home
        )

    @staticmethod
    def _around(node: ast.expr, scope: Scope) -> list[ast.AST]:
        """The nodes an expression is directly given to."""
        parent = scope.facts.parents.get(node)
        return [parent] if parent is not None else []

    def _through(self, call: ast.Call, frame: Frame, api: str) -> Arguments:
        """The arguments the deserializer gets, with those given in advance."""
        arguments = self.evaluator.calls.arguments(call, frame)
        for target in self.evaluator.calls.targets(call, frame):
            value = target.value
            if isinstance(value, Partial) and library_target(value.function.value)[0] == api:
                keywords = {**value.arguments.keywords, **arguments.keywords}
                return Arguments(call, [*value.arguments.positional, *arguments.positional], keywords, frame)
        return arguments

    @staticmethod
    def _is_through(call: ast.Call, holder: str, scope: Scope) -> bool:
        """True if the call's target may be what the holder's name keeps: not a direct call of a module's function."""
        function = call.func
        if isinstance(function, ast.Attribute):
            return function.attr == holder
        if isinstance(function, ast.Name):
            if function.id == holder:
                return True
            bindings = scope.facts.bindings.get(function.id, ())
            return any(binding.kind in ("assign", "for") for binding in bindings)
        return isinstance(function, (ast.Subscript, ast.Call))

    def _targets(self, call: ast.Call, frame: Frame, api: str) -> bool:
        for target in self.evaluator.calls.targets(call, frame):
            value = target.value.function.value if isinstance(target.value, Partial) else target.value
            if library_target(value)[0] == api:
                return True
        return False
