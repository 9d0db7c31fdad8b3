"""Who calls a function: direct calls, calls through a library that calls its argument, callbacks and names in strings."""

import ast
import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from gnomon.core.model import Apply, HandlerModel, Hook
from gnomon.python.project import is_test_like
from gnomon.python.facts import Facts, last_name
from gnomon.python.scopes import Scope
from gnomon.scan.calls import ORDINARY_NAMES, applied_arguments
from gnomon.scan.selectors import expression, matches
from gnomon.scan.selfhood import is_self
from gnomon.scan.values import Arguments, Bound, Class, External, Frame, Function, Opaque

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator

MAX_SITES = 16
"""Call sites of one function that are followed, nearest and least test-like first."""
MAX_MENTIONS = 250
"""A function mentioned more often than this is looked up only in the files that also name its class or module."""


class CallSite:
    """One way into a function."""

    __slots__ = ("arguments", "handler", "hook", "on_self", "scope")

    def __init__(
        self,
        arguments: Arguments,
        scope: Scope,
        *,
        on_self: bool = False,
        hook: Hook | None = None,
        handler: HandlerModel | None = None,
    ) -> None:
        self.arguments = arguments
        self.scope = scope
        """The calling scope."""
        self.on_self = on_self
        """True for `self.method(…)`: caller and callee share the instance."""
        self.hook = hook
        """Set if a library calls the function back with a piece of its data."""
        self.handler = handler
        """Set if a library calls the function as a server's handler."""


