"""The calls that give a channel its address: where it is made, where it is used, or by the name it is kept under."""

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from gnomon.core.model import EndpointModel
from gnomon.python.facts import last_name
from gnomon.python.order import guards
from gnomon.python.scopes import Scope
from gnomon.scan.libraries import library_target
from gnomon.scan.making import makings
from gnomon.scan.selectors import holds, selected
from gnomon.scan.selfhood import is_self
from gnomon.scan.supposed import Supposed
from gnomon.scan.values import Arguments, Class, Found, Frame, Instance, Value

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator

MAX_FILES = 60
"""Files searched for the bind and connect calls of one channel."""


class EndpointCall(Struct, frozen=True):
    """A call that gives a channel an address."""

    model: EndpointModel
    node: ast.AST
    arguments: Arguments
    receivers: tuple[Found, ...]
    by_place: bool = False
    """True if it was matched by the name the channel is kept under, not by the object itself."""
    factory: str = ""
    """The function outside of the target that is taken to make the channel there."""


class EndpointCalls:
    """Finds the calls that give channels their addresses."""

    def __init__(self, evaluator: "Evaluator") -> None:
        self.evaluator = evaluator
        self._names_known: dict[str, set[str]] = {}

    def of(self, channel: Found, value: Instance) -> list[EndpointCall]:
        """The calls that give an object its address; those on its name only if the object can't be followed to any."""
        type_name = self.type_name(value)
        calls = [*self._constructed(value), *self._in_frames(value, type_name, _ways_out(channel, value))]
        if not calls:
            calls = list(self._elsewhere(value, type_name))
        return calls or list(self.at_place(Found(value), value))

    def type_name(self, value: Instance) -> str:
        """The library type of an object, also of a class of the target derived from one; "" if there is none."""
        if isinstance(value.type, str):
            return value.type
        for base in self.evaluator.fields.classes.library_bases(value.type):
            if base in self.evaluator.catalog.types:
                return base
        return ""

    def apis(self, call: ast.Call, frame: Frame) -> list[tuple[str, tuple[Found, ...]]]:
        """Library APIs a call can be, also the library base of a class of the target that it constructs."""
        found: list[tuple[str, tuple[Found, ...]]] = []
        for target in self.evaluator.calls.targets(call, frame):
            api, receivers = library_target(target.value)
            if api:
                found.append((api, receivers))
            elif isinstance(target.value, Class):
                bases = self.evaluator.fields.classes.library_bases(target.value.scope)
                found += [(base, ()) for base in bases if base in self.evaluator.catalog.endpoints]
        return found

    def _constructed(self, value: Instance) -> list[EndpointCall]:
        """The address given when the channel was made."""
        if isinstance(value, Supposed) and value.node is not None:
            return [EndpointCall(value.endpoint, value.node, value.given, (), factory=value.endpoint.api[0])]
        return [
            EndpointCall(model, made.node, made.arguments, made.receivers)
            for made in makings(self.evaluator, value)
            for model in self.evaluator.catalog.endpoints.get(made.api, ())
            if model.channel == "return" and self._applies(model, made.arguments, made.receivers)
        ]

    def _applies(self, model: EndpointModel, arguments: Arguments, receivers: tuple[Found, ...]) -> bool:
        return not any(holds(self.evaluator, condition, arguments, receivers) for condition in model.unless)

    def _names(self, type_name: str) -> set[str]:
        """Names of calls that can give a channel of this type an address: its methods, its library's functions."""
        known = self._names_known.get(type_name)
        if known is None:
            catalog = self.evaluator.catalog
            known = {name for name in catalog.endpoint_methods if catalog.member(type_name, name) in catalog.endpoints}
            library = catalog.modules_of(type_name)
            for api, models in catalog.endpoints.items():
                given = any(item.channel not in ("self", "return") for item in models)
                if given and catalog.modules_of(api) == library:
                    known.add(api.rpartition(".")[2])
            self._names_known[type_name] = known
        return known

    def _in_frames(self, value: Instance, type_name: str, needed: dict[ast.expr, bool]) -> list[EndpointCall]:
        """Calls in the functions that made the channel, with the arguments they were entered with.

        A call is left out if it can't run on the way by which the channel was handed out.
        """
        found: list[EndpointCall] = []
        frame = value.frame
        names = self._names(type_name)
        while frame is not None:
            for call in frame.scope.facts.calls:
                if not self._calls_endpoint(call, names) or _contradicts(call, frame, needed):
                    continue
                if self.evaluator.calls.feasible(call, frame):
                    found += self._matching(call, frame, value)
            frame = frame.arguments.frame if frame.arguments is not None else None
        return found

    @staticmethod
    def _calls_endpoint(call: ast.Call, names: set[str]) -> bool:
        last = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        return last in names

    def _matching(self, call: ast.Call, frame: Frame, value: Instance) -> Iterator[EndpointCall]:
        """The endpoint calls that `call` is, if its channel can be `value`."""
        arguments = self.evaluator.calls.arguments(call, frame)
        for api, receivers in self.apis(call, frame):
            for model in self.evaluator.catalog.endpoints.get(api, ()):
                if model.channel == "return" or not self._applies(model, arguments, receivers):
                    continue
                channels = selected(self.evaluator, model.channel, arguments, receivers)
                if model.channel == "self" and isinstance(call.func, ast.Attribute):
                    channels = self.evaluator.values(call.func.value, frame)
                if any(same_object(item.value, value) for item in channels):
                    yield EndpointCall(model, call, arguments, receivers)
                    return

    def _elsewhere(self, value: Instance, type_name: str) -> Iterator[EndpointCall]:
        """Calls in other functions, nearest files first; stops at the first file that has one."""
        names = self._names(type_name)
        if not names:
            return
        inside = set()
        frame = value.frame
        while frame is not None:
            inside.add(id(frame.scope))
            frame = frame.arguments.frame if frame.arguments is not None else None
        for path in self._near_files(value, names):
            if self.evaluator.spent:
                return
            found = False
            for call, scope in self._calls_in(path, names):
                if id(scope) not in inside:
                    for match in self._matching_in(call, scope, value):
                        found = True
                        yield match
            if found:
                return

    def _matching_in(self, call: ast.Call, scope: Scope, value: Instance) -> Iterator[EndpointCall]:
        """As `_matching`, for every way into the function around the call."""
        for home in self._frames_into(call, scope):
            if self.evaluator.calls.feasible(call, home):
                yield from self._matching(call, home, value)

    def _near_files(self, value: Instance, names: set[str]) -> list[str]:
        """Files that may hold the calls: where the channel is made, then files that share its folder, then all."""
        project = self.evaluator.project
        mentioned = {path for name in names for path in project.containing(f".{name}(")}
        roots = [module.encode() for module in self.evaluator.catalog.modules_of(self.type_name(value))]
        mentioned = {path for path in mentioned if any(root in project.data[path] for root in roots)}
        home = value.frame.scope.path if value.frame is not None else ""
        if isinstance(value.type, Scope):
            home = home or value.type.path
        folder = home.rpartition("/")[0]
        order = sorted(mentioned, key=lambda path: (path != home, path.rpartition("/")[0] != folder, path))
        return order[:MAX_FILES]

    def _calls_in(self, path: str, names: set[str]) -> Iterator[tuple[ast.Call, Scope]]:
        for name in sorted(names):
            yield from self.evaluator.project.calls_in(path, name)

    def _frames_into(self, call: ast.Call, scope: Scope) -> list[Frame]:
        """Frames to look at a call in: one per call site if its channel is a parameter, so that arguments match."""
        root = self.evaluator.root(scope)
        node = call.func.value if isinstance(call.func, ast.Attribute) else call
        if not isinstance(node, ast.Name) or is_self(node, scope):
            return [root]
        if not any(item.kind == "param" for item in scope.facts.bindings.get(node.id, ())):
            return [root]
        sites = [site for site in self.evaluator.callers.of(scope) if site.hook is None and site.handler is None]
        return [self.evaluator.frame(Frame(scope, site.arguments)) for site in sites] or [root]

    def at_place(self, channel: Found, value: Value) -> Iterator[EndpointCall]:
        """Endpoint calls on the same variable or attribute, when the object itself can't be followed."""
        node, frame = getattr(value, "node", None), getattr(value, "frame", None)
        if frame is None or not isinstance(node, (ast.Attribute, ast.Name, ast.Call)):
            return
        place = self._place(node, frame.scope)
        if place is None:
            return
        names = self.evaluator.catalog.endpoint_methods
        for path in sorted(self._files_of(frame.scope, node)):
            for call, scope in self._calls_in(path, names):
                if isinstance(call.func, ast.Attribute) and self._place(call.func.value, scope) == place:
                    home = self.evaluator.root(scope)
                    for model in self._models_named(call.func.attr):
                        arguments = self.evaluator.calls.arguments(call, home)
                        yield EndpointCall(model, call, arguments, (channel,), by_place=True)
                        break

    def _models_named(self, name: str) -> list[EndpointModel]:
        catalog = self.evaluator.catalog
        return [
            model
            for api, models in catalog.endpoints.items()
            if api.rpartition(".")[2] == name
            for model in models
            if model.channel == "self" and catalog.types.get(api.rpartition(".")[0]) is not None
        ]

    def _files_of(self, scope: Scope, node: ast.expr) -> set[str]:
        """Files in which the variable or attribute `node` of a scope can stand."""
        owner = scope.class_around
        if owner is None:
            return {scope.path}
        while isinstance(node, (ast.Subscript, ast.Call)):
            node = node.value if isinstance(node, ast.Subscript) else node.func
        return {item.path for item in self.evaluator.fields.classes.family(owner, last_name(node))}

    def _place(self, node: ast.expr, scope: Scope) -> tuple[object, ...] | None:
        """Identity of a variable, or of an attribute of `self` in a family of classes."""
        while isinstance(node, ast.Subscript):
            node = node.value
        if isinstance(node, ast.Attribute) and is_self(node.value, scope):
            owner = scope.class_around
            if owner is None:
                return None
            top = self.evaluator.fields.classes.inherited(owner)[-1]
            return ("attribute", id(top), node.attr)
        if isinstance(node, ast.Name):
            home = self.evaluator.names.owner(node.id, scope)
            return ("name", id(home), node.id) if home is not None else None
        return None


