"""The channel a source reads from -> its bind and connect calls -> its endpoints."""

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from gnomon.core.endpoint import Basis, Endpoint, Evidence, Reach, Role, Transport
from gnomon.core.model import EndpointModel
from gnomon.python.facts import FUNCTIONS
from gnomon.python.scopes import Scope
from gnomon.scan.addresses import Address, Addresses, Hole, Parts_, judged
from gnomon.scan.callers import within
from gnomon.scan.calls import library_target
from gnomon.scan.selectors import expression, holds, selected
from gnomon.scan.selfhood import is_self
from gnomon.scan.values import Arguments, Class, Found, Frame, Instance, Opaque, Outside, Result, Value

if TYPE_CHECKING:
    from gnomon.core.site import CodeSite
    from gnomon.scan.evaluate import Evaluator

MAX_FILES = 60
"""Files searched for the bind and connect calls of one channel."""
MAX_BELONGS = 5
REACH_ORDER: tuple[Reach, ...] = ("any-host", "configurable", "unknown", "this-host", "process")


class EndpointCall(Struct, frozen=True):
    """A call that gives a channel an address."""

    model: EndpointModel
    node: ast.AST
    arguments: Arguments
    receivers: tuple[Found, ...]
    by_place: bool = False
    """True if it was matched by the name the channel is kept under, not by the object itself."""


