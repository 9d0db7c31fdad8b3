"""One thread a context: answers libzmq's questions of who may connect, and hands those of the program's sockets on.

Its sockets are made by pyzmq's backend: whatever is changed about `zmq.Socket` does not touch them, and the program's
`Context.destroy` does not close them behind the thread's back.
"""

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from types import ModuleType
from typing import Any, Final

from ..errors import ShieldError
from .curve import Tell
from .curve_keys import id_of
from .zap import ENDPOINT, Judge, Request, not_yet, parsed, reply, verdict

PROGRAM: Final = "inproc://gnomon.guard.authenticator"
"""Where the program's own authenticator binds in place of ENDPOINT, since a context has one."""
STOP_S: Final = 5.0
"""How long the thread is waited for; it does nothing that takes so long."""
_CHANGED, _STOP = b"c", b"s"


class Doorkeeper:
    """The thread and its sockets. It ends with the context, which is not kept alive by it."""

    def __init__(
        self, zmq: ModuleType, context: int, judge: Judge, tell: Tell, gone: Callable[["Doorkeeper"], None]
    ) -> None:
        """`gone` is called by the thread before it closes its sockets. Raises ShieldError, zmq.ZMQError."""
        self.context = context
        self._zmq = zmq
        self._judge = judge
        self._tell = tell
        self._gone = gone
        self._closed = False
        self._reached = threading.Event()
        shadow = zmq.backend.Context(shadow=context)
        # Bound here, so that no connection can come before somebody answers for it.
        self._zap = zmq.backend.Socket(shadow, zmq.ROUTER)
        try:
            self._zap.bind(ENDPOINT)
        except zmq.ZMQError as error:
            self._zap.close(0)
            if error.errno != zmq.EADDRINUSE:
                raise
            raise ShieldError(
                "a ZeroMQ context has an authenticator that was not made by pyzmq, so nobody would hold clients to "
                "the list of --curve",
                remedy="use another context for its sockets, or guard without --curve",
            ) from None
        self._program = zmq.backend.Socket(shadow, zmq.DEALER)
        """The way to the program's authenticator; it leads nowhere before there is one."""
        self._waits, self._wakes = os.pipe()
        self._watched = [(each, zmq.POLLIN) for each in (self._zap, self._program, self._waits)]
        self._thread = threading.Thread(target=self._run, name="gnomon.guard", daemon=True)
        self._thread.start()

    def __del__(self) -> None:
        with suppress(AttributeError, OSError):  # it was never opened, or interpreters end in any order
            os.close(self._wakes)

    @property
    def ended(self) -> bool:
        """True once nobody is let in by it any more."""
        return self._closed

    def program_bound(self) -> None:
        """The program's authenticator is at PROGRAM now, perhaps again. It is asked from here on."""
        self._reached.clear()
        self._wake(_CHANGED)
        if not self._closed:
            self._reached.wait(STOP_S)

    def stop(self) -> None:
        """Ends the thread, if it has not ended."""
        self._wake(_STOP)
        self._thread.join(STOP_S)

    def leave_if_mine(self) -> None:
        """Closes the sockets if the caller is the thread itself, which would otherwise wait for itself.

        So it is where Python collects garbage in the thread, and a context is in it.
        """
        if threading.current_thread() is self._thread:
            self._close()

    def _wake(self, why: bytes) -> None:
        with suppress(BrokenPipeError):  # it has ended
            os.write(self._wakes, why)

    def _run(self) -> None:
        zmq = self._zmq
        try:
            # A socket that is closed must not be waited for: libzmq would take it for file 0.
            while not self._closed and self._step(zmq.backend.zmq_poll(self._watched, -1)):
                pass
        except zmq.ZMQError as error:
            if not self._closed and error.errno != zmq.ETERM:
                self._say("shield-ended", problem=str(error))
        finally:
            self._close()
            os.close(self._waits)

    def _step(self, ready: list[tuple[Any, int]]) -> bool:
        """Do what is there. False: it is the end."""
        for each, _ in ready:
            if each is self._zap:
                self._answer(self._receive(self._zap))
            elif each is self._program:
                self._send(self._zap, self._receive(self._program))
            elif os.read(self._waits, 1) == _STOP:
                return False
            else:
                self._reach_program()
        return True

    def _answer(self, message: list[bytes]) -> None:
        """One question. What libzmq's session is called stands before it, and is answered with it."""
        envelope, frames = message[:2], message[2:]
        request = parsed(frames)
        if request is None:
            self._send(self._zap, [*envelope, *reply(frames[1] if len(frames) > 1 else b"", None)])
            return
        user = verdict(request, self._judge) if request.is_ours else None
        if request.is_ours and (user is None or request.for_program is None):
            self._send(self._zap, [*envelope, *reply(request.id, user)])
            if user is None:
                self._say("shield-refused", peer=request.address, key=_shown(request))
        elif not self._hand_on([*envelope, *(request.for_program or ())]):
            self._send(self._zap, [*envelope, *not_yet(request.id)])
            self._say("shield-refused", peer=request.address, key=_shown(request), reason="no authenticator")

    def _hand_on(self, message: list[bytes]) -> bool:
        """False if the program has no authenticator, or has closed it."""
        try:
            self._send(self._program, message)
        except self._zmq.Again:
            return False
        return True

    def _reach_program(self) -> None:
        with suppress(self._zmq.ZMQError):  # it was not connected, or the other end was closed
            self._program.disconnect(PROGRAM)
        self._program.connect(PROGRAM)
        self._reached.set()

    def _receive(self, socket: Any) -> list[bytes]:
        frames = [socket.recv()]
        while socket.get(self._zmq.RCVMORE):
            frames.append(socket.recv())
        return frames

    def _send(self, socket: Any, frames: list[bytes]) -> None:
        for frame in frames[:-1]:
            socket.send(frame, self._zmq.SNDMORE | self._zmq.DONTWAIT)
        socket.send(frames[-1], self._zmq.DONTWAIT)

    def _say(self, event: str, **facts: str) -> None:
        with suppress(Exception):  # whoever listens, the door has to be kept
            self._tell(event, **facts)

    def _close(self) -> None:
        if not self._closed:
            self._closed = True
            self._reached.set()
            self._gone(self)
            self._zap.close(0)
            self._program.close(0)


def _shown(request: Request) -> str:
    """Id of the key that was shown, or the mechanism."""
    if request.mechanism == b"CURVE" and request.credentials:
        return id_of(request.credentials[0])
    return request.mechanism.decode("ascii", "replace")
