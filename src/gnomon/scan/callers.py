"""Who calls a function or constructs a class: the calls written where its name is mentioned."""

import ast
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import TYPE_CHECKING

from gnomon.core.model import HandlerModel, Hook
from gnomon.python.facts import Facts, last_name
from gnomon.python.project import is_test_like, module_name
from gnomon.python.scopes import Scope
from gnomon.scan.calls import ORDINARY_NAMES
from gnomon.scan.questions import NEVER
from gnomon.scan.selfhood import is_self
from gnomon.scan.values import Arguments, Class, Frame, Function, Opaque

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
        self._nearest: dict[int, list[CallSite]] = {}
        """Those that were found before the budget was spent: not all, and enough to go on with in the same question."""
        self._searching: dict[int, int] = {}

    def of(self, scope: Scope) -> list[CallSite]:
        """Every call site of a function; for a constructor, of its class."""
        known = self._known.get(id(scope))
        if known is None and self.evaluator.extended and (known := self._nearest.get(id(scope))) is not None:
            self.evaluator.cut(NEVER)
        if known is None:
            if id(scope) in self._searching:
                self.evaluator.cut(self._searching[id(scope)])
                return []
            self._searching[id(scope)] = self.evaluator.level
            known = list(islice(self._search(scope, scope.path), MAX_SITES))
            if not known and not is_test_like(scope.path):
                # what the program never calls is called by its users: tests show how
                known = list(islice(self._search(scope, None), MAX_SITES))
            del self._searching[id(scope)]
            if self.evaluator.whole:
                self._known[id(scope)] = known
            elif known and not self._searching:
                # A name such as `decode` is in every file: looking for more calls must not take what one needs.
                self._nearest[id(scope)] = known
                self.evaluator.extend()
                self.evaluator.cut(NEVER)
        return known

    def _search(self, scope: Scope, asker: str | None) -> Iterator[CallSite]:
        owner = scope.enclosing_class
        if owner is not None and scope.name in ("__init__", "__post_init__", "__new__"):
            yield from self.constructions(owner, asker)
            yield from self._super_calls(owner, scope.name)
            return
        if isinstance(scope.node, ast.Lambda):
            yield from self.evaluator.callbacks.of_lambda(scope)
            return
        if scope.name == "__call__" and owner is not None:
            return
        found: list[CallSite] = []
        for caller, line, name in self.mentions(scope, asker):
            for site in self._at(caller, line, name, scope):
                found.append(site)
                yield site
        if not found:
            for site in self.evaluator.callbacks.renamed(scope):
                found.append(site)
                yield site
        if not found:
            for site in self.evaluator.callbacks.through_holders(scope):
                found.append(site)
                yield site
        if not found:
            yield from self.evaluator.callbacks.dispatched(scope)

    def mentions(self, scope: Scope, asker: str | None) -> Iterator[tuple[Scope, int, str]]:
        """(scope, line, name used there) of every mention of the function, under its own or an imported name.

        `asker` is as for `Project.mentions`.
        """
        project = self.evaluator.project
        mentions = project.mentions(scope.name, asker)
        near: AbstractSet[str] | None = None
        if len(mentions) > MAX_MENTIONS or scope.name in ORDINARY_NAMES or _is_called_on_class(scope):
            near = self._near(scope, asker)
        away = {path: distance(scope.path, path) for path in {path for path, _ in mentions}}
        for path, line in sorted(mentions, key=lambda place: away[place[0]]):
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
                for alias in self.aliases(caller, scope.name):
                    for place, other in self._mentions_of_alias(path, alias, caller):
                        user = project.scope_at(place, other)
                        if user is not None:
                            yield user, other, alias

    def _mentions_of_alias(self, path: str, alias: str, holder: Scope) -> list[tuple[str, int]]:
        """Where a name given by an import is used: in the file, and wherever it may be imported from there."""
        everywhere = self.evaluator.project.mentions(alias, holder.path) if holder.parent is None else []
        if everywhere and len(everywhere) <= MAX_MENTIONS:
            return everywhere
        return [(path, line) for line in self.evaluator.project.mentions_in(path, alias)]

    def _near(self, scope: Scope, asker: str | None) -> AbstractSet[str]:
        """Files that also mention the function's class (or a relative of it) or its module."""
        project = self.evaluator.project
        owner = scope.enclosing_class
        if owner is None:
            return {scope.path, *project.naming(module_name(scope.path)), *project.importers(scope.name, asker)}
        bases = self.evaluator.fields.classes.inherited(owner)
        heirs = project.heirs(owner.name, owner.path)
        near = {*(base.path for base in bases), *(path for path, _ in heirs)}
        for name in {*(base.name for base in bases), *(header.name for _, header in heirs)}:
            near.update(project.naming(name))
        return near

    @staticmethod
    def aliases(scope: Scope, name: str) -> list[str]:
        """Other names under which a scope imports `name`."""
        return [
            binding.name
            for bindings in scope.facts.bindings.values()
            for binding in bindings
            if binding.kind == "import" and str(binding.target).endswith(name) and binding.name != name
        ]

    def _at(self, caller: Scope, line: int, name: str, scope: Scope) -> Iterator[CallSite]:
        for inner in caller.with_lambdas():
            facts = inner.facts
            for call in facts.calls_named(name):
                if line_of_name(call.func) == line and self.enters(call, inner, scope):
                    on_self = isinstance(call.func, ast.Attribute) and is_self(call.func.value, inner)
                    frame = self.evaluator.root(inner)
                    yield CallSite(self.evaluator.calls.arguments(call, frame), inner, on_self=on_self)
            for reference in facts.references(name):
                if line_of_name(reference) == line:
                    parent = facts.parents.get(reference)
                    called = isinstance(parent, ast.Call) and parent.func is reference
                    if not called and not isinstance(parent, ast.Attribute):
                        yield from self.evaluator.callbacks.referenced(reference, inner, facts, scope)

    def enters(self, call: ast.Call, caller: Scope, scope: Scope) -> bool:
        """True if the call can enter `scope`, or a method that it overrides or that overrides it."""
        frame = self.evaluator.root(caller)
        owner = scope.enclosing_class
        targets = self.evaluator.calls.targets(call, frame)
        telling = (
            owner is not None and self._is_telling(scope.name, scope.path) and isinstance(call.func, ast.Attribute)
        )
        if telling and targets and all(isinstance(target.value, Opaque) for target in targets):
            return True  # nothing is known of the receiver, and few things are called that
        for target in targets:
            value = target.value
            if isinstance(value, Function):
                if value.scope is scope:
                    return True
                other = value.scope.enclosing_class
                namesake = value.scope.name == scope.name
                if owner and other and namesake and self.evaluator.fields.classes.related(owner, other):
                    return True
        return False

    def _is_telling(self, name: str, asker: str) -> bool:
        """True for a method name of several words that only a handful of classes define."""
        if "_" not in name.strip("_") or len(name) < 10:
            return False
        return len(self.evaluator.project.mentions(name, asker)) <= MAX_MENTIONS // 4

    def constructions(self, owner: Scope, asker: str | None) -> Iterator[CallSite]:
        """Calls that construct the class, or a subclass that has no constructor of its own, for one asker."""
        yield from self._own_constructions(owner)
        classes = self.evaluator.fields.classes
        for current in (owner, *classes.subclasses(owner, without="def __init__")):
            for caller, line, name in self.mentions(current, asker):
                for inner in caller.with_lambdas():
                    yield from self._constructing(inner, line, name, current)

    def _constructing(self, holder: Scope, line: int, name: str, owner: Scope) -> Iterator[CallSite]:
        """Constructions at one mention of the class."""
        frame = self.evaluator.root(holder)
        for call in holder.facts.calls_named(name):
            if line_of_name(call.func) == line and self._constructs(call, frame, owner):
                yield CallSite(self.evaluator.calls.arguments(call, frame), holder)
        yield from self._handed_on(holder, line, name, owner)

    def _constructs(self, call: ast.Call, frame: Frame, owner: Scope) -> bool:
        targets = self.evaluator.calls.targets(call, frame)
        return any(isinstance(target.value, Class) and target.value.scope is owner for target in targets)

    def _handed_on(self, holder: Scope, line: int, name: str, owner: Scope) -> Iterator[CallSite]:
        """The class is passed to something that calls it: `partial(Class, …)`, `submit(Class, …)`."""
        facts = holder.facts
        frame = self.evaluator.root(holder)
        for reference in facts.references(name):
            if line_of_name(reference) == line:
                call, place = enclosing_call(reference, facts)
                if call is not None and any(
                    isinstance(item.value, Class) and item.value.scope is owner
                    for item in self.evaluator.values(reference, frame)
                ):
                    sites = self.evaluator.callbacks.passed(call, place, holder, frame)
                    yield from (site for site in sites if site.hook is None)

    def _own_constructions(self, owner: Scope) -> Iterator[CallSite]:
        """`cls(…)` in class methods of the class and its bases."""
        for current in self.evaluator.fields.classes.inherited(owner):
            for method in current.children:
                function = method.node
                first = function.args.args[:1] if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) else []
                if not first or not any(last_name(item) == "classmethod" for item in method.decorators()):
                    continue
                for inner in method.with_lambdas():
                    for call in inner.facts.calls:
                        if isinstance(call.func, ast.Name) and call.func.id == first[0].arg:
                            yield CallSite(self.evaluator.calls.arguments(call, self.evaluator.root(inner)), inner)

    def _super_calls(self, owner: Scope, method: str) -> Iterator[CallSite]:
        """`super().__init__(…)` in subclasses."""
        for subclass in self.evaluator.fields.classes.subclasses(owner, f"def {method}"):
            for child in subclass.children:
                for call in child.facts.calls if child.name == method else ():
                    function = call.func
                    if not isinstance(function, ast.Attribute) or function.attr != method:
                        continue
                    if any(
                        isinstance(target.value, Function) and target.value.scope.enclosing_class is owner
                        for target in self.evaluator.calls.targets(call, self.evaluator.root(child))
                    ):
                        arguments = self.evaluator.calls.arguments(call, self.evaluator.root(child))
                        yield CallSite(arguments, child, on_self=True)


