"""Messages taken from a ZeroMQ socket ahead of the program, of which it gets those that may be loaded, one after another."""

from collections import deque
from collections.abc import Callable, Sequence
from math import ceil
from time import monotonic
from types import ModuleType
from typing import Any, Final, Protocol, TypeAlias
from weakref import WeakSet

TURN: Final = 100
"""Messages that are refused before others get their turn: other sockets of a poll, other tasks of a loop."""
Socket: TypeAlias = Any
"""A `zmq.Socket` of whatever version of pyzmq the program has; what it asks of us is asked of `Pyzmq` below."""


class Channel(Protocol):
    """What guard thinks of the messages of one socket."""

    drops: bool
    """True: a message is shown to `refused` before the program sees that there is one."""

    def received(self, frames: Sequence[bytes], peer: str) -> None:
        """A message is about to be handed to the program. `peer` is an address, "" where libzmq tells none."""

    def refused(self, frames: Sequence[bytes], peer: str) -> bool:
        """True if the message must be dropped. What it raises is raised where the program receives; the message is lost."""


class Frame(Protocol):
    """A `zmq.Frame`."""

    bytes: bytes
    """Its content, copied when asked for first."""
    more: bool
    """True if the message has another."""

    def get(self, option: str) -> str:
        """A property that libzmq tells of the connection; `ZMQError` if it has none such."""


class Pyzmq:
    """Methods of pyzmq as they were before we changed them, and its names as plain numbers, which its enums are slow to be."""

    def __init__(self, zmq: ModuleType) -> None:
        self.recv: Callable[..., Frame] = zmq.Socket.recv
        self.get: Callable[[Socket, int], int] = zmq.Socket.get
        self.send: Callable[[Socket, bytes, int], object] = zmq.Socket.send
        self.poll: Callable[[Sequence[tuple[object, int]], int], list[tuple[object, int]]] = zmq.zmq_poll
        self.again: type[OSError] = zmq.Again
        self.error: type[OSError] = zmq.ZMQError
        self.noblock, self.pollin = int(zmq.NOBLOCK), int(zmq.POLLIN)
        self.events, self.more, self.fd, self.timeout = (
            int(option) for option in (zmq.EVENTS, zmq.RCVMORE, zmq.FD, zmq.RCVTIMEO)
        )
        self.req, self.rep, self.type = int(zmq.REQ), int(zmq.REP), int(zmq.TYPE)
        self.tracker = zmq.MessageTracker


class Stash:
    """What was taken from one libzmq socket and not handed out yet. pyzmq's objects that share the socket share it."""

    __slots__ = (
        "__weakref__", "_answers", "_channel", "_lockstep", "_news", "_scheduled", "_taken", "_waits_for_edges", "_zmq",
        "loops", "more", "screens", "taking", "waiting",
    )  # fmt: skip

    def __init__(self, zmq: Pyzmq, channel: Channel, kind: int) -> None:
        self._zmq = zmq
        self._channel = channel
        self._answers = kind == zmq.rep
        self._lockstep = kind in {zmq.req, zmq.rep}
        # A client that asked can't be served by silence: it may not ask again before it has an answer, nor go on
        # receiving once it has taken one. Its load is refused instead, and raises.
        self.screens = channel.drops and kind != zmq.req
        self._taken: list[Frame] = []
        self._news: tuple[Sequence[bytes], str] | None = None
        self._waits_for_edges = False
        self._scheduled = False
        self.waiting: deque[Frame] = deque()
        """Frames of the message that the program has next, or is in the middle of."""
        self.more = False
        """True if the message has more frames than the program received."""
        self.taking = False
        """True while pyzmq receives for us: some versions ask RCVMORE by the method that we replaced, and mean libzmq's."""
        self.loops: WeakSet[Socket] = WeakSet()
        """pyzmq's objects that receive in an event loop, woken by the edges of the socket's file descriptor."""

    def next(self, socket: Socket, flags: int) -> Frame:
        """The program's next frame; waits as the socket's RCVTIMEO and `flags` say, refused messages not counted."""
        if not self.waiting:
            self._fill(socket, flags)
        if self._news is not None:
            news, self._news = self._news, None
            self._channel.received(*news)
        frame = self.waiting.popleft()
        self.more = bool(self.waiting)
        return frame

    def seen(self, socket: Socket, events: int) -> int:
        """What the program may see of the events that libzmq tells."""
        if events & self._zmq.pollin and self.screens and not self._look(socket):
            return events & ~self._zmq.pollin
        if not self.waiting:
            return events
        # REQ and REP take turns: libzmq is ready to send once we received, the program is not before it did.
        return self._zmq.pollin if self._lockstep else events | self._zmq.pollin

    def events(self, socket: Socket) -> int:
        """The socket's EVENTS. Who waits for edges is told of every message that is there, in this turn or a later one."""
        while True:
            told = self._zmq.get(socket, self._zmq.events)
            events = self.seen(socket, told)
            dropped = told & ~events & self._zmq.pollin
            if not dropped or not self._waits_for_edges or self._comes_back():
                return events

    def edges(self) -> None:
        """The program has the file descriptor: it is not woken for what came before, so nothing may be left for later."""
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
            elif refused >= TURN and not self._waits_for_edges:
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

    def _look(self, socket: Socket) -> bool:
        """True if a message waits that the program may have; False as well if a turn passed without one."""
        for _ in range(TURN):
            if self.waiting:
                return True
            try:
                message = self._take(socket, self._zmq.noblock)
            except self._zmq.again:
                return False
            self._accepts(socket, message)
        return bool(self.waiting)

    def _take(self, socket: Socket, flags: int) -> list[Frame]:
        """A whole message. If a signal's handler raises in between, the rest is taken the next time."""
        taken = self._taken
        self.taking = True
        try:
            while not taken or taken[-1].more:
                taken.append(self._zmq.recv(socket, self._zmq.noblock if taken else flags, copy=False))
        finally:
            self.taking = False
        self._taken = []
        return taken

    def _accepts(self, socket: Socket, message: list[Frame]) -> bool:
        frames = [frame.bytes for frame in message]
        peer = self._peer(message[0])
        if self.screens and self._channel.refused(frames, peer):
            if self._answers:  # else libzmq would not let us receive again
                self._zmq.send(socket, b"", self._zmq.noblock)
            return False
        self._news = frames, peer
        self.waiting.extend(message)
        return True

    def _peer(self, frame: Frame) -> str:
        try:
            return frame.get("Peer-Address")
        except self._zmq.error:
            return ""

    def _comes_back(self) -> bool:
        """True if an event loop looks again once others had their turn."""
        for socket in self.loops:
            loop = socket._current_loop  # noqa: SLF001
            if not self._scheduled and hasattr(loop, "call_soon") and loop.is_running():
                self._scheduled = True
                loop.call_soon(self._return, socket)
        return self._scheduled

    def _return(self, socket: Socket) -> None:
        self._scheduled = False
        socket._handle_events()  # noqa: SLF001
