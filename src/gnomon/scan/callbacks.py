"""Who calls a function that is passed on as a value, kept in a table, or named in a string."""

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gnomon.core.model import Apply
from gnomon.python.facts import Facts, last_name
from gnomon.python.project import module_name
from gnomon.python.scopes import Scope
from gnomon.scan.callers import (
    MAX_MENTIONS,
    MAX_SITES,
    CallSite,
    distance,
    enclosing_call,
    line_of_name,
    parameter_at,
)
from gnomon.scan.calls import ORDINARY_NAMES
from gnomon.scan.libraries import applied_arguments, library_target
from gnomon.scan.selectors import matches
from gnomon.scan.values import Arguments, Class, Frame, Function

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator


class Callbacks:
    """Calls of functions that something else holds."""

    def __init__(self, evaluator: "Evaluator") -> None:
        self.evaluator = evaluator

    def through_holders(self, scope: Scope) -> Iterator[CallSite]:
        """Calls of what a table holds: `handlers = {"run": self.run}` … `handlers[name](message)`."""
        holders: set[str] = set()
        for caller, line, name in self.evaluator.callers.mentions(scope, scope.path):
            for reference in caller.facts.references(name):
                if line_of_name(reference) == line:
                    holders |= _held_under(reference, caller.facts)
        for holder in sorted(holders):
            seen: set[int] = set()
            for around, _ in self.evaluator.project.scopes_mentioning(holder, scope.path):
                if id(around) not in seen and len(seen) < MAX_SITES:
                    seen.add(id(around))
                    yield from self._indirect(around, scope)

    def dispatched(self, scope: Scope) -> Iterator[CallSite]:
        """`rpc("method_name", (argument,))`: a call by the function's name in a string."""
        if scope.name in ORDINARY_NAMES or len(scope.name) < 6:
            return
        project = self.evaluator.project
        mentions = project.mentions(scope.name, scope.path)
        for path, line in mentions if len(mentions) <= MAX_MENTIONS else ():
            code = project.code(path, line)
            if f'"{scope.name}"' not in code and f"'{scope.name}'" not in code:
                continue
            caller = project.scope_at(path, line)
            for inner in caller.with_lambdas() if caller is not None else ():
                for call in inner.facts.calls:
                    for index, argument in enumerate(call.args):
                        if (
                            isinstance(argument, ast.Constant)
                            and argument.value == scope.name
                            and argument.lineno == line
                        ):
                            yield CallSite(self._by_name(call, index, inner), inner)

    def referenced(self, reference: ast.expr, holder: Scope, facts: Facts, scope: Scope) -> Iterator[CallSite]:
        """Call sites that follow from passing the function on as a value."""
        call, place = enclosing_call(reference, facts)
        if call is None:
            return
        frame = self.evaluator.root(holder)
        if not any(
            isinstance(item.value, Function) and item.value.scope is scope
            for item in self.evaluator.values(reference, frame)
        ):
            return
        yield from self.passed(call, place, holder, frame)

    def passed(self, call: ast.Call, place: str, holder: Scope, frame: Frame) -> Iterator[CallSite]:
        """Call sites of whatever is passed at `place` of a call."""
        catalog = self.evaluator.catalog
        arguments = self.evaluator.calls.arguments(call, frame)
        for target in self.evaluator.calls.targets(call, frame):
            value = target.value
            if isinstance(value, Function):
                yield from self._through_parameter(value.scope, place)
            elif isinstance(value, Class):
                for method in self.evaluator.fields.classes.definers(value.scope, "__init__"):
                    if isinstance(method.target, Scope):
                        yield from self._through_parameter(method.target, place)
            api, _ = library_target(value)
            for apply in catalog.applies.get(api, ()):
                if matches(apply.function, place):
                    yield CallSite(
                        _called_later(applied_arguments(apply, arguments, call), apply, call, holder), holder
                    )
            for hook in catalog.hooks.get(api, ()):
                if matches(hook.function, place):
                    yield CallSite(arguments, holder, hook=hook)
            for handler in catalog.registers.get(api, ()):
                if matches(handler.function, place):
                    yield CallSite(arguments, holder, handler=handler)

    def of_lambda(self, scope: Scope) -> Iterator[CallSite]:
        """Call sites of a lambda: called where it stands, passed on, or bound to a name."""
        holder = scope.parent
        if holder is None or not isinstance(scope.node, ast.Lambda):
            return
        frame = self.evaluator.root(holder)
        parent = holder.facts.parents.get(scope.node)
        if isinstance(parent, ast.Call) and parent.func is scope.node:
            yield CallSite(self.evaluator.calls.arguments(parent, frame), holder)
            return
        call, place = enclosing_call(scope.node, holder.facts)
        if call is not None:
            yield from self.passed(call, place, holder, frame)
            return
        for name, bindings in holder.facts.bindings.items():
            if any(binding.value is scope.node for binding in bindings):
                if holder.parent is None:
                    yield from self._by_other_name(name, holder, scope)
                    continue
                for call in holder.facts.calls:
                    if isinstance(call.func, ast.Name) and call.func.id == name:
                        yield CallSite(self.evaluator.calls.arguments(call, frame), holder)

    def renamed(self, scope: Scope) -> Iterator[CallSite]:
        """Calls under the name of a module's variable that the function was put into: `loads = Serializer.loads`."""
        seen: set[str] = set()
        for caller, line, name in self.evaluator.callers.mentions(scope, scope.path):
            if caller.parent is not None:
                continue
            for reference in caller.facts.references(name):
                parent = caller.facts.parents.get(reference)
                if line_of_name(reference) != line or not isinstance(parent, ast.Assign):
                    continue
                for target in parent.targets:
                    if isinstance(target, ast.Name) and target.id not in seen:
                        seen.add(target.id)
                        yield from self._by_other_name(target.id, caller, scope)

    def _by_other_name(self, name: str, holder: Scope, scope: Scope) -> Iterator[CallSite]:
        """Calls of a function by a variable of a module, in the module and in those that name it."""
        project = self.evaluator.project
        paths = {holder.path, *project.naming(module_name(holder.path))}
        for path in sorted(paths, key=lambda path: distance(holder.path, path)):
            if self.evaluator.spent:
                return
            names = {name}
            for line in project.mentions_in(path, name):
                importer = project.scope_at(path, line) if " as " in project.code(path, line) else None
                names |= set(self.evaluator.callers.aliases(importer, name)) if importer is not None else set()
            for used in sorted(names):
                for call, inner in project.calls_in(path, used):
                    if self.evaluator.callers.enters(call, inner, scope):
                        yield CallSite(self.evaluator.calls.arguments(call, self.evaluator.root(inner)), inner)

    def _indirect(self, caller: Scope, scope: Scope) -> Iterator[CallSite]:
        """Calls of a variable or item that turns out to be the function."""
        for inner in caller.with_lambdas():
            for call in inner.facts.calls:
                function = call.func
                bindings = inner.facts.bindings.get(function.id, ()) if isinstance(function, ast.Name) else ()
                held = isinstance(function, (ast.Subscript, ast.Call))
                held = held or any(binding.kind in ("assign", "for") for binding in bindings)
                if held and self.evaluator.callers.enters(call, inner, scope):
                    yield CallSite(self.evaluator.calls.arguments(call, self.evaluator.root(inner)), inner)

    def _through_parameter(self, scope: Scope, place: str) -> Iterator[CallSite]:
        """Calls of a parameter inside a function of the target, also after it was kept in an attribute."""
        name = parameter_at(scope, place)
        if not name:
            return
        for inner in scope.walk():
            frame = self.evaluator.root(inner)
            for call in inner.facts.calls:
                if isinstance(call.func, ast.Name) and call.func.id == name:
                    yield CallSite(self.evaluator.calls.arguments(call, frame), inner)
                elif inner is not scope or scope.name != last_name(call.func):
                    for given in _places_of(name, call):
                        yield from self._applied_again(call, given, inner, frame)
        owner = scope.enclosing_class
        for store in scope.facts.stores if owner is not None else ():
            if isinstance(store.target, ast.Attribute) and isinstance(store.value, ast.Name) and store.value.id == name:
                assert owner is not None
                yield from self._attribute_calls(owner, store.target.attr)

    def _applied_again(self, call: ast.Call, place: str, holder: Scope, frame: Frame) -> Iterator[CallSite]:
        """The parameter is handed to a library that calls its argument."""
        arguments = self.evaluator.calls.arguments(call, frame)
        for target in self.evaluator.calls.targets(call, frame):
            api, _ = library_target(target.value)
            for apply in self.evaluator.catalog.applies.get(api, ()):
                if matches(apply.function, place):
                    yield CallSite(applied_arguments(apply, arguments, call), holder)

    def _attribute_calls(self, owner: Scope, attribute: str) -> Iterator[CallSite]:
        """`self.<attribute>(…)` in the methods of a class's family."""
        for current in self.evaluator.fields.classes.family(owner, attribute):
            for call, scope in self.evaluator.project.calls_in(current.path, attribute):
                if isinstance(call.func, ast.Attribute) and current.start <= call.lineno <= current.end:
                    yield CallSite(self.evaluator.calls.arguments(call, self.evaluator.root(scope)), scope)

    def _by_name(self, call: ast.Call, index: int, caller: Scope) -> Arguments:
        following = list(call.args[index + 1 :])
        spread = next((keyword.value for keyword in call.keywords if keyword.arg == "args"), None)
        if spread is None and len(following) == 1 and isinstance(following[0], (ast.Tuple, ast.List)):
            spread = following[0]
        if isinstance(spread, (ast.Tuple, ast.List)):
            following = list(spread.elts)
        keywords = {
            keyword.arg: keyword.value for keyword in call.keywords if keyword.arg not in (None, "args", "kwargs")
        }
        return Arguments(call, following, {k: v for k, v in keywords.items() if k}, self.evaluator.root(caller))


