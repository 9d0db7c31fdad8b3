"""Changes pyzmq so that a socket drops a refused message before the program can see that there was one.

What it does not do: `zmq.proxy` and devices move messages without Python. A REQ socket gets its refused reply, whose
load raises: its client could do nothing without one. A REP socket answers a refused request with one empty frame, since
libzmq wants an answer before the next request. Sockets that C code made, of which pyzmq has a shadow, are left alone.
"""

import os
import sys
from collections.abc import Callable, Sequence
from math import ceil
from time import monotonic
from types import FrameType, ModuleType
from typing import Final, TypeAlias
from weakref import WeakValueDictionary

from ..sites import Site, site_of
from .stash import Channel, Frame, Passage, Pyzmq, Socket, Stash

Opened: TypeAlias = Callable[[Site], Channel | None]
"""Asked once for each ZeroMQ socket, with the place that creates it. None: the socket is as pyzmq made it."""
Polled: TypeAlias = list[tuple[object, int]]

HELD: Final = "_gnomon_stash"
"""Where a socket keeps its stash. A class has it as well, since pyzmq takes what is missing for an option of libzmq."""
GIVES: Final = "_gnomon_gives"
"""Where it keeps what it receives by: its stash, or a passage."""
KNOWN: Final[WeakValueDictionary[int, Stash | Passage]] = WeakValueDictionary()
"""Stashes and passages by the address of their libzmq socket."""


def patch(zmq: ModuleType, opened: Opened) -> None:
    """From now on each new socket of pyzmq (22 or newer) asks `opened`. To be called once."""
    plain = Pyzmq(zmq)
    for name in (HELD, GIVES):
        setattr(zmq.Socket, name, None)
    _open(zmq.Socket, plain, opened)
    _receive(zmq.Socket, plain)
    _receive_into(zmq.Socket)
    _tell(zmq.Socket, plain)
    _close(zmq.Socket)
    _poll(zmq, plain)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_forget)


def _forget() -> None:
    """The child of a fork has none of its parent's sockets, so no message of theirs either."""
    for stash in list(KNOWN.values()):
        stash.clear()


def _open(sockets: type[Socket], plain: Pyzmq, opened: Opened) -> None:
    create = sockets.__init__

    def __init__(self: Socket, *args: object, **options: object) -> None:  # noqa: N807
        create(self, *args, **options)
        gives = _gives(self, plain, opened, sys._getframe(1))
        if gives is not None:
            self.__dict__[GIVES] = gives  # past pyzmq's __setattr__
        if isinstance(gives, Stash):
            self.__dict__[HELD] = gives
            if hasattr(type(self), "_handle_events"):
                gives.loops.add(self)

    sockets.__init__ = _like(create, __init__)


def _gives(socket: Socket, plain: Pyzmq, opened: Opened, creator: FrameType) -> Stash | Passage | None:
    address: int = socket.underlying
    if socket._shadow:
        return KNOWN.get(address)
    KNOWN.pop(address, None)  # of a socket that was closed behind our back
    channel = opened(site_of(creator))
    if channel is None:
        return None
    kind = plain.get(socket, plain.type)
    # A client that asked can't be served by silence: it may not ask again before it has an answer, nor go on receiving
    # once it has taken one. Its load is refused instead, and raises.
    drops = channel.drops and kind != plain.req
    KNOWN[address] = gives = Stash(plain, channel, kind) if drops else Passage(plain, channel)
    return gives


def _receive(sockets: type[Socket], plain: Pyzmq) -> None:
    take = plain.recv

    def recv(self: Socket, flags: int = 0, copy: bool = True, track: bool = False) -> bytes | Frame:  # noqa: FBT001, FBT002
        gives: Stash | Passage | None = self._gnomon_gives
        if gives is None:
            return take(self, flags, copy, track)
        frame = gives.next(self, flags)
        if copy:
            return frame.bytes
        if track:
            frame.tracker = plain.tracker()  # nothing to wait for, as with what pyzmq itself receives
        return frame

    sockets.recv = _like(take, recv)


