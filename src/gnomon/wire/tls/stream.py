"""Messages on a TLS connection, as steps that never wait: whoever runs them waits, in a thread or an event loop.

A message is, in big-endian numbers:

| at | bytes | field |
|---|---|---|
| 0 | 8 | number of the request, which an answer repeats |
| 8 | 4 | how many frames follow the head |
| 12 | 4 | length of the head |
| 16 | 8 each | lengths of these frames |
| | | the head, then the frames |

The server begins, with 8 bytes: `GNOMON`, the version, and whether it lets the client in. Up to there a client of
TLS 1.3 does not know whether its certificate was accepted.
"""

import contextlib
import math
import mmap
import selectors
import socket
import ssl
import time
from collections.abc import Generator, Sequence
from struct import Struct as Layout
from typing import Generic, TypeAlias, TypeVar

from gnomon.wire.channel import Buffer
from gnomon.wire.errors import Refused
from gnomon.wire.limits import Limits, beyond

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
Want: TypeAlias = tuple[int, int, float]
"""(descriptor, READ or WRITE, time.monotonic() up to which it is waited for); -1, 0: for a time only."""
T = TypeVar("T")
Steps: TypeAlias = Generator[Want, None, T]

_WANTS = (ssl.SSLWantReadError, ssl.SSLWantWriteError)
PAUSE: Want = (-1, 0, math.inf)
"""Until somebody else goes on."""

MARK = b"GNOMON\x01"
WELCOME, UNLISTED, FULL = 0, 1, 2
_OPENING = Layout(">QII")
_JOINED = 16_384
"""Bytes up to which opening and head go into one TLS record."""
_PIECE = 1 << 18
"""Bytes that are sent at a time: what is only partly sent has to be kept as a whole."""
_TURN = 1 << 22
"""Bytes after which the others have their turn."""
_LAZY = 1 << 20
"""Bytes from which a frame's memory is not taken before the frame comes."""
_SMALL = 4096
"""Bytes up to which the codec is quicker with a copy."""


class Ended(EOFError):
    """The other end closed the connection between two messages."""


class Running(Generic[T]):
    """Steps that are under way, with what they wait for. Made and stepped, it raises what they raise."""

    def __init__(self, steps: Steps[T]) -> None:
        self._steps = steps
        self.want: Want = PAUSE
        self._value: list[T] = []
        self.done = False
        self.step()

    def step(self) -> None:
        """Go on: what was waited for came, or its time is over."""
        try:
            self.want = next(self._steps)
        except StopIteration as ended:
            self.done = True
            self._value.append(ended.value)

    def result(self) -> T:
        """What the steps came to; they are done."""
        return self._value[0]

    def close(self) -> None:
        """Give up."""
        self._steps.close()


class Link:
    """One connection. Steps raise OSError, of which ssl.SSLError is one, TimeoutError after `until`, and Ended."""

    def __init__(self, secure: ssl.SSLSocket) -> None:
        self.socket = secure
        self.until = math.inf
        """On time.monotonic's clock: when the steps that are under way give up."""
        self._out: list[memoryview] = []

    def wait(self, wanted: ssl.SSLError | int) -> Steps[None]:
        """Until the descriptor is ready for READ or WRITE, or what TLS wants of it."""
        event = wanted if isinstance(wanted, int) else READ if isinstance(wanted, ssl.SSLWantReadError) else WRITE
        yield self.socket.fileno(), event, self.until
        if time.monotonic() >= self.until:
            raise TimeoutError

    def shake(self) -> Steps[None]:
        """Shake hands."""
        while True:
            try:
                return self.socket.do_handshake()
            except _WANTS as wanted:
                yield from self.wait(wanted)

    def put(self, buffers: Sequence[Buffer]) -> None:
        """Give bytes to `flush`."""
        self._out += [view for buffer in buffers if len(view := memoryview(buffer).cast("B"))]

    def keep(self) -> None:
        """Copy what is not sent yet: its memory is somebody else's."""
        self._out = [memoryview(bytes(view)) for view in self._out]

    @property
    def unsent(self) -> bool:
        """Whether something that was put is not sent yet."""
        return bool(self._out)

    def flush(self) -> Steps[None]:
        """Send what was put."""
        sent = 0
        while self._out:
            try:
                count = self.socket.send(self._out[0][:_PIECE])
            except _WANTS as wanted:
                yield from self.wait(wanted)
            else:
                self._out[0] = self._out[0][count:]
                if not self._out[0]:
                    del self._out[0]
                sent += count
                if sent >= _TURN:
                    sent = 0
                    yield from self.wait(WRITE)

    def some(self, view: memoryview) -> Steps[int]:
        """How many bytes came, one at least. Raises Ended if none will."""
        while True:
            try:
                count = self.socket.recv_into(view)
            except _WANTS as wanted:
                yield from self.wait(wanted)
            else:
                if not count:
                    raise Ended
                return count

    def fill(self, view: memoryview) -> Steps[None]:
        """Read until the view is full."""
        taken = 0
        while view:
            count = yield from self.some(view)
            view = view[count:]
            taken += count
            if taken >= _TURN and not self.socket.pending():
                taken = 0
                yield from self.wait(READ)

    def close(self) -> None:
        """Close, with TLS's goodbye if there is room for it."""
        with contextlib.suppress(OSError, ValueError):  # nobody there, or nothing shaken yet
            self.socket.unwrap()
        self.socket.close()


