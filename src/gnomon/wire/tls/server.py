"""The end that binds: accepts, shakes hands and reads requests, in turns that never wait for one connection.

Who waits for a request takes the turns: the user's thread in a call, or the event loop. While a user of the blocking
socket does something else, a thread stands in, so that clients are let in meanwhile.
"""

import contextlib
import math
import os
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Sequence

from gnomon.wire.channel import Buffer
from gnomon.wire.limits import Limits
from gnomon.wire.stats import Complaints, Counts
from gnomon.wire.tls.credentials import Credentials
from gnomon.wire.tls.endpoint import Endpoint
from gnomon.wire.tls.failures import Unwelcome
from gnomon.wire.tls.reception import Reception, Session
from gnomon.wire.tls.stream import READ, Link, Running, lively, message

PENDING = 64
"""Connections that have not shown who they are yet: with one more, the oldest of them goes."""
STAND_IN_S = 0.25
"""How long nobody has attended when the thread stands in."""
_DEAF_S = 0.5
"""How long nobody is accepted after the system had no room for a connection."""
_BACKLOG = 128


class Server:
    """Listens, and has what arrives in `inbox`. Its methods are for one thread at a time."""

    def __init__(
        self, credentials: Credentials, limits: Limits, *, handshake_s: float, counts: Counts, complaints: Complaints
    ) -> None:
        self._reception = Reception(
            credentials.tls, limits, handshake_s=handshake_s, counts=counts, complaints=complaints
        )
        self.inbox = self._reception.inbox
        self._credentials = credentials
        self._complaints = complaints
        self._selector = selectors.DefaultSelector()
        self._listeners: list[socket.socket] = []
        self._back: deque[Session] = deque()
        self._next = math.inf
        """When the first of the sessions' times is over, or earlier."""
        self._deaf_until = math.inf
        self._driving = threading.Lock()
        """Who holds it takes the turns."""
        self._attended = False
        self._in_background = False
        self._left = -math.inf
        self._ended = threading.Event()
        self._orphaned = False
        self._thread: threading.Thread | None = None
        self._waking, self._wake_end = os.pipe()
        os.set_blocking(self._waking, False)
        os.set_blocking(self._wake_end, False)
        self._selector.register(self._waking, READ)

    def listen(self, endpoint: Endpoint) -> Endpoint:
        """Accept connections there. The endpoint with its port. Raises OSError."""
        host = "" if endpoint.host == "*" else endpoint.host
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, endpoint.port), family=family, backlog=_BACKLOG)
        listener.settimeout(0)
        self._listeners.append(listener)
        self._selector.register(listener, READ, listener)
        self._wake()
        return Endpoint(host=endpoint.host if host else "0.0.0.0", port=listener.getsockname()[1])  # noqa: S104

    def stand_in(self) -> None:
        """Start the thread that takes the turns while nobody attends."""
        self._thread = threading.Thread(target=self._stand_in, name="gnomon.wire tls", daemon=True)
        self._thread.start()

    def answer(self, session: Session, body: Sequence[Buffer], *, copy: bool) -> None:
        """Send an answer: what does not go at once goes later, from a copy if it should."""
        link = session.link
        link.put(message(session.number, body))
        link.until = time.monotonic() + self._credentials.tls.message_s
        with contextlib.suppress(OSError):  # whoever goes on with it meets the same again, and counts it
            sending = Running(link.flush())
            sending.close()
        if copy:
            link.keep()
        self.release(session)

    def release(self, session: Session) -> None:
        """Give a session back, answered or not."""
        self._back.append(session)
        self._wake()

    def attend(self) -> None:
        """Be the one who takes turns, from now on to `leave`: the thread that does so in between steps back."""
        self._attended = True
        self._wake()
        self._driving.acquire()

    def leave(self) -> None:
        """Let the thread take turns, if nobody attends again soon."""
        self._left = time.monotonic()
        self._attended = False
        self._driving.release()

    def turn(self, wait_s: float | None) -> None:
        """Do what can be done, after waiting for something for at most `wait_s` seconds (None: no bound)."""
        self._take_back()
        left_s = self.left_s()
        if self._attended and self.inbox:
            wait_s = 0.0
        elif wait_s is None or (left_s is not None and left_s < wait_s):
            wait_s = left_s
        for key, _ in self._selector.select(wait_s):
            if isinstance(key.data, Session):
                self._step(key.data)
            elif key.data is None:
                os.read(self._waking, 4096)
            else:
                self._accept(key.data)
        self._expire()

    def left_s(self) -> float | None:
        """Seconds until something has to be done though nothing comes; None for no bound."""
        until = min(self._next, self._deaf_until)
        return None if until == math.inf else max(0.0, until - time.monotonic())

    @property
    def descriptor(self) -> int:
        """Is readable when a turn would do something."""
        return self._selector.fileno()

    def close(self, linger_s: float) -> None:
        """End all connections; answers that are under way have `linger_s` seconds."""
        self._ended.set()
        self._wake()
        if threading.current_thread() is self._thread:  # the socket was forgotten there, perhaps within a turn
            self._orphaned = True
            return
        with self._driving:
            self._finish(linger_s)

    def _finish(self, linger_s: float) -> None:
        until = time.monotonic() + linger_s
        self._take_back()
        while any(session.link.unsent for session in self._reception) and time.monotonic() < until:
            self.turn(min(until - time.monotonic(), _DEAF_S))
        for session in self._reception:
            self._drop(session)
        self._close_descriptors()

    def disown(self) -> None:
        """Close a forked child's copies of the descriptors, without a word to anybody: the parent goes on."""
        for session in self._reception:
            session.link.socket.close()
        self._close_descriptors()

    def _wake(self) -> None:
        if self._in_background:
            with contextlib.suppress(BlockingIOError):  # full: it is awake
                os.write(self._wake_end, b".")

    def _stand_in(self) -> None:
        """The thread: takes turns while nobody attends. Connections don't wait for a user that computes."""
        while not self._ended.is_set():
            if self._attended or time.monotonic() - self._left < STAND_IN_S:
                self._ended.wait(STAND_IN_S)
                continue
            with self._driving:
                self._in_background = True
                while self._alone():
                    self.turn(None)
                self._in_background = False
        if self._orphaned:
            self._finish(0.0)

    def _alone(self) -> bool:
        return not (self._attended or self._ended.is_set())

    def _take_back(self) -> None:
        while self._back:
            self._step(self._back.popleft())

    def _accept(self, listener: socket.socket) -> None:
        try:
            raw, address = listener.accept()
        except (BlockingIOError, ConnectionError):
            return
        except OSError as error:  # no descriptors, no memory: trying at once would do nothing else any more
            self._complaints.say(f"REP: no connection can be accepted: {error.strerror}")
            self._deaf_until = time.monotonic() + _DEAF_S
            for each in self._listeners:
                self._selector.unregister(each)
            return
        try:
            lively(raw)
            raw.getpeername()  # with a connection that is gone, ssl would leave the descriptor to the garbage collector
            secure = self._credentials.context().wrap_socket(
                raw, server_side=True, do_handshake_on_connect=False, suppress_ragged_eofs=False
            )
        except OSError:  # gone again
            raw.close()
            return
        pending = self._reception.pending
        if len(pending) >= PENDING:
            oldest = next(iter(pending))
            self._reception.turn_away(oldest, Unwelcome("others came, and it had not shown who it is"))
            self._drop(oldest)
        session = Session(Link(secure), f"{address[0]}:{address[1]}")
        pending[session] = None
        self._step(session)

    def _step(self, session: Session) -> None:
        if session not in self._reception:  # dropped in this same turn
            return
        try:
            if session.running is None:
                session.running = Running(self._reception.serve(session))
            else:
                session.running.step()
        except (OSError, EOFError):  # at its end, or broken; what there is to tell of it was told
            self._drop(session)
        except Exception as error:  # noqa: BLE001 (whatever a connection does, the others are served)
            self._complaints.say(
                f"REP: the connection from {session.address} was dropped: {type(error).__name__}: {error}"
            )
            self._drop(session)
        else:
            if session.running.done:
                self._drop(session)
            else:
                _, event, until = session.running.want
                self._await(session, event, until)

    def _await(self, session: Session, event: int, until: float) -> None:
        session.until = until
        self._next = min(self._next, until)
        if event == session.watched:
            return
        if not session.watched:
            self._selector.register(session.link.socket, event, session)
        elif event:
            self._selector.modify(session.link.socket, event, session)
        else:
            self._selector.unregister(session.link.socket)
        session.watched = event

    def _expire(self) -> None:
        now = time.monotonic()
        if now >= self._deaf_until:
            self._deaf_until = math.inf
            for listener in self._listeners:
                self._selector.register(listener, READ, listener)
        if now < self._next:
            return
        for session in self._reception:
            if session.until <= now:
                self._step(session)
        self._next = min((each.until for each in self._reception), default=math.inf)

    def _drop(self, session: Session) -> None:
        self._reception.forget(session)
        if session.watched:
            self._selector.unregister(session.link.socket)
            session.watched = 0
        session.link.close()

    def _close_descriptors(self) -> None:
        for listener in self._listeners:
            listener.close()
        self._selector.close()
        for descriptor in (self._waking, self._wake_end):
            with contextlib.suppress(OSError):
                os.close(descriptor)
