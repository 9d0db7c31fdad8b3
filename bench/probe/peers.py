"""Starts, talks to and ends the processes of `peer.py`."""

import json
import selectors
import socket
import subprocess
import sys
from pathlib import Path
from typing import Self

_PEER = Path(__file__).with_name("peer.py")


class Peer:
    """One process, which lives until `close`."""

    def __init__(self, library: Path, what: dict[str, object]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, _PEER, library, json.dumps(what)],
            env={"LD_LIBRARY_PATH": str(library.parent), "PATH": ""},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.first = self.line(60)
        """What it says when it is ready."""

    def line(self, timeout_s: float) -> str:
        """Its next line. Raises TimeoutError, or EOFError if it ended."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            if not selector.select(timeout_s):
                raise TimeoutError(f"nothing from a peer within {timeout_s} s")
        if not (line := self._process.stdout.readline()):
            raise EOFError(f"a peer ended with {self._process.wait()}")
        return line.strip()

    def tell(self, word: str) -> None:
        """A line for it."""
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()

    def close(self) -> None:
        """Ends it, at once: an old libzmq may not end by itself."""
        self._process.kill()
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def free_ports(number: int) -> list[int]:
    """Ports of loopback that nothing listens on, taken all at once so that none is given twice."""
    taken = [socket.socket() for _ in range(number)]
    try:
        for each in taken:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in taken]
    finally:
        for each in taken:
            each.close()
