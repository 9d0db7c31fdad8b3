"""Messages taken from a ZeroMQ socket ahead of the program, which gets those of them that may be loaded."""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from math import ceil
from time import monotonic
from types import ModuleType
from typing import Any, Final, Protocol, TypeAlias
from weakref import WeakSet

TURN: Final = 100
"""Messages that are refused before others get their turn: other sockets of a poll, other tasks of a loop."""
Socket: TypeAlias = Any
"""A `zmq.Socket` of whatever version of pyzmq the program has; we use it by the methods in `Pyzmq`."""


class Frame(Protocol):
    """A `zmq.Frame`."""

    bytes: bytes
    """Its content, copied when asked for first."""
    more: bool
    """True if the message has another."""
    tracker: object
    """A `MessageTracker` if the program asked for one."""

    def get(self, option: str) -> str:
        """A property that libzmq tells of the connection; `ZMQError` if it has none such."""


class Channel(Protocol):
    """What guard thinks of the messages of one socket."""

    drops: bool
    """True: a message is shown to `refused` before the program sees that there is one."""

    def received(self, frames: Sequence[Frame]) -> None:
        """The program is about to have a message, or the next frame of one: then it is the same list, and longer."""

    def refused(self, frames: Sequence[Frame]) -> bool:
        """True if the message must be dropped. What it raises is raised where the program receives."""


def peer_of(frame: Frame) -> str:
    """The address that a frame came from; "" where libzmq tells none. Asking costs half as much as receiving."""
    try:
        return frame.get("Peer-Address")
    except Exception:  # noqa: BLE001 (pyzmq's ZMQError, which is not ours to import)
        return ""


class Pyzmq:
    """Methods of pyzmq as they were before we changed them, and its names as numbers: its enums are slow."""

    def __init__(self, zmq: ModuleType) -> None:
        self.recv: Callable[..., Frame] = zmq.Socket.recv
        self.get: Callable[[Socket, int], int] = zmq.Socket.get
        self.send: Callable[[Socket, bytes, int], object] = zmq.Socket.send
        self.poll: Callable[[Sequence[tuple[object, int]], int], list[tuple[object, int]]] = zmq.zmq_poll
        self.again: type[OSError] = zmq.Again
        self.noblock, self.pollin, self.pollout = int(zmq.NOBLOCK), int(zmq.POLLIN), int(zmq.POLLOUT)
        self.events, self.more, self.fd, self.timeout = (
            int(option) for option in (zmq.EVENTS, zmq.RCVMORE, zmq.FD, zmq.RCVTIMEO)
        )
        self.type, self.conflate = int(zmq.TYPE), int(zmq.CONFLATE)
        self.req, self.rep = int(zmq.REQ), int(zmq.REP)
        self.tracker = zmq.MessageTracker


class Passage:
    """Messages of a socket that drops none: the program has them as libzmq gives them, and the channel is told."""

    __slots__ = ("__weakref__", "_channel", "_frames", "_recv")

    def __init__(self, zmq: Pyzmq, channel: Channel) -> None:
        self._recv = zmq.recv
        self._channel = channel
        self._frames: list[Frame] = []

    def next(self, socket: Socket, flags: int) -> Frame:
        """The next frame, as pyzmq receives it."""
        frame = self._recv(socket, flags, False)  # noqa: FBT003 (by position: this is where time goes)
        frames = self._frames
        if not frames or not frames[-1].more:
            frames = self._frames = []
        frames.append(frame)
        self._channel.received(frames)
        return frame

    def clear(self) -> None:
        """Forgets the last message."""
        self._frames = []