def distance(home: str, path: str) -> tuple[bool, int]:
    """How far a file is from another: test-like files last, then by folders not shared."""
    parts, others = home.split("/"), path.split("/")
    shared = 0
    for one, other in zip(parts, others, strict=False):
        if one != other:
            break
        shared += 1
    return is_test_like(path) and path != home, len(parts) + len(others) - 2 * shared


def _is_called_on_class(scope: Scope) -> bool:
    """True for a method with a name of one word that callers reach through the class's name (`Group.create(…)`)."""
    if scope.enclosing_class is None or "_" in scope.name.strip("_"):
        return False
    return bool({"classmethod", "staticmethod"} & {last_name(node) for node in scope.decorators()})


def line_of_name(node: ast.expr) -> int:
    """The line the last part of a dotted name stands on."""
    return (node.end_lineno or node.lineno) if isinstance(node, ast.Attribute) else node.lineno


def _may_use(code: str, scope: Scope) -> bool:
    """False if a line that mentions the function surely doesn't use it: another definition, an import, a comment."""
    if code.startswith(("#", f"def {scope.name}", f"async def {scope.name}", f"class {scope.name}")):
        return False
    if code.startswith(("from ", "import ")):
        return " as " in code
    if scope.enclosing_class is None or scope.is_class:
        return True
    return (
        f".{scope.name}" in code or f'"{scope.name}"' in code or f"'{scope.name}'" in code or f"={scope.name}" in code
    )


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
    if scope.enclosing_class is not None and "staticmethod" not in {last_name(node) for node in scope.decorators()}:
        names = names[1:]
    return names[int(place)] if int(place) < len(names) else ""