def _called_later(given: Arguments, apply: Apply, call: ast.Call, holder: Scope) -> Arguments:
    """The arguments of `partial(f, a)(b)`: those given in advance, then those of the call."""
    parent = holder.facts.parents.get(call)
    if apply.result != "callable" or not isinstance(parent, ast.Call) or parent.func is not call:
        return given
    keywords = {keyword.arg: keyword.value for keyword in parent.keywords if keyword.arg is not None}
    return Arguments(
        parent, [*given.positional, *parent.args], {**given.keywords, **keywords}, given.frame, given.spreads
    )


def _held_under(reference: ast.expr, facts: Facts) -> set[str]:
    """Names of the variable, attribute or keyword that a table with `reference` in it is kept under."""
    node: ast.AST = reference
    in_table = False
    while True:
        parent = facts.parents.get(node)
        in_table = in_table or isinstance(parent, (ast.Dict, ast.List, ast.Tuple, ast.Set))
        if parent is None or (isinstance(parent, ast.stmt) and not isinstance(parent, (ast.Assign, ast.AnnAssign))):
            return set()
        if isinstance(parent, ast.keyword) and in_table:
            return {parent.arg} if parent.arg else set()
        if isinstance(parent, (ast.Assign, ast.AnnAssign)):
            targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
            plain = [target.value if isinstance(target, ast.Subscript) else target for target in targets]
            stored = any(isinstance(target, ast.Subscript) for target in targets)
            return {last_name(target) for target in plain} - {""} if in_table or stored else set()
        node = parent


def _places_of(name: str, call: ast.Call) -> list[str]:
    """Positions and keywords of a call at which a variable is passed."""
    places = [
        str(index) for index, argument in enumerate(call.args) if isinstance(argument, ast.Name) and argument.id == name
    ]
    return places + [
        keyword.arg
        for keyword in call.keywords
        if keyword.arg and isinstance(keyword.value, ast.Name) and keyword.value.id == name
    ]