class Channels:
    """Endpoints of channels."""

    def __init__(self, evaluator: "Evaluator") -> None:
        self.evaluator = evaluator
        self.addresses = Addresses(evaluator)
        self._known: dict[tuple[object, ...], list[Endpoint]] = {}
        self._active: set[tuple[object, ...]] = set()
        self._names_known: dict[str, set[str]] = {}

    def endpoints(self, outside: Outside) -> list[Endpoint]:
        """Every endpoint the data can have come through, worst first; never empty."""
        found: list[Endpoint] = []
        for channel in outside.channels:
            found += self.of(channel)
        if not found and outside.server:
            found += self._of_server(outside.server)
        if not found:
            found.append(Endpoint(transport=_transport_of_kind(outside.kind), reach=_reach_of_kind(outside.kind)))
        return sorted(found, key=lambda endpoint: (not endpoint.peer_chosen_by_request, REACH_ORDER.index(endpoint.reach)))

    def of(self, channel: Found, depth: int = 0) -> list[Endpoint]:
        """Endpoints of one channel."""
        value = channel.value
        key = value.key
        if key in self._known:
            return self._known[key]
        if key in self._active or depth > MAX_BELONGS:
            return []
        self._active.add(key)
        try:
            found = self._find(channel, value, depth)
        finally:
            self._active.discard(key)
        self._known[key] = found
        return found

    def _find(self, channel: Found, value: Value, depth: int) -> list[Endpoint]:
        if isinstance(value, Instance):
            found = [endpoint for owner in value.belongs for endpoint in self.of(owner, depth + 1)]
            found += self._called(value)
            if not found:
                found = [endpoint for server in self.servers_of(value) for endpoint in self.of(server, depth + 1)]
            if not found:
                found = self._served(value)
            found = self._through_proxies(value, found, depth)
            type_name = self._type_name(value)
            return found or (self._of_server(type_name) if type_name else [])
        if isinstance(value, (Opaque, Result)):
            calls = list(self._at_place(channel, value))
            return [self._endpoint(call, "") for call in calls]
        return []

    def _type_name(self, value: Instance) -> str:
        if isinstance(value.type, str):
            return value.type
        for base in self.evaluator.fields.classes.library_bases(value.type):
            if base in self.evaluator.catalog.types:
                return base
        return ""

    def _of_server(self, type_name: str) -> list[Endpoint]:
        """The endpoint of a channel without an address of its own, as its type's model describes it."""
        model = self.evaluator.catalog.types.get(type_name)
        if model is None or not (model.reach_note or model.role != "unknown"):
            return []
        reach: Reach = "this-host" if model.transport in ("ipc", "shm") else "configurable"
        if model.transport == "inproc":
            reach = "process"
        note = model.reach_note or f"the model of {type_name} says so"
        return [
            Endpoint(
                role=model.role,
                transport=model.transport,
                reach=reach,
                evidence=(Evidence(claim="reach", basis="assumed", note=note),),
            )
        ]

    # --- calls that give the channel an address

    def _called(self, value: Instance) -> list[Endpoint]:
        type_name = self._type_name(value)
        calls = [*self._constructed(value), *self._in_frames(value, type_name)]
        if not calls:
            calls = list(self._elsewhere(value, type_name))
        if not calls:
            calls = list(self._at_place(Found(value), value))
        return [self._endpoint(call, type_name) for call in calls]

    def _constructed(self, value: Instance) -> list[EndpointCall]:
        """The address given when the channel was made."""
        if not isinstance(value.node, ast.Call) or value.frame is None:
            return []
        found: list[EndpointCall] = []
        arguments = self.evaluator.calls.arguments(value.node, value.frame)
        for api, receivers in self._apis(value.node, value.frame):
            for model in self.evaluator.catalog.endpoints.get(api, ()):
                if model.channel == "return" and self._applies(model, arguments, receivers):
                    found.append(EndpointCall(model, value.node, arguments, receivers))
        return found

    def _apis(self, call: ast.Call, frame: Frame) -> list[tuple[str, tuple[Found, ...]]]:
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

    def _applies(self, model: EndpointModel, arguments: Arguments, receivers: tuple[Found, ...]) -> bool:
        return not any(holds(self.evaluator, condition, arguments, receivers) for condition in model.unless)

    def _names(self, type_name: str) -> set[str]:
        """Names of the calls that can give a channel of this type an address: its methods, and its library's functions."""
        known = self._names_known.get(type_name)
        if known is None:
            catalog = self.evaluator.catalog
            known = {name for name in catalog.endpoint_methods if catalog.member(type_name, name) in catalog.endpoints}
            library = catalog.modules_of(type_name)
            for api, models in catalog.endpoints.items():
                if catalog.modules_of(api) == library and any(item.channel not in ("self", "return") for item in models):
                    known.add(api.rpartition(".")[2])
            self._names_known[type_name] = known
        return known

    def _in_frames(self, value: Instance, type_name: str) -> list[EndpointCall]:
        """Calls in the functions that made the channel, with the arguments they were entered with."""
        found: list[EndpointCall] = []
        frame = value.frame
        names = self._names(type_name)
        while frame is not None:
            for call in frame.scope.facts.calls:
                if self._calls_endpoint(call, names) and self.evaluator.calls.feasible(call, frame):
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
        for api, receivers in self._apis(call, frame):
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
                if id(scope) in inside:
                    continue
                for home in self._frames_into(call, scope):
                    for match in self._matching(call, home, value) if self.evaluator.calls.feasible(call, home) else ():
                        found = True
                        yield match
            if found:
                return

    def _near_files(self, value: Instance, names: set[str]) -> list[str]:
        """Files that may hold the calls: where the channel is made, then files that share its folder, then all."""
        project = self.evaluator.project
        mentioned = {path for name in names for path in project.containing(f".{name}(")}
        roots = [module.encode() for module in self.evaluator.catalog.modules_of(self._type_name(value))]
        mentioned = {path for path in mentioned if any(root in project.data[path] for root in roots)}
        home = value.frame.scope.path if value.frame is not None else ""
        if isinstance(value.type, Scope):
            home = home or value.type.path
        folder = home.rpartition("/")[0]
        order = sorted(mentioned, key=lambda path: (path != home, path.rpartition("/")[0] != folder, path))
        return order[:MAX_FILES]

    def _calls_in(self, path: str, names: set[str]) -> Iterator[tuple[ast.Call, Scope]]:
        project = self.evaluator.project
        seen: set[int] = set()
        for name in names:
            for line in project.mentions_in(path, name):
                around = project.scope_at(path, line)
                for inner in within(around) if around is not None else ():
                    for call in inner.facts.calls_named(name):
                        if id(call) not in seen:
                            seen.add(id(call))
                            yield call, inner

    def _frames_into(self, call: ast.Call, scope: Scope) -> list[Frame]:
        """Frames to look at a call in: one per call site if its channel is a parameter, so that arguments stay together."""
        root = self.evaluator.root(scope)
        node = call.func.value if isinstance(call.func, ast.Attribute) else call
        if isinstance(node, ast.Name) and any(item.kind == "param" for item in scope.facts.bindings.get(node.id, ())):
            if not is_self(node, scope):
                sites = [site for site in self.evaluator.callers.of(scope) if site.hook is None and site.handler is None]
                frames = [self.evaluator.frame(Frame(scope, site.arguments)) for site in sites]
                return frames or [root]
        return [root]

    # --- by the name the channel is kept under

    def _at_place(self, channel: Found, value: Value) -> Iterator[EndpointCall]:
        """Endpoint calls on the same variable or attribute, when the object itself can't be followed."""
        node, frame = getattr(value, "node", None), getattr(value, "frame", None)
        if frame is None or not isinstance(node, (ast.Attribute, ast.Name, ast.Call)):
            return
        place = self._place(node, frame.scope)
        if place is None:
            return
        names = self.evaluator.catalog.endpoint_methods
        for path in {scope.path for scope in self._scopes_of(frame.scope)}:
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

    def _scopes_of(self, scope: Scope) -> list[Scope]:
        owner: Scope | None = scope
        while owner is not None and not owner.is_class:
            owner = owner.parent
        return self.evaluator.fields.classes.family(owner) if owner is not None else [scope]

    def _place(self, node: ast.expr, scope: Scope) -> tuple[object, ...] | None:
        """Identity of a variable, or of an attribute of `self` in a family of classes."""
        while isinstance(node, ast.Subscript):
            node = node.value
        if isinstance(node, ast.Attribute) and is_self(node.value, scope):
            owner: Scope | None = scope
            while owner is not None and not owner.is_class:
                owner = owner.parent
            if owner is None:
                return None
            top = self.evaluator.fields.classes.inherited(owner)[-1]
            return ("attribute", id(top), node.attr)
        if isinstance(node, ast.Name):
            home = self.evaluator.names.owner(node.id, scope)
            return ("name", id(home), node.id) if home is not None else None
        return None

    # --- servers that call handlers

    def servers_of(self, value: Instance) -> list[Found]:
        """Servers that a handler's object is added to: other arguments of calls that it is passed to."""
        owners = [value.type] if isinstance(value.type, Scope) else self._handler_scopes(value)
        wanted = value.type if isinstance(value.type, str) else ""
        if not isinstance(value.node, (ast.arg, *FUNCTIONS)):
            return []
        owner = next((scope for scope in owners if scope.is_class), None)
        if owner is None or not wanted:
            return []
        found: list[Found] = []
        for scope, _ in self.evaluator.project.scopes_mentioning(owner.name):
            frame = self.evaluator.root(scope)
            for call in scope.facts.calls:
                if len(call.args) < 2:
                    continue
                given = [self.evaluator.values(argument, frame) for argument in call.args]
                if any(isinstance(item.value, Instance) and item.value.type is owner for items in given for item in items):
                    found += [
                        item
                        for items in given
                        for item in items
                        if isinstance(item.value, Instance) and item.value.type == wanted and item.value.key != value.key
                    ]
        return found

    def _served(self, value: Instance) -> list[Endpoint]:
        """Endpoints of the servers that were given this class or function as handler."""
        if isinstance(value.type, Scope):
            owners = [value.type] if self.evaluator.parameters.handler_models(value.type) or self._type_name(value) else []
        else:
            # only what a library handed to a function of the target was handed by a server
            owners = self._handler_scopes(value) if isinstance(value.node, (ast.arg, *FUNCTIONS)) else []
        found: list[Endpoint] = []
        for owner in owners:
            for family in self.evaluator.fields.classes.subclasses(owner) if owner.is_class else ():
                found += self._serving(family)
            found += self._serving(owner)
        return found

    def _handler_scopes(self, value: Instance) -> list[Scope]:
        """The function and class around the place where a library handed over the channel."""
        if value.frame is None:
            return []
        scope = value.frame.scope
        owners = [scope] if scope.is_function else []
        return [*owners, scope.enclosing_class] if scope.enclosing_class is not None else owners

    def _serving(self, owner: Scope) -> Iterator[Endpoint]:
        """Endpoint calls that are given `owner` (or an instance, a partial or a lambda of it) as handler."""
        project = self.evaluator.project
        seen: set[int] = set()
        for scope, line in project.scopes_mentioning(owner.name):
            for inner in within(scope):
                for reference in inner.facts.references(owner.name):
                    if reference.end_lineno == line and id(reference) not in seen:
                        seen.add(id(reference))
                        yield from self._given_to(reference, inner)

    def _given_to(self, node: ast.AST, scope: Scope) -> Iterator[Endpoint]:
        """Endpoints of the calls around a handler's name, also around a lambda that holds it."""
        for _ in range(MAX_BELONGS):
            parent = scope.facts.parents.get(node)
            if isinstance(parent, ast.Call):
                arguments = self.evaluator.calls.arguments(parent, self.evaluator.root(scope))
                for api, _receivers in self._apis(parent, arguments.frame):
                    for model in self.evaluator.catalog.endpoints.get(api, ()):
                        given = expression(model.handler, arguments) if model.handler else None
                        if given is not None and (given is node or node in ast.walk(given)):
                            yield self._endpoint(EndpointCall(model, parent, arguments, ()), api)
            if parent is None or isinstance(parent, ast.stmt):
                if isinstance(scope.node, ast.Lambda) and scope.parent is not None:
                    node, scope = scope.node, scope.parent
                    continue
                return
            node = parent

    # --- proxies

    def _through_proxies(self, value: Instance, found: list[Endpoint], depth: int) -> list[Endpoint]:
        """If a proxy feeds this process-internal endpoint, its reach is that of the proxy's other end."""
        inner = [endpoint for endpoint in found if endpoint.transport == "inproc"]
        if not inner or depth > MAX_BELONGS:
            return found
        outer: list[Endpoint] = []
        for api, proxies in self.evaluator.catalog.proxies.items():
            for proxy in proxies:
                for call, scope in self._proxy_calls(api):
                    arguments = self.evaluator.calls.arguments(call, self.evaluator.root(scope))
                    ends = [
                        [endpoint for item in selected(self.evaluator, end, arguments, ()) for endpoint in self.of(item, depth + 1)]
                        for end in proxy.ends
                    ]
                    outer += _other_ends(ends, inner, self._site(call, scope))
        return outer or found

    def _proxy_calls(self, api: str) -> Iterator[tuple[ast.Call, Scope]]:
        name = api.rpartition(".")[2]
        project = self.evaluator.project
        roots = [module.encode() for module in self.evaluator.catalog.modules_of(api)]
        for scope, line in project.scopes_mentioning(name, lambda path: any(root in project.data[path] for root in roots)):
            for inner in within(scope):
                for call in inner.facts.calls_named(name):
                    if call.lineno <= line <= (call.end_lineno or line) and not isinstance(call.func, ast.Call):
                        if any(found == api for found, _ in self._apis(call, self.evaluator.root(inner))):
                            yield call, inner

    # --- one endpoint

    def _endpoint(self, call: EndpointCall, type_name: str) -> Endpoint:
        model, arguments = call.model, call.arguments
        connects = model.role == "connect"
        transport = model.transport
        if transport == "unknown":
            declared = self.evaluator.catalog.types.get(type_name)
            transport = declared.transport if declared is not None else "unknown"
        alternatives = self._alternatives(model, arguments, call.receivers)
        site = self._site(call.node, arguments.frame.scope)
        judged_all: list[Address] = []
        for parts in alternatives:
            bound = self._bound_elsewhere(parts)
            judged_all += bound or [
                judged(parts, connects=connects, transport=transport, empty_is_wildcard=model.empty_is_wildcard)
            ]
        return _combined(judged_all, model.role, transport, site, by_place=call.by_place)

    def _alternatives(
        self, model: EndpointModel, arguments: Arguments, receivers: tuple[Found, ...]
    ) -> list[Parts_]:
        selector = model.address or model.host
        if not selector:
            return [(model.default,)] if model.default else []
        founds = selected(self.evaluator, selector, arguments, receivers)
        if model.address:
            found = self.addresses.of_address(founds, arguments.frame)
        else:
            found = [("\x00pair", *parts) for parts in self.addresses.of_values(founds)]
        if not found and model.default:
            return [("\x00pair", model.default)] if model.host else [(model.default,)]
        return found

    def _bound_elsewhere(self, parts: Parts_) -> list[Address]:
        """An address read back from a bound socket is that socket's own."""
        hole = next((part for part in parts if isinstance(part, Hole) and part.kind == "bound"), None)
        if hole is None or parts[0] is not hole:
            return []
        found = [endpoint for receiver in hole.receivers for endpoint in self.of(receiver, 1)]
        return [
            Address(endpoint.address, endpoint.transport, endpoint.reach, "the address the other end is bound to", True)
            for endpoint in found
        ]

    def _site(self, node: ast.AST, scope: Scope) -> "CodeSite":
        return self.evaluator.site(node, scope)


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


