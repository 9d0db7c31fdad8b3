"""Asks many places at once what they speak: one process, one loop, a deadline for each step, results as they come.

The conversation is `probe/zmtp.py`'s. A connection ends by a reset (SO_LINGER of 0 s), so that neither side keeps it.
"""

import errno
import os
import selectors
import socket
import struct
from collections import deque
from collections.abc import Iterable, Iterator
from time import monotonic, sleep

from msgspec import Struct

from gnomon.probe.observation import IpcPlace, Observation, Place, State, TcpPlace
from gnomon.probe.zmtp import Conversation, Foreign, Silent, Speaker

_RESET = struct.pack("ii", 1, 0)
_NO_ROOM = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EAGAIN}
"""This machine is at a limit of its own; waiting for connections to end helps."""
_STATES: dict[int, State] = {
    errno.ECONNREFUSED: "closed",
    errno.ECONNRESET: "silent",  # it took the connection and ended it before we looked; who refuses is ECONNREFUSED
    errno.ENOENT: "closed",
    errno.ETIMEDOUT: "filtered",
    errno.EHOSTUNREACH: "unreachable",
    errno.ENETUNREACH: "unreachable",
    errno.EHOSTDOWN: "unreachable",
    errno.EADDRNOTAVAIL: "unreachable",  # so says a machine without IPv6 of ::1
}
_TRIES = 40
_PAUSE_S = 0.05
_BURST_S = 0.02
_Target = str | bytes | tuple[str, int] | tuple[str, int, int, int]


class Pace(Struct, frozen=True, kw_only=True):
    """How fast, and how patient."""

    concurrency: int = 2048
    """Connections open at a time; fewer if this process may not open so many files."""
    rate: float | None = None
    """Connections begun a second; None as fast as possible."""
    timeout_s: float = 1.0
    """For each step: the first byte, the version, the answer; to connect, twice as long, for a packet may get lost."""
    passive: bool = False
    """Send nothing."""


class _Attempt:
    """A connection on its way."""

    __slots__ = ("closed", "connected", "conversation", "deadline", "place", "socket")

    def __init__(self, place: Place, opened: socket.socket, *, passive: bool) -> None:
        self.place = place
        self.socket = opened
        self.conversation = Conversation(passive=passive)
        self.connected = False
        self.closed = False
        self.deadline = 0.0


def observe(places: Iterable[Place], pace: Pace) -> Iterator[Observation]:
    """What each place did, in the order of their answers; every one ends within five times `pace.timeout_s`."""
    prober = _Prober(pace)
    try:
        yield from prober.run(iter(places))
    finally:
        prober.close()