def _ways_out(channel: Found, value: Instance) -> dict[ast.expr, bool]:
    """The tests that stand before the `return` that handed the channel out of the function that made it."""
    frame = value.frame
    if frame is None or channel.trail is None:
        return {}
    returns = [step for step in channel.trail.steps() if step.role == "return" and step.frame.key == frame.key]
    return dict(guards(returns[-1].node, frame.scope.facts)) if returns else {}


def _contradicts(call: ast.Call, frame: Frame, needed: dict[ast.expr, bool]) -> bool:
    """True if a test that stands before the call must come out otherwise for it to run."""
    return bool(needed) and any(
        needed.get(test, outcome) is not outcome for test, outcome in guards(call, frame.scope.facts)
    )


def same_object(one: Value, other: Value) -> bool:
    """True if two values are the same object, made by the same call on the same way (as far as both ways are known)."""
    if not isinstance(one, Instance) or not isinstance(other, Instance):
        return False
    if (one.node is None or other.node is None) and isinstance(one.type, Scope):
        return one.type is other.type  # `self` seen from anywhere is any instance of its class
    if one.node is not other.node or (one.type is not other.type and one.type != other.type):
        return False
    if one.node is None:
        return isinstance(one.type, Scope)
    left, right = one.frame, other.frame
    while left is not None and right is not None and left.arguments is not None and right.arguments is not None:
        if left.arguments.node is not right.arguments.node:
            return False
        left, right = left.arguments.frame, right.arguments.frame
    return True