class Callers:
    """Call sites of functions and classes of the target."""

    def __init__(self, evaluator: "Evaluator") -> None:
        self.evaluator = evaluator
        self._known: dict[int, list[CallSite]] = {}
        self._searching: dict[int, int] = {}

    def of(self, scope: Scope) -> list[CallSite]:
        """Every call site of a function; for a constructor, of its class."""
        known = self._known.get(id(scope))
        if known is None:
            if id(scope) in self._searching:
                self.evaluator.cut(self._searching[id(scope)])
                return []
            self._searching[id(scope)] = self.evaluator.level
            known = list(islice(self._search(scope), MAX_SITES))
            if not is_test_like(scope.path):
                # tests say how a function may be called; the program says how it is
                known = [site for site in known if not is_test_like(site.scope.path)] or known
            del self._searching[id(scope)]
            if not self.evaluator.spent:
                self._known[id(scope)] = known
        return known

    def _search(self, scope: Scope) -> Iterator[CallSite]:
        owner = scope.enclosing_class
        if owner is not None and scope.name in ("__init__", "__post_init__", "__new__"):
            yield from self.constructions(owner)
            yield from self._super_calls(owner, scope.name)
            return
        if isinstance(scope.node, ast.Lambda):
            yield from self._references_of_lambda(scope)
            return
        if scope.name == "__call__" and owner is not None:
            return
        found = False
        for caller, line, name in self._mentions(scope):
            for site in self._at(caller, line, name, scope):
                found = True
                yield site
        if not found:
            for site in self._through_holders(scope):
                found = True
                yield site
        if not found:
            yield from self._dispatched(scope)

    def _mentions(self, scope: Scope) -> Iterator[tuple[Scope, int, str]]:
        """(scope, line, name used there) of every mention of the function, under its own or an imported name."""
        project = self.evaluator.project
        mentions = project.mentions(scope.name)
        near: set[str] | None = None
        if len(mentions) > MAX_MENTIONS or scope.name in ORDINARY_NAMES:
            near = self._near(scope)
        for path, line in sorted(mentions, key=lambda place: distance(scope.path, place[0])):
            if near is not None and path not in near:
                continue
            if not _may_use(project.code(path, line), scope):
                continue
            if self.evaluator.spent:
                return
            caller = project.scope_at(path, line)
            if caller is None:
                continue
            yield caller, line, scope.name
            if " as " in project.code(path, line):
                for alias in self._aliases(caller, scope.name):
                    for other in project.mentions_in(path, alias):
                        user = project.scope_at(path, other)
                        if user is not None:
                            yield user, other, alias

    def _near(self, scope: Scope) -> set[str]:
        """Files that also mention the function's class (or a relative of it) or its module."""
        project = self.evaluator.project
        owner = scope.enclosing_class
        if owner is None:
            stem = scope.path.removesuffix("/__init__.py").removesuffix(".py").rpartition("/")[2]
            near = {scope.path, *(path for path, _ in project.mentions(stem))}
            imported = re.compile(rf"\bimport\b.*\b{re.escape(scope.name)}\b|^{re.escape(scope.name)},?$")
            near |= {path for path, line in project.mentions(scope.name) if imported.search(project.code(path, line))}
            return near
        family = self.evaluator.fields.classes.family(owner)
        near = {relative.path for relative in family}
        for relative in family:
            near |= {path for path, _ in project.mentions(relative.name)}
        return near

    @staticmethod
    def _aliases(scope: Scope, name: str) -> list[str]:
        """Other names under which a scope imports `name`."""
        return [
            binding.name
            for bindings in scope.facts.bindings.values()
            for binding in bindings
            if binding.kind == "import" and str(binding.target).endswith(name) and binding.name != name
        ]

    # --- sites at one mention

    def _at(self, caller: Scope, line: int, name: str, scope: Scope) -> Iterator[CallSite]:
        for inner in within(caller):
            facts = inner.facts
            for call in facts.calls_named(name):
                if self._line_of_name(call.func) == line and self._calls(call, inner, scope):
                    on_self = isinstance(call.func, ast.Attribute) and is_self(call.func.value, inner)
                    frame = self.evaluator.root(inner)
                    yield CallSite(self.evaluator.calls.arguments(call, frame), inner, on_self=on_self)
            for reference in facts.references(name):
                if self._line_of_name(reference) == line:
                    parent = facts.parents.get(reference)
                    if not (isinstance(parent, ast.Call) and parent.func is reference) and not isinstance(parent, ast.Attribute):
                        yield from self.referenced(reference, inner, facts, scope)

    @staticmethod
    def _line_of_name(node: ast.expr) -> int:
        """The line the last part of a dotted name stands on."""
        return (node.end_lineno or node.lineno) if isinstance(node, ast.Attribute) else node.lineno

    def _calls(self, call: ast.Call, caller: Scope, scope: Scope) -> bool:
        """True if the call can enter `scope`, or a method that it overrides or that overrides it."""
        frame = self.evaluator.root(caller)
        owner = scope.enclosing_class
        targets = self.evaluator.calls.targets(call, frame)
        if owner is not None and self._is_telling(scope.name) and isinstance(call.func, ast.Attribute):
            if targets and all(isinstance(target.value, Opaque) for target in targets):
                return True  # nothing is known of the receiver, and few things are called that
        for target in targets:
            value = target.value
            if isinstance(value, Function):
                if value.scope is scope:
                    return True
                other = value.scope.enclosing_class
                if owner and other and value.scope.name == scope.name and self.evaluator.fields.classes.related(owner, other):
                    return True
        return False

    def _is_telling(self, name: str) -> bool:
        """True for a method name of several words that only a handful of classes define."""
        if "_" not in name.strip("_") or len(name) < 10:
            return False
        return len(self.evaluator.project.mentions(name)) <= MAX_MENTIONS // 4

    def constructions(self, owner: Scope) -> Iterator[CallSite]:
        """Calls that construct the class, or a subclass that has no constructor of its own."""
        yield from self._own_constructions(owner)
        classes = self.evaluator.fields.classes
        wanted = [owner]
        wanted += [item for item in classes.subclasses(owner) if not any(child.name == "__init__" for child in item.children)]
        for current in wanted:
            for caller, line, name in self._mentions(current):
                for inner in within(caller):
                    frame = self.evaluator.root(inner)
                    for call in inner.facts.calls_named(name):
                        if self._line_of_name(call.func) == line:
                            if any(
                                isinstance(target.value, Class) and target.value.scope is current
                                for target in self.evaluator.calls.targets(call, frame)
                            ):
                                yield CallSite(self.evaluator.calls.arguments(call, frame), inner)
                    yield from self._handed_on(inner, line, name, current)

    def _handed_on(self, holder: Scope, line: int, name: str, owner: Scope) -> Iterator[CallSite]:
        """The class is passed to something that calls it: `partial(Class, …)`, `submit(Class, …)`."""
        facts = holder.facts
        frame = self.evaluator.root(holder)
        for reference in facts.references(name):
            if self._line_of_name(reference) == line:
                call, place = enclosing_call(reference, facts)
                if call is not None and any(
                    isinstance(item.value, Class) and item.value.scope is owner for item in self.evaluator.values(reference, frame)
                ):
                    yield from (site for site in self.passed(call, place, holder, frame) if site.hook is None)

    def _own_constructions(self, owner: Scope) -> Iterator[CallSite]:
        """`cls(…)` in class methods of the class and its bases."""
        for current in self.evaluator.fields.classes.inherited(owner):
            for method in current.children:
                first = method.node.args.args[:1] if isinstance(method.node, (ast.FunctionDef, ast.AsyncFunctionDef)) else []
                if not first or not any(last_name(item) == "classmethod" for item in method.decorators()):
                    continue
                for inner in within(method):
                    for call in inner.facts.calls:
                        if isinstance(call.func, ast.Name) and call.func.id == first[0].arg:
                            yield CallSite(self.evaluator.calls.arguments(call, self.evaluator.root(inner)), inner)

    def _super_calls(self, owner: Scope, method: str) -> Iterator[CallSite]:
        """`super().__init__(…)` in subclasses."""
        for subclass in self.evaluator.fields.classes.subclasses(owner):
            for child in subclass.children:
                for call in child.facts.calls if child.name == method else ():
                    function = call.func
                    if isinstance(function, ast.Attribute) and function.attr == method:
                        if any(
                            isinstance(target.value, Function) and target.value.scope.enclosing_class is owner
                            for target in self.evaluator.calls.targets(call, self.evaluator.root(child))
                        ):
                            arguments = self.evaluator.calls.arguments(call, self.evaluator.root(child))
                            yield CallSite(arguments, child, on_self=True)

    # --- functions as values

    def _through_holders(self, scope: Scope) -> Iterator[CallSite]:
        """Calls of what a table holds: `handlers = {"run": self.run}` … `handlers[name](message)`."""
        holders: set[str] = set()
        for caller, line, name in self._mentions(scope):
            for reference in caller.facts.references(name):
                if self._line_of_name(reference) == line:
                    holders |= _held_under(reference, caller.facts)
        for holder in sorted(holders):
            seen: set[int] = set()
            for around, _ in self.evaluator.project.scopes_mentioning(holder):
                if id(around) not in seen and len(seen) < MAX_SITES:
                    seen.add(id(around))
                    yield from self._indirect(around, scope)

    def _indirect(self, caller: Scope, scope: Scope) -> Iterator[CallSite]:
        """Calls of a variable or item that turns out to be the function."""
        for inner in within(caller):
            for call in inner.facts.calls:
                function = call.func
                bindings = inner.facts.bindings.get(function.id, ()) if isinstance(function, ast.Name) else ()
                variable = any(binding.kind in ("assign", "for") for binding in bindings)
                if (variable or isinstance(function, (ast.Subscript, ast.Call))) and self._calls(call, inner, scope):
                    yield CallSite(self.evaluator.calls.arguments(call, self.evaluator.root(inner)), inner)

    def referenced(self, reference: ast.expr, holder: Scope, facts: Facts, scope: Scope) -> Iterator[CallSite]:
        """Call sites that follow from passing the function on as a value."""
        call, place = enclosing_call(reference, facts)
        if call is None:
            return
        frame = self.evaluator.root(holder)
        if not any(
            isinstance(item.value, Function) and item.value.scope is scope for item in self.evaluator.values(reference, frame)
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
            api = value.name if isinstance(value, External) else value.api if isinstance(value, Bound) else ""
            for apply in catalog.applies.get(api, ()):
                if matches(apply.function, place):
                    yield CallSite(_called_later(applied_arguments(apply, arguments, call), apply, call, holder), holder)
            for hook in catalog.hooks.get(api, ()):
                if matches(hook.function, place):
                    yield CallSite(arguments, holder, hook=hook)
            for handler in catalog.registers.get(api, ()):
                if matches(handler.function, place):
                    yield CallSite(arguments, holder, handler=handler)

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
                elif any(isinstance(arg, ast.Name) and arg.id == name for arg in call.args):
                    index = next(i for i, arg in enumerate(call.args) if isinstance(arg, ast.Name) and arg.id == name)
                    if inner is not scope or scope.name != last_name(call.func):
                        yield from self._applied_again(call, str(index), inner, frame)
        owner = scope.enclosing_class
        for store in scope.facts.stores if owner is not None else ():
            if isinstance(store.target, ast.Attribute) and isinstance(store.value, ast.Name) and store.value.id == name:
                assert owner is not None
                yield from self._attribute_calls(owner, store.target.attr)

    def _applied_again(self, call: ast.Call, place: str, holder: Scope, frame: Frame) -> Iterator[CallSite]:
        """The parameter is handed to a library that calls its argument."""
        arguments = self.evaluator.calls.arguments(call, frame)
        for target in self.evaluator.calls.targets(call, frame):
            value = target.value
            api = value.name if isinstance(value, External) else value.api if isinstance(value, Bound) else ""
            for apply in self.evaluator.catalog.applies.get(api, ()):
                if matches(apply.function, place):
                    yield CallSite(applied_arguments(apply, arguments, call), holder)

    def _attribute_calls(self, owner: Scope, attribute: str) -> Iterator[CallSite]:
        """`self.<attribute>(…)` in the methods of a class's family."""
        for current in self.evaluator.fields.classes.family(owner):
            for line in self.evaluator.project.mentions_in(current.path, attribute):
                if current.start <= line <= current.end:
                    scope = self.evaluator.project.scope_at(current.path, line)
                    for inner in within(scope) if scope is not None else ():
                        for call in inner.facts.calls:
                            function = call.func
                            if isinstance(function, ast.Attribute) and function.attr == attribute and call.func.lineno == line:
                                yield CallSite(self.evaluator.calls.arguments(call, self.evaluator.root(inner)), inner)

    def _references_of_lambda(self, scope: Scope) -> Iterator[CallSite]:
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
                for call in holder.facts.calls:
                    if isinstance(call.func, ast.Name) and call.func.id == name:
                        yield CallSite(self.evaluator.calls.arguments(call, frame), holder)

    def _dispatched(self, scope: Scope) -> Iterator[CallSite]:
        """`rpc("method_name", (argument,))`: a call by the function's name in a string."""
        if scope.name in ORDINARY_NAMES or len(scope.name) < 6:
            return
        project = self.evaluator.project
        mentions = project.mentions(scope.name)
        for path, line in mentions if len(mentions) <= MAX_MENTIONS else ():
            code = project.code(path, line)
            if f'"{scope.name}"' not in code and f"'{scope.name}'" not in code:
                continue
            caller = project.scope_at(path, line)
            for inner in within(caller) if caller is not None else ():
                for call in inner.facts.calls:
                    for index, argument in enumerate(call.args):
                        if isinstance(argument, ast.Constant) and argument.value == scope.name and argument.lineno == line:
                            yield CallSite(self._by_name(call, index, inner), inner)

    def _by_name(self, call: ast.Call, index: int, caller: Scope) -> Arguments:
        following = list(call.args[index + 1 :])
        spread = next((keyword.value for keyword in call.keywords if keyword.arg == "args"), None)
        if spread is None and len(following) == 1 and isinstance(following[0], (ast.Tuple, ast.List)):
            spread = following[0]
        if isinstance(spread, (ast.Tuple, ast.List)):
            following = list(spread.elts)
        keywords = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg not in (None, "args", "kwargs")}
        return Arguments(call, following, {k: v for k, v in keywords.items() if k}, self.evaluator.root(caller))


