"""Where the server listens, and where clients find it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Config:
    """The same for server and clients."""

    host: str = "127.0.0.1"
    """The server, as clients call it."""
    port: int = 5557

    @property
    def bind(self) -> str:
        """What the server listens on: every interface, so that clients on other hosts can connect."""
        return f"tcp://*:{self.port}"

    @property
    def connect(self) -> str:
        """What clients connect to."""
        return f"tcp://{self.host}:{self.port}"