class _Prober:
    """The loop. At most `pace.concurrency` connections are open, each in one of two queues of deadlines."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._most = self._allowed = min(pace.concurrency, _files_to_spare())
        self._selector = selectors.DefaultSelector()
        self._open = 0
        self._again: deque[Place] = deque()
        self._failures = 0
        self._next_s = 0.0
        self._done: list[Observation] = []
        # all that wait equally long are in the order of their deadlines
        self._connecting: deque[tuple[float, _Attempt]] = deque()
        self._listening: deque[tuple[float, _Attempt]] = deque()

    def run(self, places: Iterator[Place]) -> Iterator[Observation]:
        """Every observation."""
        more = True
        while more or self._open or self._again:
            more = self._begin_some(places, more=more)
            self._step(self._wait_s(more=more))
            done, self._done = self._done, []
            yield from done

    def close(self) -> None:
        """Ends what is open."""
        for key in list(self._selector.get_map().values()):
            self._end(key.data)
        self._selector.close()

    def _begin_some(self, places: Iterator[Place], *, more: bool) -> bool:
        """Begins as many as pace and limits allow; False if there are no more places."""
        while self._open < self._allowed and self._may_begin():
            place = self._again.popleft() if self._again else next(places, None)
            if place is None:
                return False
            self._begin(place)
        return more

    def _may_begin(self) -> bool:
        if self._pace.rate is None:
            return len(self._done) < 256
        now = monotonic()
        if now < self._next_s:
            return False
        # what was missed is made good for a moment only: a burst is what a rate is to prevent
        self._next_s = max(self._next_s, now - _BURST_S) + 1 / self._pace.rate
        return True

    def _wait_s(self, *, more: bool) -> float:
        if self._done:
            return 0.0
        now, waits = monotonic(), [0.5]
        if (more or self._again) and self._open < self._allowed and self._pace.rate is not None:
            waits.append(self._next_s - now)
        waits += (queue[0][0] - now for queue in (self._connecting, self._listening) if queue)
        return max(0.0, min(waits))

    def _begin(self, place: Place) -> None:
        try:
            opened, address = _opened(place)
        except OSError as error:
            self._refused(place, error)
            return
        attempt = _Attempt(place, opened, passive=self._pace.passive)
        try:
            opened.connect(address)
        except BlockingIOError as error:
            if error.errno != errno.EINPROGRESS:  # a unix socket whose queue is full
                opened.close()
                self._refused(place, error)
                return
        except OSError as error:
            opened.close()
            self._refused(place, error)
            return
        self._failures = 0
        self._open += 1
        self._allowed = min(self._most, self._allowed + 1)  # what was missing may be there again
        self._selector.register(opened, selectors.EVENT_WRITE, attempt)
        self._expect(self._connecting, attempt, 2 * self._pace.timeout_s)

    def _refused(self, place: Place, error: OSError) -> None:
        """No connection was begun: tries again if this machine lacks something, and else notes why."""
        if error.errno in _NO_ROOM and self._failures < _TRIES:
            self._again.append(place)
            if self._open:
                self._allowed = max(1, self._open)
            else:
                self._failures += 1
                sleep(_PAUSE_S)
            return
        self._failures = 0
        self._note(place, _STATES.get(error.errno or 0, "failed"), _said(error))

    def _step(self, wait_s: float) -> None:
        for key, _ in self._selector.select(wait_s):
            attempt: _Attempt = key.data
            if attempt.connected:
                self._hear(attempt)
            else:
                self._connect(attempt)
        self._expire()

    def _connect(self, attempt: _Attempt) -> None:
        """Ends the first step: it is connected, or not."""
        code = attempt.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            self._finish(attempt, _STATES.get(code, "failed"), os.strerror(code))
        elif _is_itself(attempt):
            self._finish(attempt, "closed", "")
        else:
            attempt.connected = True
            self._selector.modify(attempt.socket, selectors.EVENT_READ, attempt)
            self._expect(self._listening, attempt, self._pace.timeout_s)

    def _hear(self, attempt: _Attempt) -> None:
        """Takes what came, and says what the procedure allows."""
        conversation = attempt.conversation
        try:
            data = attempt.socket.recv(conversation.room)
            reply = conversation.receive(data) if data else b""
            if reply and attempt.socket.send(reply) < len(reply):
                data = b""
        except BlockingIOError:
            return
        except OSError:
            data, reply = b"", b""
        if not data:
            conversation.hang_up()
        if not data or conversation.over:
            self._conclude(attempt, "" if data else "it closed the connection")
        elif reply:
            self._expect(self._listening, attempt, self._pace.timeout_s)

    def _expire(self) -> None:
        now = monotonic()
        for queue in (self._connecting, self._listening):
            while queue and (queue[0][0] <= now or queue[0][1].closed):
                deadline, attempt = queue.popleft()
                if attempt.closed or attempt.deadline != deadline:  # it is a step further
                    continue
                if attempt.connected:
                    self._conclude(attempt, "")
                else:
                    self._finish(attempt, "filtered", "no answer")

    def _expect(self, queue: deque[tuple[float, _Attempt]], attempt: _Attempt, patience_s: float) -> None:
        attempt.deadline = monotonic() + patience_s
        queue.append((attempt.deadline, attempt))

    def _conclude(self, attempt: _Attempt, detail: str) -> None:
        """Notes what a connected place is, by what it said."""
        match attempt.conversation.answer():
            case Silent():
                self._finish(attempt, "silent", detail)
            case Foreign(first=first):
                self._finish(attempt, "foreign", first.decode("ascii", "backslashreplace"))
            case Speaker() as speaker:
                self._finish(attempt, "zmtp", detail, speaker)

    def _finish(self, attempt: _Attempt, state: State, detail: str, said: Speaker | None = None) -> None:
        self._end(attempt)
        self._note(attempt.place, state, detail, said)

    def _note(self, place: Place, state: State, detail: str, said: Speaker | None = None) -> None:
        self._done.append(Observation(place=place, state=state, said=said, detail=detail))

    def _end(self, attempt: _Attempt) -> None:
        self._selector.unregister(attempt.socket)
        if attempt.connected:
            attempt.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        attempt.socket.close()
        attempt.closed = True
        self._open -= 1


def _opened(place: Place) -> tuple[socket.socket, _Target]:
    """A socket, and what to connect it to. Raises OSError."""
    family, target = _family(place)
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.setblocking(False)  # noqa: FBT003 (the standard library's)
    return opened, target


def _family(place: Place) -> tuple[socket.AddressFamily, _Target]:
    match place:
        case IpcPlace(path=path):
            return socket.AF_UNIX, b"\0" + os.fsencode(path[1:]) if path.startswith("@") else path
        case TcpPlace(address=address, port=port) if ":" in address:
            bare, _, zone = address.partition("%")
            return socket.AF_INET6, (bare, port, 0, _index(zone)) if zone else (bare, port)
        case TcpPlace(address=address, port=port):
            return socket.AF_INET, (address, port)


def _index(zone: str) -> int:
    return int(zone) if zone.isdecimal() else socket.if_nametoindex(zone)


def _is_itself(attempt: _Attempt) -> bool:
    """True for a connection of a port to itself: on loopback, if the port it was given happens to be the one asked.

    That is TCP's simultaneous open (RFC 9293 §3.5); nothing listens there.
    """
    if isinstance(attempt.place, IpcPlace):
        return False
    try:
        return bool(attempt.socket.getsockname() == attempt.socket.getpeername())
    except OSError:  # it was reset between; reading says so
        return False


def _files_to_spare() -> int:
    """How many connections may be open: the limit of open files is raised as far as this process may."""
    try:
        import resource
    except ImportError:  # not a unix
        return 500
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY or soft < hard:
        wanted = 65_536 if hard == resource.RLIM_INFINITY else hard
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(wanted, 65_536)), hard))
            soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        except (OSError, ValueError):
            pass
    return max(1, soft - 64)


def _said(error: OSError) -> str:
    return error.strerror or str(error)