def lively(raw: socket.socket) -> None:
    """Make a connection's socket wait for nothing, send at once, and notice within a minute that a host is gone."""
    raw.settimeout(0)
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    idle = getattr(socket, "TCP_KEEPIDLE", 0x10)  # macOS calls it otherwise
    for option, value in ((idle, 30), (socket.TCP_KEEPINTVL, 10), (socket.TCP_KEEPCNT, 3)):
        raw.setsockopt(socket.IPPROTO_TCP, option, value)


def message(number: int, body: Sequence[Buffer]) -> list[Buffer]:
    """The buffers to put for a message of head and frames."""
    head, *frames = body
    sizes = [memoryview(frame).nbytes for frame in frames]
    opening = _OPENING.pack(number, len(frames), len(head)) + b"".join(size.to_bytes(8, "big") for size in sizes)
    return [opening + head, *frames] if len(head) <= _JOINED else [opening, head, *frames]


def incoming(link: Link, limits: Limits, *, idle_until: float, message_s: float) -> Steps[tuple[int, list[Buffer]]]:
    """(number, frames) of the next message. Raises Refused for one that breaks the limits or off, and as Link does.

    1. Until the first byte, the connection may be idle; from then on the message has its time.
    2. Number and lengths of the frames are within the limits, before there is memory for them.
    3. All come, into memory of their own.
    """
    # 1.
    opening = memoryview(bytearray(_OPENING.size))
    link.until = idle_until
    count = yield from link.some(opening)
    link.until = time.monotonic() + message_s
    try:
        yield from link.fill(opening[count:])
        number, frames, head = _OPENING.unpack(opening)
        # 2.
        if frames > limits.buffers:
            raise Refused("too-many-buffers", f"{frames} buffers, the limit is {limits.buffers}")
        lengths = memoryview(bytearray(8 * frames))
        yield from link.fill(lengths)
        sizes = [head, *(int.from_bytes(lengths[at : at + 8], "big") for at in range(0, 8 * frames, 8))]
        if problem := beyond(sizes, limits):
            raise problem
        # 3.
        body: list[Buffer] = []
        for size in sizes:
            view = _room(size)
            yield from link.fill(view)
            body.append(bytes(view) if not body or size < _SMALL else view)  # a head is taken apart best as bytes
    except TimeoutError:
        raise Refused("truncated", f"it did not arrive within {message_s:g} s") from None
    except (Ended, OSError):
        raise Refused("truncated", "the connection ended within a message") from None
    return number, body


def _room(size: int) -> memoryview:
    """Memory that is not taken from the system before it is written to, where much is asked for. Raises Refused."""
    try:
        lazy = size >= _LAZY
        return memoryview(mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) if lazy else bytearray(size))
    except (OSError, MemoryError):
        raise Refused("too-large", f"there is no memory for a frame of {size} bytes") from None
