"""What was asked, and what was seen: a place where something may listen, and what it did."""

from typing import Literal

from msgspec import Struct

from gnomon.probe.zmtp import Speaker

State = Literal[
    "zmtp",  # it speaks ZeroMQ's protocol
    "foreign",  # it speaks first, and another protocol
    "silent",  # it takes connections and waits to be spoken to
    "closed",  # nothing listens
    "filtered",  # no answer at all, or a filter's: a packet filter is in between
    "unreachable",  # no way to the host
    "unasked",  # it was not connected to
    "failed",  # this machine could not ask
]


class TcpPlace(Struct, frozen=True, kw_only=True, tag="tcp"):
    """A port of a host."""

    host: str
    """As the user named it: a name, an address or a network. Untrusted text."""
    address: str
    """IPv4 or IPv6, numeric; a link-local one with its zone."""
    port: int
    namespace: str = ""
    """The network namespace that it is in, by inode, if it is not ours."""

    @property
    def endpoint(self) -> str:
        """As ZeroMQ writes it."""
        return f"tcp://[{self.address}]:{self.port}" if ":" in self.address else f"tcp://{self.address}:{self.port}"


class IpcPlace(Struct, frozen=True, kw_only=True, tag="ipc"):
    """A unix socket of this host."""

    path: str
    """As bound; an abstract name begins with `@`. Untrusted text."""

    @property
    def endpoint(self) -> str:
        """As ZeroMQ writes it."""
        return f"ipc://{self.path}"


Place = TcpPlace | IpcPlace


class Observation(Struct, frozen=True, kw_only=True):
    """What one place did when it was asked."""

    place: Place
    state: State
    said: Speaker | None = None
    """For the state zmtp."""
    detail: str = ""
    """Why it failed or is not reached, in the system's words; the first bytes of another protocol, escaped."""
