"""Free ports of the loopback device."""

import socket


def free(many: int = 1) -> int:
    """The first of so many ports in a row that nobody listens at."""
    while True:
        with socket.socket() as first:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
        if port + many < 65536 and all(_is_free(port + further) for further in range(many)):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
