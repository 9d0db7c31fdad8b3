"""One raw socket with its mode, pattern and counts: what the blocking and the asyncio socket have in common."""

import contextlib
import os
import time
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import zmq
from msgspec import Struct

from gnomon.wire.attributes import Attributes
from gnomon.wire.auto import check_topic
from gnomon.wire.channel import MAX_HOPS, PATTERNS, SEAL_BYTES, Buffer, Channel, Received
from gnomon.wire.codec import Codec
from gnomon.wire.errors import Refused, Timeout, WireError
from gnomon.wire.handshake import Connections
from gnomon.wire.limits import Limits
from gnomon.wire.live_ring import LiveRing
from gnomon.wire.local import local_endpoint
from gnomon.wire.mechanism import Face, Mechanism, Mode
from gnomon.wire.stats import Complaints, Counts, Stats
from gnomon.wire.tls.settings import Tls
from gnomon.wire.watch import Watch

_NOBLOCK, _SNDMORE = int(zmq.NOBLOCK), int(zmq.SNDMORE)
_UNCOPIED = False
_SMALL = 4096
"""Bytes up to which a copy costs less than the book-keeping without one."""
RETRY_S = 1.0
"""Time between two tries with keys that a server did not let in."""
OPTIONS = {
    zmq.SNDHWM, zmq.RCVHWM, zmq.SNDBUF, zmq.RCVBUF, zmq.LINGER, zmq.ROUTING_ID, zmq.SUBSCRIBE, zmq.UNSUBSCRIBE,
    zmq.TCP_KEEPALIVE, zmq.TCP_KEEPALIVE_IDLE, zmq.TCP_KEEPALIVE_CNT, zmq.TCP_KEEPALIVE_INTVL, zmq.IPV6, zmq.BACKLOG,
    zmq.RECONNECT_IVL, zmq.RECONNECT_IVL_MAX, zmq.HEARTBEAT_IVL, zmq.HEARTBEAT_TIMEOUT, zmq.HEARTBEAT_TTL,
    zmq.IMMEDIATE, zmq.ROUTER_HANDOVER, zmq.AFFINITY,
}  # fmt: skip
"""Options that a user may set. Those that keep others out, and the limits, are the context's."""
READABLE = OPTIONS - {zmq.SUBSCRIBE, zmq.UNSUBSCRIBE} | {zmq.LAST_ENDPOINT, zmq.EVENTS, zmq.FD}


class TimedOut(Timeout, zmq.Again):
    """The time given ran out. It is pyzmq's Again too, so that code written for either catches it."""

    def __init__(self, what: str) -> None:
        zmq.Again.__init__(self)
        self.what = what

    def __str__(self) -> str:
        return self.what


class Settings(Struct, frozen=True, kw_only=True):
    """What all sockets of a context have in common."""

    mode: Mode
    keys: LiveRing
    why: str = ""
    """Why `auto` chose the mode; empty for a mode that the user named."""
    seals: bool
    """Whether messages carry a seal."""
    mechanism: Mechanism
    codec: Codec
    limits: Limits
    folder: Path
    """Where local channels are."""
    handshake_s: float
    linger_s: float
    max_age_s: float
    window: int
    on_refused: Callable[[Refused], None] | None
    tls: Tls | None = None
    """Mode `tls` alone, which has sockets of its own."""


