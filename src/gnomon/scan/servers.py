"""Handlers given to servers: from what a library hands to a handler back to the server that was given it."""

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gnomon.python.facts import FUNCTIONS
from gnomon.python.scopes import Scope
from gnomon.scan.addressing import EndpointCall, EndpointCalls
from gnomon.scan.selectors import expression
from gnomon.scan.values import Found, Instance

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator

MAX_AROUND = 5
"""Expressions around a handler's name in which the server may stand."""


class Servers:
    """Finds the servers of handlers."""

    def __init__(self, evaluator: "Evaluator", calls: EndpointCalls) -> None:
        self.evaluator = evaluator
        self.calls = calls

    def of(self, value: Instance) -> list[Found]:
        """Servers that a handler's object is added to: other arguments of calls that it is passed to."""
        wanted = value.type
        if wanted not in self.evaluator.catalog.served or not isinstance(value.node, (ast.arg, *FUNCTIONS)):
            return []
        owner = next((scope for scope in self._handler_scopes(value) if scope.is_class), None)
        if owner is None:
            return []
        found: list[Found] = []
        for scope, _ in self.evaluator.project.scopes_mentioning(owner.name, owner.path):
            frame = self.evaluator.root(scope)
            for call in scope.facts.calls:
                if len(call.args) < 2:
                    continue
                given = [item for argument in call.args for item in self.evaluator.values(argument, frame)]
                objects = [(item, item.value) for item in given if isinstance(item.value, Instance)]
                if any(thing.type is owner for _, thing in objects):
                    found += [item for item, thing in objects if thing.type == wanted and thing.key != value.key]
        return found

    def serving(self, value: Instance) -> list[tuple[EndpointCall, str]]:
        """Endpoint calls, with their APIs, of the servers that were given this class or function as handler."""
        if isinstance(value.type, Scope):
            handles = self.evaluator.handlers.models(value.type) or self.calls.type_name(value)
            owners = [value.type] if handles else []
        else:
            # only what a library handed to a function of the target was handed by a server
            owners = self._handler_scopes(value) if isinstance(value.node, (ast.arg, *FUNCTIONS)) else []
        if not self._takes_handlers(value):
            return []
        found: list[tuple[EndpointCall, str]] = []
        for owner in owners:
            for family in self.evaluator.fields.classes.subclasses(owner) if owner.is_class else ():
                found += self._serving(family)
            found += self._serving(owner)
        return found

    def _takes_handlers(self, value: Instance) -> bool:
        """True if the library that the channel is of has calls that take handlers."""
        catalog = self.evaluator.catalog
        types = [value.type] if isinstance(value.type, str) else self.evaluator.fields.classes.library_bases(value.type)
        libraries = {catalog.modules_of(name) for name in (*types, self.calls.type_name(value))}
        return any(
            model.handler and catalog.modules_of(api) in libraries
            for api, models in catalog.endpoints.items()
            for model in models
        )

    def _handler_scopes(self, value: Instance) -> list[Scope]:
        """The function and class around the place where a library handed over the channel."""
        if value.frame is None:
            return []
        scope = value.frame.scope
        owners = [scope] if scope.is_function else []
        return [*owners, scope.enclosing_class] if scope.enclosing_class is not None else owners

    def _serving(self, owner: Scope) -> Iterator[tuple[EndpointCall, str]]:
        """Endpoint calls that are given `owner` (or an instance, a partial or a lambda of it) as handler."""
        project = self.evaluator.project
        seen: set[int] = set()
        for scope, line in project.scopes_mentioning(owner.name, owner.path):
            for inner in scope.with_lambdas():
                for reference in inner.facts.references(owner.name):
                    if reference.end_lineno == line and id(reference) not in seen:
                        seen.add(id(reference))
                        yield from self._given_to(reference, inner)

    def _given_to(self, node: ast.AST, scope: Scope) -> Iterator[tuple[EndpointCall, str]]:
        """Endpoint calls around a handler's name, also around a lambda that holds it."""
        for _ in range(MAX_AROUND):
            parent = scope.facts.parents.get(node)
            if isinstance(parent, ast.Call):
                yield from self._takes(parent, node, scope)
            if parent is None or isinstance(parent, ast.stmt):
                if isinstance(scope.node, ast.Lambda) and scope.parent is not None:
                    node, scope = scope.node, scope.parent
                    continue
                return
            node = parent

    def _takes(self, call: ast.Call, handler: ast.AST, scope: Scope) -> Iterator[tuple[EndpointCall, str]]:
        """The endpoint calls that `call` is, if the expression `handler` is in its handler's place."""
        arguments = self.evaluator.calls.arguments(call, self.evaluator.root(scope))
        for api, _ in self.calls.apis(call, arguments.frame):
            for model in self.evaluator.catalog.endpoints.get(api, ()):
                given = expression(model.handler, arguments) if model.handler else None
                if given is not None and (given is handler or handler in ast.walk(given)):
                    yield EndpointCall(model, call, arguments, ()), api
