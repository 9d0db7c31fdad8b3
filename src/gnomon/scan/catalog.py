"""All models as one index: what is known about an API name."""

from collections import defaultdict
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Protocol, TypeVar

from gnomon.core.model import (
    AddressModel,
    Apply,
    AuthenticationModel,
    Digest,
    EndpointModel,
    HandlerModel,
    Hook,
    Knowledge,
    Propagator,
    Proxy,
    Returns,
    SinkModel,
    SourceModel,
    TypeModel,
    Verification,
)


class _Named(Protocol):
    @property
    def api(self) -> tuple[str, ...]: ...


M = TypeVar("M")
"""Any model."""
N = TypeVar("N", bound=_Named)
"""A model that lists the APIs it speaks of."""


class Catalog:
    """Knowledge, indexed by canonical API name."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.types: dict[str, TypeModel] = {}
        self.sources: dict[str, list[SourceModel]] = defaultdict(list)
        self.sinks: dict[str, list[SinkModel]] = defaultdict(list)
        self.inverses: set[str] = set()
        self.returns: dict[str, list[Returns]] = defaultdict(list)
        self.propagators: dict[str, list[Propagator]] = defaultdict(list)
        self.endpoints: dict[str, list[EndpointModel]] = defaultdict(list)
        self.hooks: dict[str, list[Hook]] = defaultdict(list)
        self.applies: dict[str, list[Apply]] = defaultdict(list)
        self.authentication: dict[str, list[AuthenticationModel]] = defaultdict(list)
        self.verifications: dict[str, list[Verification]] = defaultdict(list)
        self.digests: dict[str, list[Digest]] = defaultdict(list)
        self.proxies: dict[str, list[Proxy]] = defaultdict(list)
        self.addresses: dict[str, AddressModel] = {}
        self.decorators: dict[str, list[HandlerModel]] = defaultdict(list)
        self.registers: dict[str, list[HandlerModel]] = defaultdict(list)
        self.handler_bases: list[HandlerModel] = []
        self.served: set[str] = set()
        """Types of the channels that handlers are served through."""
        self.annotations: dict[str, str] = {}
        self.modules: dict[str, str] = {}
        """Import root -> library."""
        self._library_modules: dict[str, tuple[str, ...]] = {}
        self._owner: dict[str, str] = {}
        self._aliases: dict[str, str] = {}
        self._patterns: list[tuple[str, str]] = []
        """Aliases of generated classes, whose names are not known beforehand (`*_pb2_grpc.*Stub`)."""
        self._canonical: dict[str, str] = {}
        for model in knowledge.models:
            self._library_modules[model.library] = model.modules
            self.modules.update(dict.fromkeys(model.modules, model.library))
            for type_ in model.type:
                self.types[type_.name] = type_
                self._aliases.update(dict.fromkeys(type_.aliases, type_.name))
                self._patterns += [(alias, type_.name) for alias in type_.aliases if "*" in alias]
                self._owner[type_.name] = model.library
            self._index(self.sources, model.source, model.library)
            self._index(self.sinks, model.sink, model.library)
            self._index(self.returns, model.returns, model.library)
            self._index(self.propagators, model.propagator, model.library)
            self._index(self.endpoints, model.endpoint, model.library)
            self._index(self.hooks, model.hook, model.library)
            self._index(self.applies, model.apply, model.library)
            self._index(self.verifications, model.verification, model.library)
            self._index(self.digests, model.digest, model.library)
            self._index(self.proxies, model.proxy, model.library)
            self._handlers(model.handler, model.library)
            self._authentication(model.authentication, model.library)
            for sink in model.sink:
                self.inverses.update(sink.inverse)
            for address in model.address:
                self.addresses.update(dict.fromkeys(address.api, address))
            for annotation in model.annotation:
                self.annotations.update(dict.fromkeys(annotation.annotation, annotation.type))
        self._derive()

    def _index(self, table: dict[str, list[N]], entries: Iterable[N], library: str) -> None:
        for entry in entries:
            for api in entry.api:
                table[api].append(entry)
                self._owner[api] = library

    def _handlers(self, handlers: Iterable[HandlerModel], library: str) -> None:
        for handler in handlers:
            self._owner.update(dict.fromkeys((*handler.decorator, *handler.register), library))
            for api in handler.decorator:
                self.decorators[api].append(handler)
            for api in handler.register:
                self.registers[api].append(handler)
            if handler.base:
                self.handler_bases.append(handler)
            if handler.channel:
                self.served.add(handler.channel)

    def _authentication(self, entries: Iterable[AuthenticationModel], library: str) -> None:
        for entry in entries:
            for api in (*entry.api, *entry.attribute, *entry.type):
                self._owner[api] = library
                self.authentication[api].append(entry)

    def _derive(self) -> None:
        """Look-ups that follow from the tables."""
        self.method_sources = _by_last_part(self.sources)
        self.method_returns = _by_last_part(self.returns)
        self.method_sinks = _by_last_part(self.sinks)
        self.mutators = {
            api.rpartition(".")[2]
            for api, entries in self.propagators.items()
            if any(entry.output == "self" for entry in entries)
        }
        self.holders = {
            api.rpartition(".")[0]
            for api, entries in self.propagators.items()
            if any(entry.output == "self" for entry in entries)
        }
        """Types that things are put into."""
        self.fillers = {
            api.rpartition(".")[2]
            for table in (self.sources, self.propagators)
            for api, entries in table.items()
            if any(
                getattr(entry, "gives", getattr(entry, "output", "return")) not in ("return", "self")
                for entry in entries
            )
        }
        self.endpoint_methods = {
            api.rpartition(".")[2]
            for api, entries in self.endpoints.items()
            if any(entry.channel == "self" for entry in entries)
        }
        self.callbacks = {
            api.rpartition(".")[2] for table in (self.applies, self.hooks, self.registers) for api in table
        }

    def canonical(self, name: str) -> str:
        """The name the models use for `name`: aliases of types are replaced, also in front of a method."""
        known = self._canonical.get(name)
        if known is None:
            known = self._canonical[name] = self._resolve(name)
        return known

    def _resolve(self, name: str) -> str:
        head, tail = name, ""
        while head:
            if head in self._aliases:
                return self._aliases[head] + tail
            for pattern, alias in self._patterns:
                if fnmatchcase(head, pattern):
                    return alias + tail
            head, dot, last = head.rpartition(".")
            tail = dot + last + tail
        return name

    def lineage(self, type_name: str) -> list[str]:
        """A declared type and its declared bases, nearest first."""
        order: list[str] = []
        queue = [type_name]
        while queue:
            name = queue.pop(0)
            if name not in order:
                order.append(name)
                model = self.types.get(name)
                queue += model.bases if model is not None else ()
        return order

    def known(self, api: str) -> bool:
        """True if some model says something about `api`."""
        return (
            api in self.sources
            or api in self.sinks
            or api in self.returns
            or api in self.propagators
            or api in self.endpoints
            or api in self.applies
            or api in self.inverses
            or api in self.addresses
            or api in self.verifications
            or api in self.types
            or api in self.hooks
            or api in self.authentication
        )

    def member(self, type_name: str, attribute: str) -> str:
        """API name of an attribute of a declared type, as the nearest type in its lineage defines it."""
        for name in self.lineage(type_name):
            if self.known(f"{name}.{attribute}"):
                return f"{name}.{attribute}"
            if self.known(f"{name}.*"):
                return f"{name}.*"
        return f"{type_name}.{attribute}"

    def modules_of(self, api: str) -> tuple[str, ...]:
        """Import roots of the library that an API belongs to."""
        return self._library_modules.get(self._owner.get(api, ""), ())


def _by_last_part(table: dict[str, list[M]]) -> dict[str, list[str]]:
    """Last part of a dotted API -> APIs."""
    found: dict[str, list[str]] = defaultdict(list)
    for api in table:
        found[api.rpartition(".")[2]].append(api)
    return found
