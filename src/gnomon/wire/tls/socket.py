"""The blocking socket of mode `tls`."""

import math
import select
import time
from collections import deque
from typing import TypeVar

import zmq

from gnomon.wire.channel import Peer, Received
from gnomon.wire.port import Settings, TimedOut
from gnomon.wire.socket import SLICE_MS, Socket, seconds
from gnomon.wire.tls.port import BROKEN, TlsPort
from gnomon.wire.tls.server import Server
from gnomon.wire.tls.settings import Tls
from gnomon.wire.tls.stream import READ, Running, Want

T = TypeVar("T")


class TlsSocket(TlsPort, Socket):
    """A socket to be used by one thread at a time. Made by `Context(mode="tls", …).socket`."""

    def __init__(self, settings: Settings, tls: Tls, kind: int, channel: bytes) -> None:
        super().__init__(settings, tls, kind, channel)
        self._ready: deque[Received] = deque()
        self._receive_ms = self._send_ms = -1

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
        """Sends an object. REQ: connects if need be, and waits until the connection took all of it.

        Raises EncodeError, KeyWrong if the other end does not let us in or is not who it should be, and Timeout after
        `timeout_s` or with zmq.NOBLOCK at once.
        """
        self._check()
        frames = self._channel.pack(obj, to, topic, as_type)
        if self._kind == zmq.REP:
            self._answer(frames, copy=copy)
            return
        wait_s = 0.0 if self._noblock(int(flags)) else seconds(timeout_s, self._send_ms)
        taken = False
        try:
            taken = self._done(self._question(frames, copy=False), wait_s)
        except BROKEN as error:
            raise self._unanswered(error) from None
        finally:
            if not taken:
                self._give_up()
        if not taken:
            raise self._not_taken()
        self._was_asked()

    send_pyobj = send_obj

    def _next(self, flags: int, timeout_s: float | None) -> Received:
        """The next object. Raises Timeout also when no answer can come any more."""
        self._check()
        if self._ready:
            return self._ready.popleft()
        wait_s = 0.0 if self._noblock(int(flags)) else seconds(timeout_s, self._receive_ms)
        received = self._received(wait_s)
        if received is None:
            if self._kind == zmq.REQ:
                self._give_up()
            raise TimedOut(f"nothing was received within {wait_s:g} s")
        return received

    def poll(self, timeout: int | None = None, flags: int = zmq.POLLIN) -> int:
        """Which of `flags` the socket is ready for, after at most `timeout` milliseconds (None: no bound).

        A REQ socket that has asked nothing is ready to send, which then connects.
        """
        self._check()
        wait_s = seconds(None, -1 if timeout is None else timeout)
        if self._kind == zmq.REQ and not self._in_question and not self._ready:
            return flags & zmq.POLLOUT
        ready = zmq.POLLOUT if self._kind == zmq.REP and self._asker is not None else 0
        if flags & zmq.POLLIN and not self._ready:
            received = self._received(0.0 if flags & ready else wait_s)
            if received is not None:
                self._ready.append(received)
        return flags & (ready | (zmq.POLLIN if self._ready else 0))

    def _received(self, wait_s: float | None) -> Received | None:
        """The next message that is accepted, None after `wait_s`."""
        deadline = None if wait_s is None else time.monotonic() + wait_s
        if self._kind == zmq.REP:
            return self._request(deadline)
        reading = self._answer_begun()
        try:
            done = self._done(reading, wait_s)
        except BROKEN as error:
            raise self._unanswered(error) from None
        return self._answered(reading) if done else None

    def _request(self, deadline: float | None) -> Received | None:
        server = self._answering()
        self._waiting = True
        server.attend()
        try:
            while True:
                while server.inbox:
                    if (received := self._accepted(server.inbox.popleft())) is not None:
                        return received
                self._check()
                left_s = math.inf if deadline is None else deadline - time.monotonic()
                server.turn(max(min(left_s, SLICE_MS / 1000), 0.0))
                if left_s <= 0 and not server.inbox:
                    return None
        finally:
            server.leave()
            self._waiting = False

    def _stand_in(self, server: Server) -> None:
        server.stand_in()

    def _done(self, running: Running[T], wait_s: float | None) -> bool:
        """Run the steps, for at most `wait_s` seconds: whether they came to their end. Raises what they raise."""
        deadline = math.inf if wait_s is None else time.monotonic() + wait_s
        self._waiting = True
        try:
            while not running.done:
                if _ready(running.want, deadline):
                    running.step()
                elif time.monotonic() >= deadline:
                    return False
                self._check()
            return True
        finally:
            self._waiting = False

    def setsockopt(self, option: int, value: int | bytes | str) -> None:
        """Sets RCVTIMEO, SNDTIMEO (-1 for no bound) or LINGER, in milliseconds."""
        if option == zmq.RCVTIMEO:
            self._receive_ms = int(value)
        elif option == zmq.SNDTIMEO:
            self._send_ms = int(value)
        else:
            super().setsockopt(option, value)

    def getsockopt(self, option: int) -> int | bytes:
        """The value of RCVTIMEO, SNDTIMEO or LINGER."""
        if option == zmq.RCVTIMEO:
            return self._receive_ms
        return self._send_ms if option == zmq.SNDTIMEO else super().getsockopt(option)


def _ready(want: Want, deadline: float) -> bool:
    """Whether what is waited for came, or its time is over; False after a slice of time, or at the deadline."""
    descriptor, event, until = want
    left_ms = max(min(SLICE_MS, (min(until, deadline) - time.monotonic()) * 1000), 0)
    if descriptor < 0:
        time.sleep(left_ms / 1000)
        return time.monotonic() >= until
    poller = select.poll()
    poller.register(descriptor, select.POLLIN if event == READ else select.POLLOUT)
    return bool(poller.poll(math.ceil(left_ms))) or time.monotonic() >= until