def _other_ends(ends: list[list[Endpoint]], inner: list[Endpoint], site: "CodeSite") -> list[Endpoint]:
    """Endpoints at the far ends of a proxy that has one of `inner`'s addresses at its near end."""
    addresses = {endpoint.address for endpoint in inner}
    found: list[Endpoint] = []
    for index, end in enumerate(ends):
        if any(endpoint.address in addresses and endpoint.transport == "inproc" for endpoint in end):
            for far in (item for other, items in enumerate(ends) if other != index for item in items):
                note = f"a proxy forwards from {far.address} to {sorted(addresses)[0]}"
                evidence = Evidence(claim="reach", basis="inferred", note=note, site=site)
                found.append(
                    Endpoint(
                        role=far.role,
                        transport=far.transport,
                        address=far.address,
                        reach=far.reach,
                        evidence=(*far.evidence, evidence),
                    )
                )
    return found


def _combined(judged_all: list[Address], role: Role, transport: Transport, site: "CodeSite", *, by_place: bool) -> Endpoint:
    """One endpoint from every alternative of its address; the worst decides."""
    if not judged_all:
        evidence = Evidence(claim="role", basis="observed", note=f"the channel {role}s here", site=site)
        return Endpoint(role=role, transport=transport, reach="unknown", evidence=(evidence,))
    worst = min(judged_all, key=lambda address: (not address.from_request, REACH_ORDER.index(address.reach)))
    shown = " or ".join(dict.fromkeys(address.text for address in [worst, *judged_all][:5] if address.text))
    notes = "; otherwise ".join(dict.fromkeys(address.note for address in [worst, *judged_all][:4]))
    basis: Basis = "observed" if worst.observed and not by_place else "inferred"
    verb = {"bind": "binds", "connect": "connects"}.get(role, "is made")
    return Endpoint(
        role=role,
        transport=worst.transport,
        address=shown,
        reach=worst.reach,
        peer_chosen_by_request=worst.from_request,
        evidence=(
            Evidence(claim="role", basis="inferred" if by_place else "observed", note=f"the channel {verb} here", site=site),
            Evidence(claim="reach", basis=basis, note=notes, site=site),
        ),
    )


def _transport_of_kind(kind: str) -> Transport:
    known: dict[str, Transport] = {"http": "http", "grpc": "grpc", "shared-memory": "shm", "websocket": "http"}
    return known.get(kind, "unknown")


def _reach_of_kind(kind: str) -> Reach:
    return "this-host" if kind == "shared-memory" else "unknown"
