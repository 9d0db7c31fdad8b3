"""What both ends do in each pattern, and what they tell of it."""

import resource
import time
from collections import deque
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import NamedTuple

import zmq

from bench.heap import warm_heap
from bench.wire.messages import MESSAGES, WARM_HEAP, Count
from bench.wire.ways import Ends, ways

WARM_UP = 0.1
"""Messages before the clock starts, as a share of those that are timed."""
FEWER = {"JSON": 0.2}
"""Share of the messages that a slow way sends: a rate needs no more of them."""
DEADLINE_S = 120
"""No wait of a process for the other one is longer."""


class Half(NamedTuple):
    """What one end has seen. The first is always the end that asks or sends, the second the one that binds."""

    cpu_s: float
    """Processor time of the process for a message."""
    per_s: float = 0.0
    """Messages, or answers, a second, from the end that can tell."""
    moments: tuple[int, ...] = ()
    """Nanoseconds: of PUSH/PULL when each message left or came, by the clock that processes share; else round trips."""


class Pattern(NamedTuple):
    """Socket types of both ends, and what they do."""

    asks: int
    binds: int
    first: Callable[["Ends", object, Count, Connection], Half]
    second: Callable[["Ends", object, Count, Connection], Half]


def _warm(timed: int) -> int:
    return max(int(timed * WARM_UP), 2)


def _push(ends: Ends, obj: object, count: Count, line: Connection) -> Half:
    for _ in range(_warm(count.pushed)):
        ends.send(obj)
    before = _processor()
    for _ in range(count.pushed):
        ends.send(obj)
    moments = []
    _await(line)
    used = _processor() - before  # all have come, so libzmq's thread is done with them too
    for _ in range(count.single):
        moments.append(time.monotonic_ns())
        ends.send(obj)
        _await(line)
    return Half(used / count.pushed, moments=tuple(moments))


def _pull(ends: Ends, _: object, count: Count, line: Connection) -> Half:
    for _ in range(_warm(count.pushed)):
        ends.receive()
    before, began = _processor(), time.perf_counter()
    for _ in range(count.pushed):
        ends.receive()
    seconds, used = time.perf_counter() - began, _processor() - before
    moments = []
    for _ in range(count.single):
        line.send_bytes(b"next")
        ends.receive()
        moments.append(time.monotonic_ns())
    line.send_bytes(b"done")
    return Half(used / count.pushed, count.pushed / seconds, tuple(moments))


def _ask(ends: Ends, obj: object, count: Count, _: Connection) -> Half:
    """One request at a time."""
    for _ in range(_warm(count.asked)):
        ends.send(obj)
        ends.receive()
    moments = []
    before, began = _processor(), time.perf_counter()
    for _ in range(count.asked):
        sent = time.monotonic_ns()
        ends.send(obj)
        ends.receive()
        moments.append(time.monotonic_ns() - sent)
    seconds, used = time.perf_counter() - began, _processor() - before
    return Half(used / count.asked, count.asked / seconds, tuple(moments))


def _answer(ends: Ends, _: object, count: Count, __: Connection) -> Half:
    return _answered(ends, _warm(count.asked), count.asked)


def _ask_ahead(ends: Ends, obj: object, count: Count, _: Connection) -> Half:
    """Several requests under way at any time, also when the clock starts and ends."""
    under_way: deque[int] = deque()

    def send() -> None:
        under_way.append(time.monotonic_ns())
        ends.send(obj)

    def receive() -> int:
        ends.receive()  # the other end answers in order
        return time.monotonic_ns() - under_way.popleft()

    for _ in range(count.in_flight):
        send()
    for _ in range(_warm(count.piped)):
        receive()
        send()
    moments = []
    before, began = _processor(), time.perf_counter()
    for _ in range(count.piped):
        moments.append(receive())
        send()
    seconds, used = time.perf_counter() - began, _processor() - before
    while under_way:
        receive()
    return Half(used / count.piped, count.piped / seconds, tuple(moments))


def _answer_ahead(ends: Ends, _: object, count: Count, __: Connection) -> Half:
    return _answered(ends, _warm(count.piped), count.piped + count.in_flight)


def _answered(ends: Ends, warm: int, timed: int) -> Half:
    for _ in range(warm):
        ends.answer()
    before = _processor()
    for _ in range(timed):
        ends.answer()
    return Half((_processor() - before) / timed)


PATTERNS: dict[str, Pattern] = {
    "PUSH/PULL": Pattern(zmq.PUSH, zmq.PULL, _push, _pull),
    "REQ/REP": Pattern(zmq.REQ, zmq.REP, _ask, _answer),
    "DEALER/ROUTER": Pattern(zmq.DEALER, zmq.ROUTER, _ask_ahead, _answer_ahead),
}


class End:
    """One end of a connection, in a process of its own. `line` goes to the other end's process, outside of ZeroMQ."""

    def __init__(self, pattern: str, message: str, way: str, share: float, line: Connection, role: str) -> None:
        """`role` is "asks" or "binds"."""
        if message.endswith(WARM_HEAP):
            warm_heap()
        make, count = MESSAGES[message]
        self._obj, self._count = make(), count.scaled(share * FEWER.get(way, 1.0))
        self._pattern, self._way, self._line, self._asks = PATTERNS[pattern], way, line, role == "asks"
        self._ends: Ends | None = None

    def open(self, endpoint: str) -> str:
        """Makes the socket, and tells the endpoint that the other one connects to."""
        kind = self._pattern.asks if self._asks else self._pattern.binds
        self._ends, reached = ways()[self._way](kind, endpoint, type(self._obj))
        return reached

    def run(self) -> Half:
        """This end's part of one round."""
        part = self._pattern.first if self._asks else self._pattern.second
        return part(self._ends, self._obj, self._count, self._line)

    def close(self) -> None:
        """Closes; to be called when both have run: libzmq loses messages over ipc if their sender closes early."""
        self._ends.close()


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _await(line: Connection) -> None:
    if not line.poll(DEADLINE_S):
        raise TimeoutError(f"nothing came over the other line within {DEADLINE_S} s")
    line.recv_bytes()
