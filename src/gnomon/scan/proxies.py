"""Proxies: calls that forward what arrives at one channel to another, so that the far end decides who can send."""

import ast
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from gnomon.core.endpoint import Endpoint, Evidence
from gnomon.python.scopes import Scope
from gnomon.scan.addressing import EndpointCalls
from gnomon.scan.selectors import selected
from gnomon.scan.values import Found

if TYPE_CHECKING:
    from gnomon.core.site import CodeSite
    from gnomon.scan.evaluate import Evaluator


class Proxies:
    """Finds the far ends of proxies."""

    def __init__(
        self, evaluator: "Evaluator", calls: EndpointCalls, endpoints: Callable[[Found, int], list[Endpoint]]
    ) -> None:
        self.evaluator = evaluator
        self.calls = calls
        self.endpoints = endpoints
        """Endpoints of a channel, by the depth of the question."""
        self._known: dict[str, list[tuple[ast.Call, Scope]]] = {}

    def through(self, found: list[Endpoint], depth: int) -> list[Endpoint]:
        """The endpoints with the reach of a proxy's other end, if a proxy feeds a process-internal one."""
        inner = [endpoint for endpoint in found if endpoint.transport in ("inproc", "ipc")]
        if not inner:
            return found
        outer: list[Endpoint] = []
        for api, proxies in self.evaluator.catalog.proxies.items():
            for proxy in proxies:
                for call, scope in self._calls_of(api):
                    ends = [self._at_end(end, call, scope, depth) for end in proxy.ends]
                    outer += _other_ends(ends, inner, self.evaluator.site(call, scope))
        return outer or found

    def _at_end(self, end: str, call: ast.Call, scope: Scope, depth: int) -> list[Endpoint]:
        """Endpoints of the channel that a proxy was given at one end."""
        arguments = self.evaluator.calls.arguments(call, self.evaluator.root(scope))
        channels = selected(self.evaluator, end, arguments, ())
        return [endpoint for channel in channels for endpoint in self.endpoints(channel, depth + 1)]

    def _calls_of(self, api: str) -> list[tuple[ast.Call, Scope]]:
        """Calls that start a proxy; looked for once."""
        if api not in self._known:
            self._known[api] = list(self._find(api))
        return self._known[api]

    def _find(self, api: str) -> Iterator[tuple[ast.Call, Scope]]:
        name = api.rpartition(".")[2]
        project = self.evaluator.project
        importing = {path for root in self.evaluator.catalog.modules_of(api) for path in project.importing(root)}
        for path in sorted(importing.intersection(project.naming(name))):
            for call, scope in project.calls_in(path, name):
                if self._is(call, api, scope):
                    yield call, scope

    def _is(self, call: ast.Call, api: str, scope: Scope) -> bool:
        if isinstance(call.func, ast.Call):
            return False
        return any(found == api for found, _ in self.calls.apis(call, self.evaluator.root(scope)))


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
                    )
                )
    return found
