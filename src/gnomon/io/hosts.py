"""The addresses of the hosts that the user names."""

import socket
from collections.abc import Iterable, Iterator

from gnomon.core.errors import TargetError
from gnomon.core.finding import Skipped
from gnomon.probe.targets import MOST_ADDRESSES, Addressed, Named, is_one_host


def addressed(targets: Iterable[Named]) -> Iterator[Addressed | Skipped]:
    """Each target with its addresses, or why it has none. Blocks for as long as the system asks for names.

    Raises TargetError for a network that is too large, and for an address that is not one host's.
    """
    for target in targets:
        network = target.network
        if network is None:
            yield _resolved(target)
        elif network.num_addresses > MOST_ADDRESSES:
            raise TargetError(
                f"{target.host} has {network.num_addresses:,} addresses; at most {MOST_ADDRESSES:,} are asked at once.",
                remedy=f"name its parts, such as {network[0]}/{16 if network.version == 4 else 112}",
            )
        elif network.num_addresses == 1:
            yield Addressed(host=target.host, addresses=(str(network[0]),), ports=target.ports)
        else:
            yield Addressed(host=target.host, addresses=tuple(map(str, network.hosts())), ports=target.ports)


def _resolved(target: Named) -> Addressed | Skipped:
    try:
        found = socket.getaddrinfo(target.host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return Skipped(path=target.host, reason=f"the name has no address: {reason}")
    addresses = dict.fromkeys(_numeric(*entry[4][:2], scope=entry[4][3] if len(entry[4]) > 3 else 0) for entry in found)
    for address in addresses:
        if not is_one_host(address):
            raise TargetError(f"{target.host} is {address}, no address of one host.", remedy="gnomon probe 127.0.0.1")
    return Addressed(host=target.host, addresses=tuple(addresses), ports=target.ports)


def _numeric(address: object, _: object, *, scope: object) -> str:
    text = str(address)
    return f"{text}%{scope}" if scope and "%" not in text else text
