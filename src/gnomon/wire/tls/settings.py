"""What mode `tls` has to be told: certificates, whose are trusted, who may come in, and how much of it."""

import os
from typing import TypeAlias

from msgspec import Struct

File: TypeAlias = str | os.PathLike[str]
ANYBODY = "*"


class Tls(Struct, frozen=True, kw_only=True):
    """Files in PEM, and bounds. Raises ValueError, TypeError for what can't be meant.

    Files are read again for the next connection after they changed. One that can't be used then is told in the log, and
    what was read before stays in force.
    """

    certificate: File
    """Our own, those between it and the CA behind it. Its subject alternative names are who we are to others."""
    key: File | None = None
    """Its private key, without password, for nobody else to read; None: in the same file."""
    ca: File
    """The CAs that the others' certificates have to come from. The system's are never used."""
    crl: File | None = None
    """Revoked certificates, one list for each CA. None: nothing is looked up."""
    clients: tuple[str, ...] = ()
    """Who may come in to a socket that binds: DNS names, IP addresses and URIs (`spiffe://…`) as in their certificates,
    each in full. `("*",)`: whoever has a certificate of the CAs."""
    connections: int = 256
    """Clients at a time, of a socket that binds."""
    message_s: float = 60.0
    """Within it a message has to arrive whole, from its first byte on; or to be taken by the other end."""
    idle_s: float = 600.0
    """A connection without a message for so long is ended; the next message makes a new one."""

    def __post_init__(self) -> None:
        if not isinstance(self.clients, tuple):
            raise TypeError(f"clients are a tuple of names: ({self.clients!r},)")
        if ANYBODY in self.clients and len(self.clients) > 1:
            raise ValueError("clients are named, or '*' alone: with a name beside it, '*' would let everybody in")
        if any("*" in name for name in self.clients if name != ANYBODY):
            raise ValueError("clients are named in full, without '*' in a name")
        if self.connections < 1:
            raise ValueError("connections is less than 1")
        if min(self.message_s, self.idle_s) <= 0:
            raise ValueError("message_s and idle_s are more than 0 seconds")
