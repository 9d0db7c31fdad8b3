"""Who can reach an address: its transport, and its host if it has one, decide."""

import re

from msgspec import Struct

from gnomon.core.endpoint import Decider, Reach, Role, Transport
from gnomon.scan.pieces import PAIR, SCHEME, Hole, Pieces, shown

_SCHEMES: dict[str, Transport] = {
    "tcp": "tcp",
    "tcp4": "tcp",
    "tcp6": "tcp",
    "ws": "tcp",
    "wss": "tcp",
    "tls": "tcp",
    "ipc": "ipc",
    "unix": "ipc",
    "vsock": "ipc",
    "inproc": "inproc",
    "udp": "udp",
    "pgm": "udp",
    "epgm": "udp",
    "http": "http",
    "https": "http",
    "grpc": "grpc",
}
_BEGINS_WITH_HOST = re.compile(r"^(\*|localhost|\d+\.\d+\.\d+\.\d+|\[::1?\]):?")
_WILDCARDS = frozenset({"*", "0.0.0.0", "::", "[::]", "[::0]", "::0", "0", "0:0:0:0:0:0:0:0"})  # noqa: S104 - recognised, not bound to
_LOOPBACK = re.compile(r"^(localhost|127(\.\d+){1,3}|\[?::1\]?|ip6-localhost|lo0?)$", re.IGNORECASE)


class Address(Struct, frozen=True):
    """One alternative of an address, judged."""

    text: str
    transport: Transport
    reach: Reach
    note: str
    observed: bool
    """True if the deciding part was read literally from the code."""
    from_request: bool = False
    deciders: tuple[Decider, ...] = ()
    """What decides it, if something that somebody sets does."""


def judged(parts: Pieces, *, role: Role, transport: Transport, empty_is_wildcard: bool) -> Address:
    """Who can reach one alternative of an address."""
    pair = bool(parts) and parts[0] == PAIR
    parts = parts[1:] if pair else parts
    if parts and isinstance(parts[0], Hole):
        return _whole_hole(parts, parts[0], role=role, transport=transport, pair=pair)
    plain = shown(parts, plain=True)
    scheme = SCHEME.match(plain)
    if scheme is not None:
        transport = _SCHEMES.get(scheme.group(1).lower(), transport)
        rest = plain[scheme.end() :]
        host = _host(rest)
        hole = _first_hole(parts, len(scheme.group()))
    elif not pair and transport in ("http", "grpc") and plain.startswith("/"):
        return Address(
            shown(parts), transport, "configurable", "a path below the client's base address", observed=False
        )
    elif not pair and ("/" in plain or plain.startswith("\0")):
        return Address(shown(parts), "ipc", "this-host", "a path of this host's file system", observed=True)
    else:
        host, hole = (plain if pair and ":" not in plain else _host(plain)), _first_hole(parts, 0)
    text = shown(parts)
    if transport in ("ipc", "inproc", "shm"):
        reach: Reach = "process" if transport == "inproc" else "this-host"
        word = "only threads of this process" if transport == "inproc" else "only processes of this host"
        return Address(text, transport, reach, f"{transport} reaches {word}", observed=True)
    if host.strip("[]").startswith("\x01") and hole is not None:
        return _hole_address(text, hole, role=role, transport=transport)
    return _literal_address(text, host, role=role, transport=transport, empty_is_wildcard=empty_is_wildcard)


def _host(rest: str) -> str:
    """The host part of `host:port`."""
    if rest.startswith("["):
        return rest.partition("]")[0] + "]"
    if rest.count(":") > 1 and "\x01" not in rest:
        return rest.rpartition(":")[0]
    return re.split(r"[:/]", rest, maxsplit=1)[0]


def _first_hole(parts: Pieces, offset: int) -> Hole | None:
    """The hole that stands at a character offset."""
    position = 0
    for part in parts:
        if isinstance(part, Hole):
            if position >= offset:
                return part
            position += 1
        else:
            position += len(part)
    return None


def _whole_hole(parts: Pieces, hole: Hole, *, role: Role, transport: Transport, pair: bool) -> Address:
    """An address whose beginning, and so whose transport, is only known at run time."""
    if transport in ("ipc", "shm") or (hole.kind == "path" and not pair):
        return Address(shown(parts), "ipc", "this-host", "a path of this host's file system", observed=False)
    if len(parts) > 1 and isinstance(parts[1], str) and _BEGINS_WITH_HOST.match(parts[1]):
        # `f"{scheme}127.0.0.1:{port}"`: the scheme is configured, the host is not
        text = shown(parts)
        return _literal_address(text, _host(parts[1]), role=role, transport=transport, empty_is_wildcard=False)
    return _hole_address(shown(parts), hole, role=role, transport=transport)


def _hole_address(text: str, hole: Hole, *, role: Role, transport: Transport) -> Address:
    match hole.kind:
        case "request":
            if role == "connect":
                note = "the peer's address is taken from a request: whoever sends it chooses the peer"
                return Address(text, transport, "any-host", note, observed=True, from_request=True)
            return Address(text, transport, "configurable", "the address is taken from a request", observed=False)
        case "own":
            note = "the machine's own network address, found at run time"
        case "configured":
            defaults = " or ".join(shown(parts) for parts in hole.default[:3])
            note = f"`{hole.name}` decides" + (f"; the default is {defaults}" if defaults else "")
            if hole.is_sample:
                note = "whoever calls it decides, which only tests and examples do here"
        case _:
            note = f"`{hole.name}` is computed at run time"
    seen = hole.kind in ("own", "configured")
    return Address(text, transport, "configurable", note, observed=seen, deciders=hole.deciders)


def _literal_address(text: str, host: str, *, role: Role, transport: Transport, empty_is_wildcard: bool) -> Address:
    if _LOOPBACK.match(host) or _LOOPBACK.match(host.strip("[]")):
        return Address(text, transport, "this-host", f"{host} is the loopback interface", observed=True)
    if role == "connect":
        return Address(text, transport, "configurable", f"connects out to {host}", observed=True)
    if host in _WILDCARDS or host.strip("[]") in _WILDCARDS or (host == "" and empty_is_wildcard):
        return Address(
            text, transport, "any-host", f"{host or 'an empty host'} listens on every interface", observed=True
        )
    if host == "":
        return Address(text, transport, "unknown", "no host is given", observed=False)
    if role == "unknown":
        note = f"{host} is a peer, or an address of this host that others can route to"
        return Address(text, transport, "configurable", note, observed=True)
    return Address(text, transport, "any-host", f"{host} is an address other hosts can route to", observed=True)
