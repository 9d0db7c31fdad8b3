"""What stands in a `tls://` endpoint."""

from msgspec import Struct

from gnomon.wire.errors import WireError


class Endpoint(Struct, frozen=True, kw_only=True):
    """A host and its port."""

    host: str
    """A name or address; `*` for all of this machine's IPv4 addresses."""
    port: int
    """0: one that is free."""

    @property
    def text(self) -> str:
        """As it is written."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"tls://{host}:{self.port}"


def parsed(endpoint: str, *, binds: bool) -> Endpoint:
    """The endpoint. `*` as host, and `*` or 0 as port, are for sockets that bind. Raises WireError."""
    transport, _, rest = endpoint.partition("://")
    host, colon, port = rest.rpartition(":")
    if transport != "tls" or not colon:
        raise WireError(f"mode 'tls' is for endpoints such as tls://host:5556, not {endpoint!r}")
    number = 0 if port == "*" else int(port) if port.isascii() and port.isdecimal() else -1
    host = host.removeprefix("[").removesuffix("]")
    if not host or not 0 <= number <= 65_535 or (not binds and (host == "*" or number == 0)):
        raise WireError(f"{endpoint!r} names no host and port to {'bind' if binds else 'connect to'}")
    return Endpoint(host=host, port=number)