class Port(Attributes):
    """A raw socket of one pattern and mode. It binds or connects, not both: one end has to be the server."""

    def __init__(
        self, context: "zmq.Context[zmq.Socket[bytes]]", watch: Watch, settings: Settings, kind: int, channel: bytes
    ) -> None:
        if kind not in PATTERNS:
            known = ", ".join(zmq.SocketType(each).name for each in PATTERNS)
            raise WireError(f"there is no socket type {kind!r} here; there are: {known}")
        self.context: object = None
        self._settings = settings
        self._watch = watch
        self._kind = kind
        self._name = zmq.SocketType(kind).name
        self._counts = Counts()
        self._complaints = Complaints()
        self._channel = Channel(
            kind,
            settings.codec,
            settings.limits,
            ring=settings.keys if settings.seals else None,
            name=channel,
            max_age_s=settings.max_age_s,
            window=settings.window,
        )
        self._raw: zmq.Socket[bytes] = context.socket(PATTERNS[kind].raw)
        # What pyzmq wraps around these two looks at every argument again, and takes longer than they do.
        self._send: Callable[[Buffer, int, bool], object] = super(zmq.Socket, self._raw).send  # type: ignore[assignment]
        self._receive: Callable[[int, bool], zmq.Frame] = super(zmq.Socket, self._raw).recv  # type: ignore[assignment]
        self._router = PATTERNS[kind].raw == zmq.ROUTER
        self._head_bytes = settings.limits.head_bytes + SEAL_BYTES
        self._most = settings.limits.buffers + MAX_HOPS + 2
        """Frames that are kept of one message: with more it is refused anyway."""
        self._connections: Connections | None = None
        self._binds: bool | None = None
        self._asked: dict[str, str | None] = {}
        """Which public key a server must have, by endpoint."""
        self._tries_at = 0.0
        """When the keys are shown again to a server that let none of them in."""
        self._trouble: WireError | None = None
        """What every further use raises, whatever the connections do."""
        self._foreign = False
        self._waiting = False
        """True while a thread is within libzmq."""
        self._limit()
        OPEN.add(self)

    def _limit(self) -> None:
        limits, milliseconds = self._settings.limits, int(self._settings.handshake_s * 1000)
        raw = self._raw
        raw.linger = int(self._settings.linger_s * 1000)
        raw.setsockopt(zmq.MAXMSGSIZE, max(limits.buffer_bytes, limits.head_bytes + SEAL_BYTES))
        # Two handshakes fit into the time: one that fails alone may be a server that was just ending.
        raw.setsockopt(zmq.HANDSHAKE_IVL, max(milliseconds // 3, 1))
        raw.setsockopt(zmq.RECONNECT_IVL_MAX, 2_000)
        if raw.type == zmq.ROUTER:
            raw.setsockopt(zmq.ROUTER_MANDATORY, 1)  # so that what can't be delivered is told, and counted

    def bind(self, endpoint: str) -> str:
        """The endpoint that was bound, with the port chosen for `:*`. Raises KeyMissing without a list of keys."""
        self._begin(binds=True, endpoint=endpoint)
        endpoint = self._resolved(endpoint)
        face = self._settings.mechanism.server()
        self._show(face)
        self._watched()
        self._raw.bind(endpoint)
        last: bytes = self._raw.get(zmq.LAST_ENDPOINT)  # type: ignore[assignment]
        return last.rstrip(b"\0").decode()

    def bind_to_random_port(self, address: str) -> int:
        """Binds `address`, as `tcp://127.0.0.1`, to a free port. The port."""
        return int(self.bind(f"{address}:*").rpartition(":")[2])

    def connect(self, endpoint: str, *, server: str | None = None) -> None:
        """Connects. `server`: id of the public key that it must have, if not any on the ring. Raises KeyMissing."""
        self._begin(binds=False, endpoint=endpoint)
        endpoint = self._resolved(endpoint)
        first, *_ = self._settings.mechanism.clients(server)
        self._show(first)
        self._watched().shows(endpoint, first)
        # A message is taken once there is a connection: what waits for a server that never lets us in is lost silently.
        if self._raw.type in {zmq.PUSH, zmq.DEALER, zmq.PAIR} and not endpoint.startswith("inproc:"):
            self._raw.setsockopt(zmq.IMMEDIATE, 1)
        self._raw.connect(endpoint)
        self._asked[endpoint] = server

    def _begin(self, *, binds: bool, endpoint: str) -> None:
        self._check()
        if self._binds is not None and self._binds != binds:
            raise WireError(
                f"this socket {'binds' if self._binds else 'connects'} already; for {endpoint} use another one"
            )
        self._binds = binds

    def _resolved(self, endpoint: str) -> str:
        if self._settings.mode == "local":
            return local_endpoint(endpoint, self._settings.folder)
        if endpoint.startswith("inproc:"):
            raise WireError(f"inproc:// knows no keys; {endpoint!r} is for mode 'local'")
        if endpoint.startswith("tls:"):
            raise WireError(f"{endpoint!r} is for mode 'tls'; in mode {self._settings.mode!r} it is tcp://")
        return endpoint

    def _show(self, face: Face) -> None:
        for option, value in face.options:
            self._raw.set(option, value)

    def _watched(self) -> Connections:
        if self._connections is None:
            self._connections = Connections(
                binds=bool(self._binds), name=self._name, counts=self._counts, complaints=self._complaints
            )
            self._connections.why = self._settings.why
            self._connections.changed = _weakly(self)
            self._watch.add(self._raw, self._connections)
        return self._connections

    def _events(self) -> int:
        """What the socket is ready for. Asking takes up the signal of libzmq's descriptor."""
        events: int = self._raw.get(zmq.EVENTS)  # type: ignore[assignment]
        return events

    def _noblock(self, flags: int) -> bool:
        """Whether the call must not wait. Raises WireError for any other of pyzmq's flags."""
        if flags & ~_NOBLOCK:
            raise WireError("a message goes as one: of pyzmq's flags there is NOBLOCK alone, and no SNDMORE")
        return bool(flags)

    def enlist(self, poller: zmq.Poller, flags: int) -> None:
        """Have pyzmq's poller wait for the raw socket; what is ready then may still be refused: ask `poll`."""
        poller.register(self._raw, flags)

    def woken(self) -> None:
        """Something happened to a connection; called by the watching thread."""

    def _put(self, frames: Sequence[Buffer], flags: int, *, copy: bool) -> None:
        """Sends the frames. Raises zmq.Again if nobody takes them now."""
        send, last = self._send, frames[-1]
        if self._router:
            flags |= _NOBLOCK  # one client that takes nothing must not keep the others waiting
        try:
            if len(frames) > 1:
                for frame in frames[:-1]:
                    send(frame, flags | _SNDMORE, copy or len(frame) < _SMALL)
            send(last, flags, copy or len(last) < _SMALL)
        except zmq.ZMQError as error:
            if not self._router or error.errno not in {zmq.EHOSTUNREACH, zmq.EAGAIN}:
                raise
            self._counts.undeliverable += 1
            self._complaints.say(f"{self._name}: the receiver of a message is gone, or takes nothing any more")
            return
        self._counts.sent += 1

    def _take(self, flags: int) -> Received | None:
        """The next message, or None for one that was refused. Raises zmq.Again if there is none."""
        frame = self._receive(flags, _UNCOPIED)
        # The head is taken apart, best as bytes. One that will be refused for its length is not even copied.
        frames: list[Buffer] = [frame.bytes if len(frame) <= self._head_bytes else frame.buffer]
        while frame.more:
            frame = self._receive(0, _UNCOPIED)
            if len(frames) <= self._most:
                frames.append(frame.bytes if len(frame) < _SMALL else frame.buffer)
        try:
            received = self._channel.unpack(frames)
        except Refused as refused:
            self._refuse(refused)
            return None
        self._counts.received += 1
        if received.missed and self._kind in {zmq.SUB, zmq.PAIR}:
            self._counts.missed += received.missed
        return received

    def _refuse(self, refused: Refused) -> None:
        self._counts.refused[refused.reason] += 1
        self._complaints.say(f"{self._name} dropped a message, {refused}")
        if self._settings.on_refused is not None:
            self._settings.on_refused(refused)

    @property
    def stats(self) -> Stats:
        """What was sent, received and dropped up to now."""
        return self._counts.snapshot()

    def _check(self) -> None:
        """Raises what keeps the socket from working, unless another key helps: that is tried first."""
        if self._trouble is not None:
            raise self._trouble
        connections = self._connections
        if connections is None or (trouble := connections.trouble) is None:
            return
        if connections.blamed not in self._asked:
            raise trouble
        self._show_others(connections, connections.blamed, trouble)

    def _show_others(self, connections: Connections, endpoint: str, trouble: WireError) -> None:
        """Connects anew with a key that the server was not shown yet.

        If there is none, the trouble is raised. But once a second one is shown again: the server may have got it by
        now, and libzmq does not come back to a server that said no.
        """
        self._settings.keys.look()
        faces = self._settings.mechanism.clients(self._asked[endpoint])
        if face := connections.untried(endpoint, faces):
            connections.shows(endpoint, face)
            self._connect_as(face, endpoint)
            return
        if (now := time.monotonic()) >= self._tries_at:
            self._tries_at = now + RETRY_S
            self._connect_as(connections.again(endpoint, faces), endpoint)
        raise trouble

    def _connect_as(self, face: Face, endpoint: str) -> None:
        self._raw.disconnect(endpoint)
        self._show(face)
        self._raw.connect(endpoint)

    def setsockopt(self, option: int, value: int | bytes | str) -> None:
        """Sets an option of libzmq. Raises WireError for one that is the context's to decide."""
        if option not in OPTIONS:
            raise WireError(
                f"option {_named(option)} is not for a socket of gnomon.wire:"
                " it would change who is let in, the limits, or how it waits"
            )
        if option == zmq.SUBSCRIBE:
            check_topic(value, self._settings.mode, self._settings.why)
        if option == zmq.RCVHWM and value == 1:
            # libzmq (4.3.5) puts who was let in into the queue, and counts it for ever: with 1 nothing else would fit.
            value = 2
        self._raw.set(option, value.encode() if isinstance(value, str) else value)

    def setsockopt_string(self, option: int, value: str) -> None:
        """Sets an option to a text, in UTF-8."""
        self.setsockopt(option, value)

    def getsockopt(self, option: int) -> int | bytes:
        """The value of an option. Raises WireError for one that shows keys."""
        if option not in READABLE:
            raise WireError(f"option {_named(option)} of a gnomon.wire socket can't be read")
        value: int | bytes = self._raw.get(option)
        return value

    def subscribe(self, topic: bytes | str) -> None:
        """SUB: takes messages whose topic begins so."""
        self.setsockopt(zmq.SUBSCRIBE, topic)

    def unsubscribe(self, topic: bytes | str) -> None:
        """SUB: takes them no more."""
        self.setsockopt(zmq.UNSUBSCRIBE, topic)

    @property
    def closed(self) -> bool:
        """True after `close`."""
        return bool(self._raw.closed)

    def disown(self) -> None:
        """Make every further use raise: this is a forked child, and the socket is its parent's."""
        self._foreign = True
        self._trouble = WireError("the socket was made before fork: make a context and sockets in the child")

    def stop(self) -> None:
        """Make a thread that waits in here raise, and wait for it, at most a second: closing before would crash."""
        self._trouble = self._trouble or WireError("the context was closed")
        deadline = time.monotonic() + 1
        while self._waiting and time.monotonic() < deadline:
            time.sleep(0.005)

    def close(self, linger: int | None = None) -> None:
        """Closes. What was sent is delivered within `linger` milliseconds (the context's linger_s) if we are let in."""
        if self._raw.closed or self._foreign:
            return
        connections = self._connections
        if connections is not None:
            if connections.trouble is not None:
                linger = 0
            with contextlib.suppress(zmq.ContextTerminated):  # the thread that reads the monitor ends by the same
                self._raw.disable_monitor()
        self._raw.close(linger)
        if connections is not None:
            self._watch.release(connections)
        self._trouble = WireError("the socket is closed")

    def __del__(self) -> None:
        # Before libzmq's socket is forgotten itself, which only complains, and the context would wait for it.
        if hasattr(self, "_raw"):
            self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<gnomon.wire {self._name} {self._settings.mode}>"


def _named(option: int) -> str:
    return zmq.SocketOption(option).name if option in set(zmq.SocketOption) else str(option)


def _weakly(port: Port) -> Callable[[], None]:
    """Its `woken`, for a thread that must not keep it from being forgotten."""
    reference = weakref.ref(port)

    def changed() -> None:
        if (there := reference()) is not None:
            there.woken()

    return changed


OPEN: "weakref.WeakSet[Port]" = weakref.WeakSet()


def _forked() -> None:
    for port in OPEN:
        port.disown()


os.register_at_fork(after_in_child=_forked)
