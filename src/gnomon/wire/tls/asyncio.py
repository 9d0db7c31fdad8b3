"""The asyncio socket of mode `tls`: the event loop does all that there is to do."""

import asyncio
import contextlib
import math
import time
from collections import deque
from collections.abc import Iterator

import zmq

from gnomon.wire.asyncio import BURST, Socket
from gnomon.wire.channel import Buffer, Peer, Received
from gnomon.wire.errors import WireError
from gnomon.wire.port import Settings, TimedOut
from gnomon.wire.tls.port import BROKEN, TlsPort
from gnomon.wire.tls.server import Server
from gnomon.wire.tls.settings import Tls
from gnomon.wire.tls.stream import READ, Running, T, Want


class TlsSocket(TlsPort, Socket):
    """A socket of the event loop that it is first awaited in. Made by `Context(mode="tls", …).socket`."""

    def __init__(self, settings: Settings, tls: Tls, kind: int, channel: bytes) -> None:
        super().__init__(settings, tls, kind, channel)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._readers: deque[asyncio.Future[None]] = deque()
        self._writers: deque[asyncio.Future[None]] = deque()
        self._burst = 0
        self._unawaited: asyncio.Future[None] | None = None
        """The last send_pyobj of a REQ socket, for whose end an answer has to wait."""
        self._busy = False
        """Whether a task is within the steps of a REQ socket."""
        self._looked_at: tuple[int, int] | None = None
        """What the event loop looks at for a REQ socket."""
        self._timer: asyncio.TimerHandle | None = None
        """When the next turn of a REP socket is due."""

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
        begun = self._begun(self._channel.pack(obj, to, topic, as_type), copy=copy)
        if begun is not None:
            await self._taken(begun, timeout_s)

    def send_pyobj(
        self,
        obj: object,
        flags: int = 0,
        *,
        to: Peer | None = None,
        timeout_s: float | None = None,
        as_type: object = None,
    ) -> "asyncio.Future[None]":
        """As send_obj, but the object is taken before this returns, and sent whether this is awaited or not."""
        self._check()
        wait_s = 0.0 if self._noblock(flags) else timeout_s
        begun = self._begun(self._channel.pack(obj, to, as_type=as_type), copy=True)
        if begun is not None:
            self._unawaited = asyncio.ensure_future(self._taken(begun, wait_s))
            return self._unawaited
        done = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    def _begun(self, frames: list[Buffer], *, copy: bool) -> Running[None] | None:
        """The sending of a question, as far as it is; None for an answer, which needs no waiting for."""
        if self._kind == zmq.REP:
            self._answer(frames, copy=copy)
            self._turn()  # so that the connection is read from again, whatever the task does next
            return None
        try:
            return self._question(frames, copy=copy)
        except BaseException:
            self._give_up()
            raise

    async def _taken(self, asking: Running[None], timeout_s: float | None) -> None:
        taken = False
        given = asyncio.timeout(timeout_s)
        try:
            async with given:
                await self._done(asking)
            taken = True
        except BROKEN as error:
            raise (self._not_taken() if given.expired() else self._unanswered(error)) from None
        finally:
            if not taken:
                self._give_up()
        self._was_asked()

    async def recv_from(self, *, timeout_s: float | None = None) -> Received:
        """As the blocking socket's."""
        self._check()
        self._burst += 1
        if self._burst >= BURST:
            self._burst = 0
            await asyncio.sleep(0)
        try:
            async with asyncio.timeout(timeout_s):
                return await (self._request() if self._kind == zmq.REP else self._reply())
        except TimeoutError:
            self._give_up()
            raise TimedOut(f"nothing was received within {timeout_s} s") from None

    async def _request(self) -> Received:
        while (received := self._at_once()) is None:
            await self._until_released()
        return received

    async def _reply(self) -> Received:
        if self._unawaited is not None:
            await asyncio.shield(self._unawaited)
            self._unawaited = None
        reading = self._answer_begun()
        try:
            await self._done(reading)
        except BROKEN as error:
            raise self._unanswered(error) from None
        return self._answered(reading)

    def _at_once(self) -> Received | None:
        """The next request of those that are there, after at most a burst of refused ones."""
        if self._kind == zmq.REQ:
            return None
        inbox = self._answering().inbox
        for _ in range(min(BURST, len(inbox))):
            if (received := self._accepted(inbox.popleft())) is not None:
                return received
        return None

    def _there(self, most: int) -> Iterator[object]:
        """Objects of the next requests that are there."""
        while most > 0 and (received := self._at_once()) is not None:
            most -= 1
            yield received.obj

    async def _done(self, running: Running[T]) -> None:
        """Run the steps to their end. Raises what they raise."""
        if self._busy:
            raise WireError("another task uses this REQ socket: it asks one thing at a time")
        self._busy = True
        try:
            while not running.done:
                await self._ready(running.want)
                self._check()
                running.step()
        finally:
            self._busy = False

    async def _ready(self, want: Want) -> None:
        """Until what is waited for came, its time is over, or the socket is closed."""
        descriptor, event, until = want
        loop = self._loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        timer = None if until == math.inf else loop.call_later(max(until - time.monotonic(), 0), _set, future)
        if descriptor >= 0:
            self._looked_at = descriptor, event
            (loop.add_reader if event == READ else loop.add_writer)(descriptor, _set, future)
        self._readers.append(future)
        try:
            await future
        finally:
            self._unwatch()
            self._readers.remove(future)
            if timer is not None:
                timer.cancel()

    def _unwatch(self) -> None:
        """Before the descriptor is closed, and perhaps somebody else's."""
        watched, self._looked_at = self._looked_at, None
        if watched is not None and self._loop is not None and not self._loop.is_closed():
            (self._loop.remove_reader if watched[1] == READ else self._loop.remove_writer)(watched[0])

    async def _until_released(self) -> None:
        """Until something arrived, or the socket is closed."""
        self._attach()
        future = asyncio.get_running_loop().create_future()
        self._readers.append(future)
        try:
            self._turn()
            await future
        finally:
            self._readers.remove(future)
        self._check()

    def _stand_in(self, server: Server) -> None:  # noqa: ARG002 (the hook's)
        """The event loop that runs serves from now on; without one, that in which the socket is awaited first."""
        with contextlib.suppress(RuntimeError):
            self._attach()

    def _attach(self) -> None:
        """Let the event loop take the server's turns, from now on."""
        loop, descriptor = asyncio.get_running_loop(), self._answering().descriptor
        if self._loop is not loop:
            if self._loop is not None and not self._loop.is_closed():
                self._loop.remove_reader(descriptor)
            loop.add_reader(descriptor, self._turn)
            self._loop, self._timer = loop, None

    def _turn(self) -> None:
        server, loop = self._answering(), asyncio.get_running_loop()
        server.turn(0)
        if server.inbox:
            self._release()
        left_s = server.left_s()
        if left_s is not None and (self._timer is None or self._timer.when() > loop.time() + left_s + 0.01):
            self._stop_timer()
            self._timer = loop.call_later(left_s, self._timed)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _timed(self) -> None:
        self._timer = None
        self._turn()

    def close(self, linger: int | None = None) -> None:
        """As the blocking socket's. Tasks that wait in it get a WireError; to be called in the event loop's thread."""
        if self._foreign:  # the event loop's selector is the parent's too
            return
        self._unwatch()
        if self._server is not None and self._loop is not None and not self.closed and not self._loop.is_closed():
            self._loop.remove_reader(self._server.descriptor)
            self._stop_timer()
        super().close(linger)
        self._release()


def _set(future: "asyncio.Future[None]") -> None:
    with contextlib.suppress(asyncio.InvalidStateError):  # two things were waited for, and both came
        future.set_result(None)
