"""Rules that narrow where a program binds, applied to an endpoint. Touches no socket.

A rule is a pair of endpoints without ports, `tcp://*` into `tcp://127.0.0.1` or `tcp://eth0`. One for `tcp://*` is for
every way to say "all interfaces": `0.0.0.0`, `[::]`, `0` and the like; a rule for that very spelling goes first.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from ..errors import ShieldError

EVERYWHERE: Final = "*"


class Endpoint(NamedTuple):
    """`tcp://[::]:5555` in its parts. Where a transport has no ports, `port` is empty."""

    transport: str
    host: str
    port: str

    def __str__(self) -> str:
        return f"{self.transport}://{self.host}:{self.port}" if self.port else f"{self.transport}://{self.host}"


class Narrowing:
    """The rules of a policy. Raises ShieldError for one that can't ever apply."""

    def __init__(self, rules: Mapping[str, str]) -> None:
        self._hosts = {_host(asked, asked, to): _host(to, asked, to) for asked, to in rules.items()}
        for asked, to in self._hosts.items():
            if to != asked and is_everywhere(to):
                raise _wrong(f"tcp://{asked}", f"tcp://{to}", "it leads to all interfaces, which is no narrowing")

    def __bool__(self) -> bool:
        return bool(self._hosts)

    def applied(self, asked: str) -> str:
        """What to bind in place of `asked`; itself if no rule is for it. Raises ShieldError if one can't be applied."""
        endpoint = parsed(asked)
        if endpoint.transport != "tcp" or not self._hosts:
            return asked
        to = self._hosts.get(endpoint.host)
        if to is None and is_everywhere(endpoint.host):
            to = self._hosts.get(EVERYWHERE)
        if to is None:
            return asked
        if not endpoint.port:
            raise ShieldError(
                f"{asked!r} can't be narrowed to tcp://{to}: it has no port", remedy="bind tcp://INTERFACE:PORT"
            )
        return str(endpoint._replace(host=to))


def parsed(text: str) -> Endpoint:
    """The parts of an endpoint. What has no `://` has its whole text as host."""
    transport, mark, rest = text.partition("://")
    if not mark:
        return Endpoint("", text, "")
    if transport not in {"tcp", "ws", "wss", "udp", "tipc", "vmci"}:
        return Endpoint(transport, rest, "")
    host, colon, port = rest.rpartition(":")
    # The colons within brackets are the address's own.
    if not colon or "]" in port:
        return Endpoint(transport, rest, "")
    return Endpoint(transport, host, port)


def is_everywhere(host: str) -> bool:
    """True for each way to say "all interfaces" that libzmq understands: it takes whatever getaddrinfo(3) does."""
    if host == EVERYWHERE:
        return True
    from socket import AF_INET6, inet_aton, inet_pton

    bare = host.removeprefix("[").removesuffix("]").partition("%")[0]
    try:
        packed = inet_pton(AF_INET6, bare) if ":" in bare else inet_aton(bare)
    except (OSError, ValueError):
        return bare in {"", EVERYWHERE}
    # ::ffff:0.0.0.0 is IPv4's "all" in IPv6's clothes.
    return not any(packed.removeprefix(bytes(10) + b"\xff\xff"))


def _host(endpoint: str, asked: str, to: str) -> str:
    found = parsed(endpoint)
    if found.transport != "tcp":
        raise _wrong(asked, to, "only tcp:// has interfaces to choose from")
    whole = endpoint.removeprefix("tcp://")
    if found.port and not (whole.count(":") > 1 and "[" not in whole):
        raise _wrong(asked, to, "it has a port: those of the program stay as they are")
    if not whole or "/" in whole or ";" in whole or any(char.isspace() for char in whole):
        raise _wrong(asked, to, f"{endpoint!r} is no endpoint")
    if ":" in whole and not whole.startswith("["):
        raise _wrong(asked, to, f"an IPv6 address needs brackets: tcp://[{whole}]")
    return whole


def _wrong(asked: str, to: str, why: str) -> ShieldError:
    return ShieldError(
        f"the policy's rule to bind {to!r} in place of {asked!r} can't be used: {why}",
        remedy='write such as "binds": {"tcp://*": "tcp://127.0.0.1"} into the policy',
    )
