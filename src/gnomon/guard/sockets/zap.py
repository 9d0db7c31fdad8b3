"""Requests of libzmq's authentication protocol (ZAP, RFC 27) into replies; no socket is touched here.

libzmq asks for every connection to a server socket that has keys or a domain. What is not plainly allowed is refused.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeAlias

DOMAIN: Final = b"gnomon.guard"
"""Of sockets that the shield made CURVE servers."""
LOCAL_DOMAIN: Final = b"gnomon.guard.ipc"
"""Of sockets' paths in the file system: a domain can't be taken away again, where a socket also has a shielded bind."""
OWN: Final = b"/"
"""Stands before the domain that the program had given its socket, which its own authenticator knows."""
ENDPOINT: Final = "inproc://zeromq.zap.01"

Judge: TypeAlias = Callable[[bytes], str | None]
"""A client's public key, 32 bytes that it proved to have the secret of, into the id of the listed key, or None."""


class Request(NamedTuple):
    """One question of libzmq's."""

    id: bytes
    domain: bytes
    address: str
    """Of who wants in, without a port. libzmq's own words, no stranger's."""
    identity: bytes
    mechanism: bytes
    credentials: tuple[bytes, ...]

    @property
    def is_ours(self) -> bool:
        """True if the shield has the say, alone or first."""
        return self.domain in {DOMAIN, LOCAL_DOMAIN} or self.domain.startswith(DOMAIN + OWN)

    @property
    def for_program(self) -> list[bytes] | None:
        """The question for the program's own authenticator: as it is, or in its own domain after the shield let in."""
        asked = [self.id, self.domain, self.address.encode(), self.identity, self.mechanism, *self.credentials]
        if not self.is_ours:
            return [b"1.0", *asked]
        own = self.domain.removeprefix(DOMAIN + OWN)
        # The program made no mechanism of its own, or the socket would have been left to it.
        return [b"1.0", self.id, own, *asked[2:4], b"NULL"] if own != self.domain else None


def parsed(frames: Sequence[bytes]) -> Request | None:
    """The request, or None if it has not all its frames or is of a version that we don't know."""
    if len(frames) < 6 or frames[0] != b"1.0":
        return None
    address = frames[3].decode("ascii", "replace")
    return Request(frames[1], frames[2], address, frames[4], frames[5], tuple(frames[6:]))


def verdict(request: Request, judge: Judge) -> str | None:
    """Who comes in at a socket of ours, or None.

    1. It is a path in the file system, whose modes let in, and which has no mechanism.
    2. Else the connection is CURVE's, with the one key that belongs to it.
    3. The judge knows that key.
    """
    # 1.
    if request.domain == LOCAL_DOMAIN:
        return "" if request.mechanism == b"NULL" else None
    # 2.
    if request.mechanism != b"CURVE" or len(request.credentials) != 1:
        return None
    # 3.
    return judge(request.credentials[0])


def reply(request_id: bytes, user: str | None) -> list[bytes]:
    """200 with who it is, or 400: libzmq tells the client, which does not try again."""
    status, text = (b"200", b"OK") if user is not None else (b"400", b"not on the list")
    return [b"1.0", request_id, status, text, (user or "").encode(), b""]


def not_yet(request_id: bytes) -> list[bytes]:
    """300: nobody is there to say yes. The client tries again when the time for a handshake is over (30 seconds)."""
    return [b"1.0", request_id, b"300", b"the program's authenticator is not there", b"", b""]
