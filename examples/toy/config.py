"""Where the server listens, and where clients find it."""

from dataclasses import dataclass

PORT = 5557


@dataclass(frozen=True)
class Addresses:
    """The same for server and clients."""

    host: str = "127.0.0.1"
    """The server's, as clients call it."""

    @property
    def bind(self) -> str:
        """What the server listens on: every interface, so that clients on other hosts can connect."""
        return f"tcp://*:{PORT}"

    @property
    def connect(self) -> str:
        """What clients connect to."""
        return f"tcp://{self.host}:{PORT}"
