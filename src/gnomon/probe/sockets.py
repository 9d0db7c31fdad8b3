"""The kernel's tables of sockets, as text, into those that listen: /proc/net/tcp, tcp6 and unix (proc(5))."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

from msgspec import Struct

_UNIX = re.compile(
    r"[0-9a-f]+: [0-9A-F]{8} [0-9A-F]{8} (?P<flags>[0-9A-F]{8}) (?P<kind>[0-9A-F]{4}) [0-9A-F]{2} +"
    r"(?P<inode>\d+) (?P<path>.+)",
    re.DOTALL,
)
_LISTENS, _STREAM, _ACCEPTS = "0A", "0001", 0x10000


class Bound(Struct, frozen=True, kw_only=True):
    """A listening socket."""

    inode: str
    address: str = ""
    """Numeric; "" for a unix socket."""
    port: int = 0
    path: str = ""
    """Of a unix socket, `@` before an abstract name; it may be relative to its owner's folder."""


def tcp(table: str) -> Iterator[Bound]:
    """The listening sockets of /proc/net/tcp or tcp6. What is not understood is left out: the kernel wrote it."""
    for line in table.splitlines()[1:]:
        fields = line.split()
        if len(fields) > 9 and fields[3] == _LISTENS:
            address, _, port = fields[1].partition(":")
            yield Bound(inode=fields[9], address=_address(address), port=int(port, 16))


def unix(table: str) -> Iterator[Bound]:
    """The listening stream sockets of /proc/net/unix that have a name.

    The kernel writes names as they are: one with a line end in it makes lines of its owner's choice, which are left out
    or name a socket that is not there.
    """
    for line in table.split("\n")[1:]:
        match = _UNIX.fullmatch(line)
        if match and match["kind"] == _STREAM and int(match["flags"], 16) & _ACCEPTS:
            yield Bound(inode=match["inode"], path=match["path"])


def asked_at(address: str) -> str:
    """Where to reach a socket from its own host that is bound to `address`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)  # noqa: S104 (compared, not bound to)


def _address(words: str) -> str:
    """Each 32 bits are written as the number that they are to the processor: on what is common, its bytes backwards."""
    data = b"".join(bytes.fromhex(words[at : at + 8])[::-1] for at in range(0, len(words), 8))
    if len(data) == 4:
        return str(IPv4Address(data))
    address = IPv6Address(data)
    return str(address.ipv4_mapped or address)
