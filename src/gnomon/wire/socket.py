"""The blocking socket: pyzmq's, but it sends typed objects, and hands over what came from someone with a key."""

import contextlib
import time
from collections import deque
from typing import Any

import zmq

from gnomon.wire.auto import check_topic
from gnomon.wire.channel import Buffer, Peer, Received
from gnomon.wire.port import Port, Settings, TimedOut
from gnomon.wire.watch import Watch

_NOBLOCK = int(zmq.NOBLOCK)
SLICE_MS = 100
"""How long libzmq waits before we look whether the connections have trouble."""


class Socket(Port):
    """A socket to be used by one thread at a time. Made by `Context.socket`."""

    def __init__(
        self, context: "zmq.Context[zmq.Socket[bytes]]", watch: Watch, settings: Settings, kind: int, channel: bytes
    ) -> None:
        super().__init__(context, watch, settings, kind, channel)
        self._ready: deque[Received] = deque()
        self._receive_ms = self._send_ms = -1
        self._raw.rcvtimeo = self._raw.sndtimeo = SLICE_MS

    def send_obj(
        self,
        obj: object,
        flags: int = 0,
        *,
        to: Peer | None = None,
        topic: bytes = b"",
        timeout_s: float | None = None,
        copy: bool = True,
        as_type: object = None,
    ) -> None:
        """Sends an object; waits until there is a connection with room for it.

        `to`: whom a ROUTER socket sends to, or which request a DEALER answers. `topic`: PUB alone. Without `copy`,
        large arrays are sent from where they are, and must not change until then. `as_type`: the registered type, where
        the object's class does not tell it, as of a tuple. Raises EncodeError, KeyWrong if the
        other end does not let us in, and Timeout after `timeout_s` or with zmq.NOBLOCK at once.
        """
        self._check()
        if flags:
            self._noblock(flags)
        if topic:
            check_topic(topic, self._settings.mode, self._settings.why)
        frames = self._channel.pack(obj, to, topic, as_type)
        try:
            self._deliver(frames, int(flags), seconds(timeout_s, self._send_ms), copy=copy)
        except BaseException:
            self._channel.give_up()
            raise
        self._channel.sent()

    def recv_obj(self, flags: int = 0, *, timeout_s: float | None = None) -> object:
        """The next object. Whatever can't be accepted is dropped, counted in `stats`, and passed over.

        Raises KeyWrong if the other end does not let us in, and Timeout after `timeout_s` or with zmq.NOBLOCK at once.
        """
        return self._next(flags, timeout_s).obj

    send_pyobj = send_obj

    def recv_pyobj(self, flags: int = 0, *, timeout_s: float | None = None) -> Any:  # noqa: ANN401 (pyzmq's is too)
        """As recv_obj."""
        return self.recv_from(flags, timeout_s=timeout_s).obj

    def recv_from(self, flags: int = 0, *, timeout_s: float | None = None) -> Received:
        """The next object with whom to answer, and by which key it was sealed. Raises as recv_obj does."""
        return self._next(flags, timeout_s)

    def _next(self, flags: int, timeout_s: float | None) -> Received:
        self._check()
        if self._ready:
            return self._ready.popleft()
        if timeout_s is None and self._receive_ms < 0 and not flags:
            return self._received_ever()
        wait_s = 0.0 if flags and flags & _NOBLOCK else seconds(timeout_s, self._receive_ms)
        received = self._received(wait_s)
        if received is None:
            self._channel.give_up()
            raise TimedOut(f"nothing was received within {wait_s:g} s")
        return received

    def poll(self, timeout: int | None = None, flags: int = zmq.POLLIN) -> int:
        """Which of `flags` the socket is ready for, after at most `timeout` milliseconds (None: no bound).

        With POLLIN it has a message that was accepted: recv_obj won't wait. Raises KeyWrong.
        """
        self._check()
        if flags & zmq.POLLOUT and self._raw.poll(0, zmq.POLLOUT):
            return zmq.POLLOUT | (self.poll(0, zmq.POLLIN) if flags & zmq.POLLIN else 0)
        if not flags & zmq.POLLIN:
            return self._raw.poll(timeout, flags)
        if not self._ready:
            received = self._received(seconds(None, -1 if timeout is None else timeout))
            if received is not None:
                self._ready.append(received)
        return zmq.POLLIN if self._ready else 0

    def _received(self, wait_s: float | None) -> Received | None:
        """The next message that is accepted, None after `wait_s`."""
        if wait_s is None:
            return self._received_ever()
        self._waiting = True
        try:
            return self._received_by(time.monotonic() + wait_s)
        finally:
            self._waiting = False

    def _received_ever(self) -> Received:
        self._waiting = True
        try:
            while True:
                try:
                    if (received := self._take(0)) is not None:
                        return received
                except zmq.Again:
                    self._check()
        finally:
            self._waiting = False

    def _received_by(self, deadline: float) -> Received | None:
        while True:
            left_ms = int((deadline - time.monotonic()) * 1000)
            # libzmq may say that there is something before all of a message is there.
            with contextlib.suppress(zmq.Again):
                ready = self._raw.poll(min(max(left_ms, 0), SLICE_MS))
                if ready and (received := self._take(_NOBLOCK)) is not None:
                    return received
            self._check()
            if left_ms <= 0:
                return None

    def _deliver(self, frames: list[Buffer], flags: int, wait_s: float | None, *, copy: bool) -> None:
        deadline = None if wait_s is None else time.monotonic() + wait_s
        if flags & _NOBLOCK:
            deadline = 0.0
        self._waiting = True
        try:
            while True:
                try:
                    self._put(frames, flags & _NOBLOCK, copy=copy)
                    return
                except zmq.Again:
                    self._check()
                    if deadline is not None and time.monotonic() >= deadline:
                        raise TimedOut("nobody took the message in time: is the other end there?") from None
        finally:
            self._waiting = False

    def setsockopt(self, option: int, value: int | bytes | str) -> None:
        """Sets an option; RCVTIMEO and SNDTIMEO are in milliseconds, -1 for no bound."""
        if option in {zmq.RCVTIMEO, zmq.SNDTIMEO}:
            if option == zmq.RCVTIMEO:
                self._receive_ms = int(value)
            else:
                self._send_ms = int(value)
            return
        super().setsockopt(option, value)


def seconds(timeout_s: float | None, milliseconds: int) -> float | None:
    """How long to wait, None for no bound: by the call's own time, or else by the socket's option (-1: no bound)."""
    if timeout_s is not None:
        return timeout_s
    return None if milliseconds < 0 else milliseconds / 1000