def distance(home: str, path: str) -> tuple[bool, int]:
    """How far a file is from another: test-like files last, then by folders not shared."""
    parts, others = home.split("/"), path.split("/")
    shared = 0
    for one, other in zip(parts, others, strict=False):
        if one != other:
            break
        shared += 1
    return is_test_like(path) and path != home, len(parts) + len(others) - 2 * shared


def within(scope: Scope) -> Iterator[Scope]:
    """The scope and the lambdas written in it."""
    yield scope
    for inner in scope.facts.lambdas:
        yield from within(inner)


def _called_later(given: Arguments, apply: Apply, call: ast.Call, holder: Scope) -> Arguments:
    """The arguments of `partial(f, a)(b)`: those given in advance, then those of the call."""
    parent = holder.facts.parents.get(call)
    if apply.result != "callable" or not isinstance(parent, ast.Call) or parent.func is not call:
        return given
    keywords = {keyword.arg: keyword.value for keyword in parent.keywords if keyword.arg is not None}
    return Arguments(parent, [*given.positional, *parent.args], {**given.keywords, **keywords}, given.frame, given.spreads)


def _may_use(code: str, scope: Scope) -> bool:
    """False if a line that mentions the function surely doesn't use it: another definition, an import, a comment."""
    if code.startswith(("#", f"def {scope.name}", f"async def {scope.name}", f"class {scope.name}")):
        return False
    if code.startswith(("from ", "import ")):
        return " as " in code
    if scope.enclosing_class is None or scope.is_class:
        return True
    return f".{scope.name}" in code or f'"{scope.name}"' in code or f"'{scope.name}'" in code or f"={scope.name}" in code


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


def enclosing_call(node: ast.AST, facts: Facts) -> tuple[ast.Call | None, str]:
    """The call that `node` is an argument of, and its position or keyword there."""
    parent = facts.parents.get(node)
    keyword = ""
    if isinstance(parent, ast.keyword):
        keyword, parent = parent.arg or "", facts.parents.get(parent)
    if not isinstance(parent, ast.Call):
        return None, ""
    if keyword:
        return parent, keyword
    position = next((index for index, argument in enumerate(parent.args) if argument is node), None)
    return (parent, str(position)) if position is not None else (None, "")


def parameter_at(scope: Scope, place: str) -> str:
    """Name of the parameter that a call's position (without self) or keyword fills."""
    if not isinstance(scope.node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        return ""
    arguments = scope.node.args
    names = [arg.arg for arg in (*arguments.posonlyargs, *arguments.args)]
    if not place.isdigit():
        return place if place in (*names, *(arg.arg for arg in arguments.kwonlyargs)) else ""
    if scope.enclosing_class is not None:
        names = names[1:]
    return names[int(place)] if int(place) < len(names) else ""


def call_argument(site: CallSite, selector: str) -> ast.expr | None:
    """The argument of a call site that a selector names."""
    return expression(selector, site.arguments)
