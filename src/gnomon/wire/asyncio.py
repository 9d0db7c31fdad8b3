"""The asyncio twin of Context and Socket: one wake-up of the event loop, then all messages that are there.

pyzmq's own twin makes futures for each message. This one waits on the socket's file descriptor only when there is
nothing to read, and lets other tasks have their turn when there always is.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Iterator
from typing import Any

import zmq

from gnomon.wire.auto import check_topic
from gnomon.wire.channel import Buffer, Peer, Received
from gnomon.wire.context import BaseContext
from gnomon.wire.port import Port, Settings, TimedOut
from gnomon.wire.watch import Watch

_NOBLOCK = int(zmq.NOBLOCK)
BURST = 256
"""Messages after which other tasks get their turn."""


class Socket(Port):
    """A socket of the event loop that it is first awaited in. Several tasks may send, and several receive."""

    def __init__(
        self, context: "zmq.Context[zmq.Socket[bytes]]", watch: Watch, settings: Settings, kind: int, channel: bytes
    ) -> None:
        super().__init__(context, watch, settings, kind, channel)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._readers: deque[asyncio.Future[None]] = deque()
        self._writers: deque[asyncio.Future[None]] = deque()
        self._burst = 0
        self._unawaited: asyncio.Future[None] | None = None
        """The last send_pyobj that waits, in front of those that come after it."""

    async def send_obj(
        self,
        obj: object,
        *,
        to: Peer | None = None,
        topic: bytes = b"",
        timeout_s: float | None = None,
        copy: bool = True,
        as_type: object = None,
    ) -> None:
        """As the blocking socket's. A task that is cancelled in it has sent all or nothing."""
        self._check()
        if topic:
            check_topic(topic, self._settings.mode, self._settings.why)
        await self._sent(self._channel.pack(obj, to, topic, as_type), timeout_s, copy=copy)

    def send_pyobj(
        self,
        obj: object,
        flags: int = 0,
        *,
        to: Peer | None = None,
        timeout_s: float | None = None,
        as_type: object = None,
    ) -> "asyncio.Future[None]":
        """As send_obj, but the object is taken before this returns, and sent whether this is awaited or not.

        So pyzmq does it, and much code does not await it. An object that can't be sent raises at once.
        """
        self._check()
        wait_s = 0.0 if self._noblock(flags) else timeout_s
        frames = self._channel.pack(obj, to, as_type=as_type)
        if self._unawaited is None or self._unawaited.done():
            with contextlib.suppress(zmq.Again):
                self._put(frames, _NOBLOCK, copy=True)
                self._went()
                done = asyncio.get_running_loop().create_future()
                done.set_result(None)
                return done
        self._unawaited = asyncio.ensure_future(self._behind(self._unawaited, frames, wait_s))
        return self._unawaited

    async def _behind(
        self, previous: "asyncio.Future[None] | None", frames: list[Buffer], timeout_s: float | None
    ) -> None:
        if previous is not None:
            await asyncio.wait([previous])
        await self._sent(frames, timeout_s, copy=True)

    async def _sent(self, frames: list[Buffer], timeout_s: float | None, *, copy: bool) -> None:
        try:
            try:
                self._put(frames, _NOBLOCK, copy=copy)
            except zmq.Again:
                await self._deliver(frames, timeout_s, copy=copy)
        except BaseException:
            self._channel.give_up()
            raise
        self._went()

    def _went(self) -> None:
        self._channel.sent()
        if self._readers:
            self._wake()  # sending may have used up the signal that a message came

    async def _deliver(self, frames: list[Buffer], timeout_s: float | None, *, copy: bool) -> None:
        """Waits until there is room, and sends."""
        async with _within(timeout_s, "nobody took the message in time: is the other end there?"):
            while True:
                await self._wait(self._writers, zmq.POLLOUT)
                with contextlib.suppress(zmq.Again):
                    self._put(frames, _NOBLOCK, copy=copy)
                    return

    async def recv_obj(self, *, timeout_s: float | None = None) -> object:
        """As the blocking socket's."""
        return (await self.recv_from(timeout_s=timeout_s)).obj

    async def recv_pyobj(self, flags: int = 0, *, timeout_s: float | None = None) -> Any:  # noqa: ANN401 (pyzmq's is too)
        """As recv_obj; with zmq.NOBLOCK it does not wait."""
        return await self.recv_obj(timeout_s=0.0 if self._noblock(flags) else timeout_s)

    async def recv_from(self, *, timeout_s: float | None = None) -> Received:
        """As the blocking socket's."""
        self._check()
        self._burst += 1
        if self._burst >= BURST:
            self._burst = 0
            await asyncio.sleep(0)
        received = self._at_once()
        if received is not None:
            return received
        self._burst = 0
        try:
            async with _within(timeout_s, f"nothing was received within {timeout_s} s"):
                while (received := self._at_once()) is None:
                    await self._wait(self._readers, zmq.POLLIN)
        except TimedOut:
            self._channel.give_up()
            raise
        return received

    def _at_once(self) -> Received | None:
        """The next message of those that are there, after at most a burst of refused ones."""
        try:
            for _ in range(BURST):
                if (received := self._take(_NOBLOCK)) is not None:
                    return received
        except zmq.Again:
            pass
        return None

    async def drain(self, most: int = BURST) -> list[object]:
        """At least one object, and those that are there already, at most `most`: the fastest way to receive."""
        return [await self.recv_obj(), *self._there(most - 1)]

    def _there(self, most: int) -> Iterator[object]:
        """Objects of the next messages that are there; one that is refused counts among the `most`."""
        with contextlib.suppress(zmq.Again):
            for _ in range(most):
                if (received := self._take(_NOBLOCK)) is not None:
                    yield received.obj

    async def __aiter__(self) -> AsyncIterator[object]:
        while True:
            yield await self.recv_obj()

    def close(self, linger: int | None = None) -> None:
        """As the blocking socket's. Tasks that wait in it get a WireError; to be called in the event loop's thread."""
        if self._foreign:
            return  # the loop's selector is the parent's as well, which would not hear of its socket any more
        if not self.closed and self._loop is not None and not self._loop.is_closed():
            self._loop.remove_reader(self._raw)
        super().close(linger)
        self._release()

    async def _wait(self, waiting: "deque[asyncio.Future[None]]", event: int) -> None:
        """Until the socket may be ready for `event`, or something happened to its connections."""
        self._attach()
        self._check()
        if self._events() & event:
            await asyncio.sleep(0)
            return
        future = asyncio.get_running_loop().create_future()
        waiting.append(future)
        try:
            await future
        finally:
            with contextlib.suppress(ValueError):
                waiting.remove(future)
        self._check()

    def _attach(self) -> None:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            if self._loop is not None and not self._loop.is_closed():
                self._loop.remove_reader(self._raw)
            loop.add_reader(self._raw, self._wake)
            self._loop = loop

    def _wake(self) -> None:
        """Let those go on that can. libzmq's descriptor tells of changes alone, and until somebody asks for them."""
        if self.closed:
            return
        events = self._events()
        if events & zmq.POLLIN:
            _set_all(self._readers)
        if events & zmq.POLLOUT:
            _set_all(self._writers)

    def _release(self) -> None:
        _set_all(self._readers)
        _set_all(self._writers)

    def woken(self) -> None:
        """Something happened to a connection; called by the watching thread."""
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop was closed; nobody waits there any more
                loop.call_soon_threadsafe(self._release)


class Context(BaseContext):
    """A context for asyncio sockets. Close it in the event loop's thread."""

    def socket(self, kind: int, *, channel: str = "") -> Socket:
        """A socket of pyzmq's type `kind`. In mode `sealed`, messages of one `channel` are refused by others."""
        if self._settings.tls is not None:
            from gnomon.wire.tls.asyncio import TlsSocket

            self._check()
            return self._kept(TlsSocket(self._settings, self._settings.tls, kind, channel.encode()))
        return self._made(Socket, kind, channel)


def _set_all(waiting: "deque[asyncio.Future[None]]") -> None:
    for future in waiting:
        if not future.done():
            future.set_result(None)


@contextlib.asynccontextmanager
async def _within(timeout_s: float | None, problem: str) -> AsyncIterator[None]:
    """A deadline for a block."""
    try:
        async with asyncio.timeout(timeout_s):
            yield
    except TimeoutError:
        raise TimedOut(problem) from None