def _receive_into(sockets: type[Socket]) -> None:
    if not hasattr(sockets, "recv_into"):  # pyzmq before 26.4
        return
    take = sockets.recv_into

    def recv_into(self: Socket, buffer: bytearray, /, *, nbytes: int = 0, flags: int = 0) -> int:
        gives: Stash | Passage | None = self._gnomon_gives
        if gives is None:
            size: int = take(self, buffer, nbytes=nbytes, flags=flags)
            return size
        room = _room(memoryview(buffer), nbytes)
        content = gives.next(self, flags).bytes
        filled = min(len(room), len(content))
        room[:filled] = content[:filled]
        return len(content)

    sockets.recv_into = _like(take, recv_into)


def _room(view: memoryview, size: int) -> memoryview:
    """The part to be filled, with the errors of pyzmq, before a message is taken."""
    if view.readonly or not view.contiguous:
        raise BufferError("the buffer must be writable and contiguous")
    if size < 0 or size > view.nbytes:
        raise ValueError(f"nbytes={size} must be from 0 to the {view.nbytes} bytes of the buffer")
    if not view.nbytes:
        return memoryview(bytearray())
    return view.cast("B")[: size or view.nbytes]


def _tell(sockets: type[Socket], plain: Pyzmq) -> None:
    ask = plain.get
    events, more, fd = plain.events, plain.more, plain.fd

    def get(self: Socket, option: int) -> int:
        stash: Stash | None = self._gnomon_stash
        if stash is not None and not stash.taking:
            if option == more:
                return int(stash.more)
            if option == events:
                return stash.events(self)
            if option == fd:
                stash.edges()
        return ask(self, option)

    sockets.get = sockets.getsockopt = _like(ask, get)


def _close(sockets: type[Socket]) -> None:
    end = sockets.close

    def close(self: Socket, *args: object, **options: object) -> None:
        end(self, *args, **options)
        self.__dict__.pop(HELD, None)
        gives: Stash | Passage | None = self.__dict__.pop(GIVES, None)
        if gives is not None:
            gives.clear()

    sockets.close = _like(end, close)


def _poll(zmq: ModuleType, plain: Pyzmq) -> None:
    wait, pollin = plain.poll, plain.pollin

    def zmq_poll(sockets: Sequence[tuple[Socket, int]], timeout: int = -1) -> Polled:
        if timeout == 0:  # as busy loops ask, mostly in vain
            found = wait(sockets, 0)
            if not found and not _one_waits(sockets):
                return found
            stashes = _stashes(sockets, pollin)
            return _seen(plain, found, stashes) if stashes else found
        stashes = _stashes(sockets, pollin)
        return _screened(plain, sockets, timeout, stashes) if stashes else wait(sockets, timeout)

    for module in (zmq, zmq.backend, zmq.sugar.poll):
        setattr(module, "zmq_poll", _like(wait, zmq_poll))  # noqa: B010 (modules are typed)


def _one_waits(sockets: Sequence[tuple[Socket, int]]) -> bool:
    for socket, _ in sockets:
        stash: Stash | None = getattr(socket, HELD, None)
        if stash is not None and stash.waiting:
            return True
    return False


def _stashes(sockets: Sequence[tuple[Socket, int]], pollin: int) -> dict[Socket, Stash]:
    """Of the sockets that are asked for messages."""
    stashes = {}
    for socket, flags in sockets:
        stash: Stash | None = getattr(socket, HELD, None)
        if stash is not None and int(flags) & pollin:  # pyzmq's flags are slow to be asked
            stashes[socket] = stash
    return stashes


def _screened(
    plain: Pyzmq, sockets: Sequence[tuple[Socket, int]], timeout: int, stashes: dict[Socket, Stash]
) -> Polled:
    ends = monotonic() + timeout / 1000
    left = timeout
    while True:
        if any(stash.waiting for stash in stashes.values()):
            left = 0
        found = _seen(plain, plain.poll(sockets, left), stashes)
        if found or left == 0:
            return found
        if timeout > 0:
            left = max(0, ceil((ends - monotonic()) * 1000))


def _seen(plain: Pyzmq, found: Polled, stashes: dict[Socket, Stash]) -> Polled:
    told = {one: stashes[one].seen(one, events) if one in stashes else events for one, events in found}
    for socket, stash in stashes.items():
        if stash.waiting and socket not in told:
            told[socket] = plain.pollin
    return [(one, events) for one, events in told.items() if events]


def _like(pyzmqs: Callable[..., object], ours: Callable[..., object]) -> Callable[..., object]:
    ours.__doc__ = pyzmqs.__doc__
    ours.__wrapped__ = pyzmqs  # type: ignore[attr-defined]
    return ours
