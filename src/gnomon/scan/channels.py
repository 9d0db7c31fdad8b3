"""The channel a source reads from -> the endpoints its data can have come through."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from gnomon.core.endpoint import WIDEST_REACH_FIRST, Basis, Decider, Endpoint, Evidence, Reach, Role, Transport
from gnomon.core.model import EndpointModel
from gnomon.scan.addresses import Addresses
from gnomon.scan.addressing import EndpointCall, EndpointCalls
from gnomon.scan.pieces import PAIR, Hole, Pieces
from gnomon.scan.proxies import Proxies
from gnomon.scan.reach import Address, judged
from gnomon.scan.selectors import selected
from gnomon.scan.servers import Servers
from gnomon.scan.values import Arguments, Found, Instance, Opaque, Outside, Result, Value

if TYPE_CHECKING:
    from gnomon.core.site import CodeSite
    from gnomon.scan.evaluate import Evaluator

MAX_BELONGS = 5
"""Channels behind a channel (accepted from, made by, forwarded from) that are asked for an address."""


class Channels:
    """Endpoints of channels."""

    def __init__(self, evaluator: "Evaluator") -> None:
        self.evaluator = evaluator
        self.addresses = Addresses(evaluator, self._reaches)
        self.calls = EndpointCalls(evaluator)
        self.servers = Servers(evaluator, self.calls)
        self.proxies = Proxies(evaluator, self.calls, self.of)
        self._known: dict[tuple[object, ...], list[Endpoint]] = {}
        self._active: set[tuple[object, ...]] = set()
        self._starved: list[tuple[object, ...]] = []
        """Channels for which nothing was found when the budget had run out."""

    def refreshed(self) -> None:
        """Forget what was not found for want of budget: the next question may have more left for it."""
        for key in self._starved:
            self._known.pop(key, None)
        self._starved.clear()

    def endpoints(self, outside: Outside) -> list[Endpoint]:
        """Every endpoint the data can have come through, worst first; never empty."""
        found: list[Endpoint] = []
        roles = [sink.role for sink in self.evaluator.catalog.sinks.get(outside.api, ()) if sink.role != "unknown"]
        for channel in outside.channels:
            found += self._in_role(channel, roles[0]) if roles else self.of(channel)
        if not found and outside.server:
            found += self._of_server(outside.server)
        if not found:
            found.append(Endpoint(transport=_transport_of_kind(outside.kind), reach=_reach_of_kind(outside.kind)))
        return sorted(found, key=lambda item: (not item.peer_chosen_by_request, WIDEST_REACH_FIRST.index(item.reach)))

    def _in_role(self, channel: Found, role: Role) -> list[Endpoint]:
        """Endpoints of a channel whose address says where it is, and what is done with it then which end it is."""
        value = channel.value
        calls = self.calls.of(channel, value) if isinstance(value, Instance) else []
        given = [replace(call, model=replace(call.model, role=role)) for call in calls]
        return [self._endpoint(call, "") for call in given]

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
        if not self.proxies.resolving:
            self._known[key] = found
            if not found and self.evaluator.exhausted:
                self._starved.append(key)
        return found

    def servers_of(self, value: Instance) -> list[Found]:
        """Servers that a handler's object is added to."""
        return self.servers.of(value)

    def _find(self, channel: Found, value: Value, depth: int) -> list[Endpoint]:
        if isinstance(value, (Opaque, Result)):
            return [self._endpoint(call, "") for call in self.calls.at_place(channel, value)]
        if not isinstance(value, Instance):
            return []
        type_name = self.calls.type_name(value)
        found = [endpoint for owner in value.belongs for endpoint in self.of(owner, depth + 1)]
        found += [self._endpoint(call, type_name) for call in self.calls.of(channel, value)]
        if not found:
            found = [endpoint for server in self.servers.of(value) for endpoint in self.of(server, depth + 1)]
        if not found:
            found = [self._endpoint(call, api) for call, api in self.servers.serving(value)]
        found = self.proxies.through(found, depth)
        return found or (self._of_server(type_name) if type_name else [])

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

    def _reaches(self, channel: Found) -> list[Reach]:
        """Who can reach a channel to say an address in it. What a peer of ours answers is for that peer to choose."""
        return [
            endpoint.reach
            for endpoint in self.of(channel, 1)
            if endpoint.role != "connect" or endpoint.peer_chosen_by_request
        ]

    def _endpoint(self, call: EndpointCall, type_name: str) -> Endpoint:
        model, arguments = call.model, call.arguments
        transport = model.transport
        if transport == "unknown":
            declared = self.evaluator.catalog.types.get(type_name)
            transport = declared.transport if declared is not None else "unknown"
        alternatives = self._alternatives(model, arguments, call.receivers)
        if transport == "unknown":
            # the address must name the transport: a word that doesn't is no address, but something else on the same way
            alternatives = [parts for parts in alternatives if not _is_plain_word(parts)] or alternatives
        site = self.evaluator.site(call.node, arguments.frame.scope)
        judged_all: list[Address] = []
        for parts in alternatives:
            bound = self._bound_elsewhere(parts)
            judged_all += bound or [
                judged(parts, role=model.role, transport=transport, empty_is_wildcard=model.empty_is_wildcard)
            ]
        return _combined(judged_all, call, transport, site)

    def _alternatives(self, model: EndpointModel, arguments: Arguments, receivers: tuple[Found, ...]) -> list[Pieces]:
        selector = model.address or model.host
        if not selector:
            return [(model.default,)] if model.default else []
        founds = selected(self.evaluator, selector, arguments, receivers)
        found = self.addresses.given(founds, arguments.frame.scope.path, host=not model.address)
        if not model.address:
            found = [(PAIR, *parts) for parts in found]
        if not found and model.default:
            return [(PAIR, model.default)] if model.host else [(model.default,)]
        return found

    def _bound_elsewhere(self, parts: Pieces) -> list[Address]:
        """An address read back from a bound socket is that socket's own."""
        hole = next((part for part in parts if isinstance(part, Hole) and part.kind == "bound"), None)
        if hole is None or parts[0] is not hole:
            return []
        found = [endpoint for receiver in hole.receivers for endpoint in self.of(receiver, 1)]
        return [
            Address(
                endpoint.address,
                endpoint.transport,
                endpoint.reach,
                f"the other end is bound to this address: {_reach_note(endpoint)}",
                observed=True,
                deciders=endpoint.decided_by,
            )
            for endpoint in found
        ]


