"""What the user names, as hosts and ports: `HOST[:PORTS]`, names, addresses, networks; and what may be asked at all."""

import re
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from msgspec import Struct

from gnomon.core.errors import TargetError
from gnomon.probe.observation import TcpPlace
from gnomon.probe.ports import DEFAULT

MOST_ADDRESSES = 65_536
"""Of one target, a /16: what is larger is better asked in parts."""
_NAME = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?")
# RFC 1918, 3927, 4193 and 4291; what `ipaddress` calls private has documentation and reserved networks too.
_OWN = tuple(
    map(
        ip_network,
        (
            "127.0.0.0/8",
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "169.254.0.0/16",
            "::1",
            "fc00::/7",
            "fe80::/10",
        ),
    )
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class Named(Struct, frozen=True, kw_only=True):
    """One target as named."""

    host: str
    """A name, an address or a network, without brackets."""
    ports: tuple[int, ...]
    """In the order of asking, none twice."""

    @property
    def network(self) -> Network | None:
        """The addresses that it names by itself; None for a name, or an address with a zone."""
        try:
            return ip_network(self.host, strict=False)
        except ValueError:
            return None


class Addressed(Struct, frozen=True, kw_only=True):
    """A target with its addresses."""

    host: str
    addresses: Sequence[str]
    ports: tuple[int, ...]


def named(text: str, ports: tuple[int, ...] = DEFAULT) -> Named:
    """The target written as `text`; `ports` if it names none. Raises TargetError."""
    host, given = _split(text.strip())
    target = Named(host=host, ports=ports_of(given) if given else ports)
    if target.network is None and not _NAME.fullmatch(host) and not _has_zone(host):
        raise TargetError(f"{text!r} is no host, address or network.", remedy="gnomon probe 127.0.0.1:5555-5570")
    if target.network is not None and target.network.num_addresses == 1 and not is_one_host(str(target.network[0])):
        raise TargetError(
            f"{host} is no address of one host.", remedy="gnomon probe 127.0.0.1, or gnomon probe --local"
        )
    return target


def ports_of(text: str) -> tuple[int, ...]:
    """`5555,6000-6010`, `all` or `default` as numbers of 1 to 65535. Raises TargetError."""
    if text == "all":
        return tuple(range(1, 65_536))
    if text == "default":
        return DEFAULT
    found: dict[int, None] = {}
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,5})(?:-(\d{1,5}))?\s*", part, re.ASCII)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last <= 65_535:
            raise TargetError(f"{text!r} names no ports: {part!r} is none.", remedy="5555,6000-6010, all, or default")
        found |= dict.fromkeys(range(first, last + 1))
    return tuple(found)


def listed(lines: Iterable[str], ports: tuple[int, ...] = DEFAULT) -> Iterator[Named]:
    """The targets of a file: one a line; `#` begins a comment. Raises TargetError."""
    for number, line in enumerate(lines, start=1):
        text = line.partition("#")[0].strip()
        if text:
            try:
                yield named(text, ports)
            except TargetError as error:
                raise TargetError(f"line {number}: {error.problem}", remedy=error.remedy) from error


def is_own(address: str) -> bool:
    """True for loopback, link-local and private addresses, which nobody else has."""
    return any(value in network for value in (_plain(address),) for network in _OWN if network.version == value.version)


def is_loopback(address: str) -> bool:
    """True if only this host reaches it."""
    return _plain(address).is_loopback


def is_one_host(address: str) -> bool:
    """False for what stands for many hosts or none: multicast, broadcast, the unspecified address."""
    value = _plain(address)
    return not (value.is_multicast or value.is_unspecified or value == IPv4Address("255.255.255.255"))


def foreign(targets: Iterable[Addressed | Named]) -> Iterator[str]:
    """Those addresses and networks that are not the user's by their range."""
    for target in targets:
        if isinstance(target, Addressed):
            yield from (address for address in target.addresses if not is_own(address))
        elif (network := target.network) is not None and not _within_own(network):
            yield target.host


def count(targets: Iterable[Addressed]) -> int:
    """Places to be asked."""
    return sum(len(target.addresses) * len(target.ports) for target in targets)


def places(targets: Sequence[Addressed]) -> Iterator[TcpPlace]:
    """Every place once; a host's ports not one after the other, if there are several hosts."""
    seen: set[tuple[str, int]] = set()
    several = sum(len(target.addresses) for target in targets) != len({a for t in targets for a in t.addresses})
    for target in targets:
        for port in target.ports:
            for address in target.addresses:
                if several:
                    if (address, port) in seen:
                        continue
                    seen.add((address, port))
                yield TcpPlace(host=target.host, address=address, port=port)


def _split(text: str) -> tuple[str, str]:
    """Host and ports; an IPv6 address needs brackets to have ports."""
    match = re.fullmatch(r"\[([^\]]+)\](/\d+)?(?::(.+))?", text)
    if match:
        return match[1] + (match[2] or ""), match[3] or ""
    if text.count(":") > 1:
        return text, ""
    host, _, ports = text.partition(":")
    return host, ports


def _has_zone(host: str) -> bool:
    address, _, zone = host.partition("%")
    try:
        return bool(zone) and ip_address(address).is_link_local
    except ValueError:
        return False


def _plain(address: str) -> Address:
    value = ip_address(address.partition("%")[0])
    return value.ipv4_mapped or value if isinstance(value, IPv6Address) else value


def _within_own(network: Network) -> bool:
    first, last = network[0], network[-1]
    return any(first in own and last in own for own in _OWN if own.version == network.version)
