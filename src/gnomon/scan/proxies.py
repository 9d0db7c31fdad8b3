"""Proxies: calls that forward what arrives at one channel to another, so that the far end decides who can send."""

import ast
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from gnomon.core.endpoint import Endpoint, Evidence
from gnomon.core.model import Proxy
from gnomon.python.scopes import Scope
from gnomon.scan.addressing import EndpointCalls
from gnomon.scan.selectors import selected
from gnomon.scan.values import Container, Found, Outside

if TYPE_CHECKING:
    from gnomon.core.site import CodeSite
    from gnomon.scan.evaluate import Evaluator


SEARCH_BUDGET = 1_500
"""Work allowed for finding the calls of one API that forward, and the channels at their ends."""


class ProxyCall(Struct, frozen=True):
    """A call by which what arrives at one channel leaves through another."""

    call: ast.Call
    scope: Scope
    ends: tuple[tuple[Found, ...], ...]
    """The channels at each end."""
    copies: tuple[tuple[Found, ...], ...]
    """The channels that get a copy of what passes."""


class Proxies:
    """Finds the far ends of proxies."""

    def __init__(
        self, evaluator: "Evaluator", calls: EndpointCalls, endpoints: Callable[[Found, int], list[Endpoint]]
    ) -> None:
        self.evaluator = evaluator
        self.calls = calls
        self.endpoints = endpoints
        """Endpoints of a channel, by the depth of the question."""
        self.resolving = False
        """True while the ends of proxies are looked up: what is found meanwhile is not looked at through proxies."""
        self._known: dict[str, list[ProxyCall]] = {}

    def through(self, found: list[Endpoint], depth: int) -> list[Endpoint]:
        """The endpoints with the reach of a proxy's other end, if a proxy feeds a process-internal one."""
        inner = [endpoint for endpoint in found if endpoint.transport in ("inproc", "ipc")]
        if not inner or self.resolving:
            return found
        outer: dict[tuple[str, str], Endpoint] = {}
        within_process = any(endpoint.transport == "inproc" for endpoint in inner)
        for api, proxies in self.evaluator.catalog.proxies.items():
            for proxy in proxies:
                # every program sends, and few sockets need somebody else to be reached
                for forwarding in self.of(api, proxy) if within_process or not proxy.data else ():
                    for far in self._far_ends(forwarding, inner, depth):
                        outer.setdefault((far.role, far.address), far)
        return list(outer.values()) or found

    def _far_ends(self, forwarding: ProxyCall, inner: list[Endpoint], depth: int) -> list[Endpoint]:
        self.resolving = True
        try:
            ends = [
                [endpoint for channel in end for endpoint in self.endpoints(channel, depth + 1)]
                for end in forwarding.ends
            ]
        finally:
            self.resolving = False
        return _other_ends(ends, inner, self.evaluator.site(forwarding.call, forwarding.scope))

    def of(self, api: str, proxy: Proxy) -> list[ProxyCall]:
        """Calls of the API that forward; looked for once."""
        if api not in self._known:
            with self.evaluator.allowance(SEARCH_BUDGET):
                self._known[api] = list(self._find(api, proxy))
        return self._known[api]

    def _find(self, api: str, proxy: Proxy) -> Iterator[ProxyCall]:
        name = api.rpartition(".")[2]
        project = self.evaluator.project
        importing = {path for root in self.evaluator.catalog.modules_of(api) for path in project.importing(root)}
        for path in sorted(importing.intersection(project.naming(name))):
            for call, scope in project.calls_in(path, name):
                if not self._is(call, api, scope):
                    continue
                ends, copies = self._ends(proxy, call, scope)
                if all(ends):
                    yield ProxyCall(call, scope, ends, copies)

    def _is(self, call: ast.Call, api: str, scope: Scope) -> bool:
        if isinstance(call.func, ast.Call):
            return False
        return any(found == api for found, _ in self.calls.apis(call, self.evaluator.root(scope)))

    def _ends(
        self, proxy: Proxy, call: ast.Call, scope: Scope
    ) -> tuple[tuple[tuple[Found, ...], ...], tuple[tuple[Found, ...], ...]]:
        """The channels at each end of a proxy, none at an end if the call does not forward; those that get copies."""
        frame = self.evaluator.root(scope)
        arguments = self.evaluator.calls.arguments(call, frame)
        function = call.func
        receivers = tuple(self.evaluator.values(function.value, frame)) if isinstance(function, ast.Attribute) else ()
        ends = [tuple(selected(self.evaluator, end, arguments, receivers)) for end in proxy.ends]
        if proxy.data:
            sent = selected(self.evaluator, proxy.data, arguments, receivers)
            messages = [item for item in sent if isinstance(item.value, Container)]
            sent += [part for message in messages for part in self.evaluator.elements(message)]
            given = {channel.value.key for end in ends for channel in end}
            # an answer goes back where the question came from; what is only kept and sent later is nobody's way in
            received = [
                channel
                for item in sent
                if isinstance(item.value, Outside) and item.value.frame.scope is scope
                for channel in item.value.channels
            ]
            ends.append(tuple(channel for channel in received if channel.value.key not in given))
        copies = (tuple(selected(self.evaluator, copy, arguments, receivers)) for copy in proxy.copies)
        return tuple(ends), tuple(copies)


def _other_ends(ends: list[list[Endpoint]], inner: list[Endpoint], site: "CodeSite") -> list[Endpoint]:
    """Endpoints at the far ends of a proxy that has one of `inner`'s addresses at its near end."""
    addresses = {endpoint.address for endpoint in inner}
    found: list[Endpoint] = []
    for index, end in enumerate(ends):
        if any(endpoint.address in addresses and endpoint.transport in ("inproc", "ipc") for endpoint in end):
            for far in (item for other, items in enumerate(ends) if other != index for item in items):
                note = f"a proxy forwards from {far.address} to {min(addresses)}"
                evidence = Evidence(claim="reach", basis="inferred", note=note, site=site)
                found.append(
                    Endpoint(
                        role=far.role,
                        transport=far.transport,
                        address=far.address,
                        reach=far.reach,
                        evidence=(*far.evidence, evidence),
                        decided_by=far.decided_by,
                    )
                )
    return found