def _combined(judged_all: list[Address], call: EndpointCall, transport: Transport, site: "CodeSite") -> Endpoint:
    """One endpoint from every alternative of its address; the worst decides."""
    role = call.model.role
    verb = {"bind": "binds", "connect": "connects"}.get(role, "is made")
    told = f"the channel {verb} here"
    seen: Basis = "inferred" if call.by_place else "observed"
    if call.factory:
        told += f" if `{call.factory}`, which is not in the scanned tree, makes a socket of the context and address"
        seen = "assumed"
    if not judged_all:
        evidence = Evidence(claim="role", basis=seen, note=told, site=site)
        return Endpoint(role=role, transport=transport, reach="unknown", evidence=(evidence,))
    worst = min(judged_all, key=lambda address: (not address.from_request, WIDEST_REACH_FIRST.index(address.reach)))
    shown = " or ".join(dict.fromkeys(address.text for address in [worst, *judged_all][:5] if address.text))
    notes = "; otherwise ".join(dict.fromkeys(address.note for address in [worst, *judged_all][:4]))
    basis: Basis = seen if worst.observed or seen == "assumed" else "inferred"
    return Endpoint(
        role=role,
        transport=worst.transport,
        address=shown,
        reach=worst.reach,
        peer_chosen_by_request=worst.from_request,
        evidence=(
            Evidence(claim="role", basis=seen, note=told, site=site),
            Evidence(claim="reach", basis=basis, note=notes, site=site),
        ),
        decided_by=_deciders(judged_all) if worst.reach == "configurable" else (),
    )


def _deciders(judged_all: list[Address]) -> tuple[Decider, ...]:
    """What decides any of the alternatives, and whether it decides all of them."""
    found = dict.fromkeys(decider for address in judged_all for decider in address.deciders)
    return tuple(
        replace(decider, always=all(decider in address.deciders for address in judged_all)) for decider in found
    )


def _is_plain_word(parts: Pieces) -> bool:
    """True for a literal in which nothing stands that addresses have."""
    return len(parts) == 1 and isinstance(parts[0], str) and parts[0].isidentifier()


def _transport_of_kind(kind: str) -> Transport:
    known: dict[str, Transport] = {"http": "http", "grpc": "grpc", "shared-memory": "shm", "websocket": "http"}
    return known.get(kind, "unknown")


def _reach_of_kind(kind: str) -> Reach:
    return "this-host" if kind == "shared-memory" else "unknown"


def _reach_note(endpoint: Endpoint) -> str:
    """Why an endpoint has its reach."""
    return next((evidence.note for evidence in endpoint.evidence if evidence.claim == "reach"), "no reason known")
