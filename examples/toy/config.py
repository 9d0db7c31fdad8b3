"""Where the server listens, and where clients find it."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Addresses:
    """The same for server and clients."""

    host: str = "127.0.0.1"
    """The server's, as clients call it."""
    port: int = int(os.environ.get("TOY_PORT", "5557"))
    listen: str = os.environ.get("TOY_LISTEN", "")
    """What the server listens on, such as `tcp://127.0.0.1:*`; "" is every interface, for clients on other hosts."""

    @property
    def connect(self) -> str:
        """What clients connect to."""
        return f"tcp://{self.host}:{self.port}"