class Stash:
    """What was taken from a libzmq socket and not handed out yet. Objects of pyzmq that share the socket share it."""

    __slots__ = (
        "__weakref__", "_answers", "_channel", "_keeps_newest", "_lockstep", "_news", "_recv", "_scheduled", "_taken",
        "_waits_for_edges", "_zmq", "loops", "more", "taking", "waiting",
    )  # fmt: skip

    def __init__(self, zmq: Pyzmq, channel: Channel, kind: int) -> None:
        self._zmq = zmq
        self._recv = zmq.recv
        self._channel = channel
        self._answers = kind == zmq.rep
        self._lockstep = kind in {zmq.req, zmq.rep}
        self._taken: list[Frame] = []
        self._news: list[Frame] | None = None
        self._waits_for_edges = False
        self._scheduled: object = None
        self._keeps_newest: bool | None = None
        self.waiting: deque[Frame] = deque()
        """Frames of the message that the program has next, or is in the middle of."""
        self.more = False
        """True if the message has more frames than the program received."""
        self.taking = False
        """True while pyzmq receives for us: before 26 it asks for RCVMORE by the method that we replaced."""
        self.loops: WeakSet[Socket] = WeakSet()
        """pyzmq's objects that receive in an event loop, woken by the edges of the socket's file descriptor."""

    def next(self, socket: Socket, flags: int) -> Frame:
        """The program's next frame; waits as the socket's RCVTIMEO and `flags` say, refused messages not counted."""
        if not self.waiting:
            self._fill(socket, flags)
        elif self._news is not None and self._conflates(socket):
            self._renew(socket)
        if self._news is not None:
            news, self._news = self._news, None
            self._channel.received(news)
        frame = self.waiting.popleft()
        self.more = bool(self.waiting)
        return frame

    def seen(self, socket: Socket, events: int) -> int:
        """What the program may see of the events that a poll tells."""
        if self._may_be_nothing(events):
            self._look(socket, polled=True)
        return self._shown(events)

    def events(self, socket: Socket) -> int:
        """The socket's EVENTS."""
        zmq = self._zmq
        while True:
            events = zmq.get(socket, zmq.events)
            if not self.waiting:
                if not events & zmq.pollin:
                    return events
                # Asked again after a look, if that may have taken the only sign that the socket can send now.
                if self._look(socket) and not events & zmq.pollout:
                    continue
            return self._shown(events)

    def edges(self) -> None:
        """The program has the descriptor, which wakes it for what comes, not for what was left behind."""
        self._waits_for_edges = True

    def clear(self) -> None:
        """Forgets what the program did not receive."""
        self.waiting.clear()
        self._taken.clear()
        self._news = None
        self.more = False

    def _fill(self, socket: Socket, flags: int) -> None:
        started = monotonic()
        refused = 0
        waits = not flags & self._zmq.noblock
        while not self._accepts(socket, self._take(socket, flags)):
            refused += 1
            if waits:
                flags = self._rest(socket, started)
            elif self._ends_turn(refused):
                raise self._zmq.again

    def _rest(self, socket: Socket, started: float) -> int:
        """Waits for what RCVTIMEO leaves after a refused message; the flags to receive with then."""
        timeout = self._zmq.get(socket, self._zmq.timeout)
        if timeout < 0:
            return 0
        left = timeout / 1000 + started - monotonic()
        if left <= 0:
            raise self._zmq.again
        self._zmq.poll([(socket, self._zmq.pollin)], ceil(left * 1000))
        return self._zmq.noblock

    def _may_be_nothing(self, events: int) -> bool:
        return bool(not self.waiting and events & self._zmq.pollin)

    def _shown(self, events: int) -> int:
        if not self.waiting:
            return events & ~self._zmq.pollin
        # REQ and REP take turns: libzmq is ready to send once we received, the program is not before it did.
        return self._zmq.pollin if self._lockstep else events | self._zmq.pollin

    def _look(self, socket: Socket, *, polled: bool = False) -> bool:
        """Takes messages until one may be loaded or all are taken; False if the turn ended before.

        A poll always ends its turn, since it has a timeout to keep, and libzmq tells the next one what is left.
        """
        refused = 0
        while not self.waiting:
            try:
                message = self._take(socket, self._zmq.noblock)
            except self._zmq.again:
                break
            if not self._accepts(socket, message):
                refused += 1
                if self._ends_turn(refused) or (polled and refused % TURN == 0):
                    return False
        return True

    def _ends_turn(self, refused: int) -> bool:
        """True if others get their turn, and somebody looks again after that."""
        return refused % TURN == 0 and (not self._waits_for_edges or self._comes_back())

    def _conflates(self, socket: Socket) -> bool:
        """True if the socket keeps its newest message alone, which had to be decided before there was a connection."""
        if self._keeps_newest is None:
            self._keeps_newest = bool(self._zmq.get(socket, self._zmq.conflate))
        return self._keeps_newest

    def _renew(self, socket: Socket) -> None:
        """Takes what came after the message that waits; the newest that may be loaded stays."""
        with suppress(self._zmq.again):
            while True:
                self._accepts(socket, self._take(socket, self._zmq.noblock))

    def _take(self, socket: Socket, flags: int) -> list[Frame]:
        """A whole message. If a signal's handler raises in between, the rest is taken the next time."""
        taken = self._taken
        self.taking = True
        try:
            if not taken:
                taken.append(self._recv(socket, flags, False))  # noqa: FBT003 (by position: this is where time goes)
            while taken[-1].more:
                taken.append(self._recv(socket, self._zmq.noblock, False))  # noqa: FBT003
        finally:
            self.taking = False
        self._taken = []
        return taken

    def _accepts(self, socket: Socket, message: list[Frame]) -> bool:
        if self._channel.refused(message):
            if self._answers:  # else libzmq would not let us receive again
                self._zmq.send(socket, b"", self._zmq.noblock)
            return False
        self._news = message
        self.waiting.clear()  # only a socket that conflates has one
        self.waiting.extend(message)
        return True

    def _comes_back(self) -> bool:
        """True if an event loop looks again."""
        loops = (socket._current_loop for socket in self.loops)
        running = next((loop for loop in loops if hasattr(loop, "call_soon") and loop.is_running()), None)
        if running is not None and running is not self._scheduled:  # another one may have ended before it came to it
            self._scheduled = running
            running.call_soon(self._return)
        return running is not None

    def _return(self) -> None:
        self._scheduled = None
        for socket in list(self.loops):
            socket._handle_events()
