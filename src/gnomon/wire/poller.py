"""Waits for several blocking sockets at once, as zmq.Poller does."""

import time
from typing import TypeAlias

import zmq

from gnomon.wire.socket import SLICE_MS, Socket

Polled: TypeAlias = "Socket | zmq.Socket[bytes] | int"


class Poller:
    """Sockets of gnomon.wire, and beside them whatever zmq.Poller takes: raw sockets and file descriptors."""

    def __init__(self) -> None:
        self._flags: dict[Polled, int] = {}

    def register(self, socket: Polled, flags: int = zmq.POLLIN | zmq.POLLOUT) -> None:
        """Wait for `flags` of it. With 0 it is forgotten."""
        if flags:
            self._flags[socket] = flags
        else:
            self._flags.pop(socket, None)

    modify = register

    def unregister(self, socket: Polled) -> None:
        """Forget it. Raises KeyError for one that is not registered."""
        del self._flags[socket]

    def __contains__(self, socket: object) -> bool:
        return socket in self._flags

    def poll(self, timeout: float | None = None) -> list[tuple[Polled, int]]:
        """What is ready, each with its flags, after at most `timeout` milliseconds (None or less than 0: no bound).

        A socket of gnomon.wire with POLLIN has a message that was accepted: recv_obj won't wait. Raises KeyWrong.
        """
        bounded = timeout is not None and timeout >= 0
        deadline = time.monotonic() + (timeout or 0) / 1000 if bounded else None
        while True:
            ready = self._ready()
            left_ms = SLICE_MS if deadline is None else int((deadline - time.monotonic()) * 1000)
            if ready or left_ms < 0:
                return ready
            # A slice at a time: whether the connections have trouble is asked in between.
            self._raw().poll(min(left_ms + 1, SLICE_MS))

    def _ready(self) -> list[tuple[Polled, int]]:
        ready: list[tuple[Polled, int]] = []
        others = zmq.Poller()
        for socket, flags in self._flags.items():
            if not isinstance(socket, Socket):
                others.register(socket, flags)
            elif found := socket.poll(0, flags):
                ready.append((socket, found))
        return [*ready, *others.poll(0)]

    def _raw(self) -> zmq.Poller:
        waiting = zmq.Poller()
        for socket, flags in self._flags.items():
            if isinstance(socket, Socket):
                socket.enlist(waiting, flags)
            else:
                waiting.register(socket, flags)
        return waiting
