"""Which endpoint, given by a host's name, is the one that libzmq tells of by its address."""

import socket
from collections.abc import Iterable


def named(endpoint: str, given: Iterable[str]) -> str:
    """The one of `given` that leads to `endpoint`; that itself if there is none.

    libzmq reports a connection by the name at first, and by the address it was resolved to from the second try on.
    Only if several names have the same port are they resolved here, which libzmq has just done as well.
    """
    port = endpoint.rpartition(":")[2]
    alike = [each for each in given if each.startswith("tcp://") and each.rpartition(":")[2] == port]
    if len(alike) > 1:
        address = _host(endpoint)
        alike = [each for each in alike if address in _addresses(_host(each))]
    return alike[0] if alike else endpoint


def _host(endpoint: str) -> str:
    """Without transport, port, brackets, and the source address that may stand before a semicolon."""
    return endpoint.rpartition(":")[0].removeprefix("tcp://").rpartition(";")[2].strip("[]")


def _addresses(host: str) -> set[str]:
    try:
        return {str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):  # the latter for a name that can't be one
        return set()
