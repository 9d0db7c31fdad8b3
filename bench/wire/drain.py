"""Measure how many control messages a second one asyncio task takes from a socket that has them waiting.

usage: python bench/wire/drain.py [--rounds N] [--messages N] [--json OUT]
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import zmq
import zmq.asyncio

from bench.machine import this_machine
from bench.wire import drained
from bench.wire.drained import Drain, Drained
from bench.wire.messages import MESSAGES, TYPES
from bench.wire.run import versions
from bench.wire.ways import KEY, ways
from bench.wire.workers import Failed, Worker
from gnomon.wire import Codec, Key, KeyRing
from gnomon.wire.asyncio import Context

DEADLINE_S = 120
Taker = Callable[[object, int], Coroutine[object, object, None]]


async def _recv_pyobj(socket: "zmq.asyncio.Socket", count: int) -> None:
    for _ in range(count):
        await socket.recv_pyobj()


async def _recv_obj(socket: object, count: int) -> None:
    for _ in range(count):
        await socket.recv_obj()


async def _drain(socket: object, count: int) -> None:
    while count > 0:
        count -= len(await socket.drain())


MEASURES: tuple[tuple[str, str, str, Taker], ...] = (
    ("send_pyobj", "tcp", "await recv_pyobj()", _recv_pyobj),
    ("curve", "tcp", "await recv_obj()", _recv_obj),
    ("curve", "tcp", "await drain()", _drain),
    ("sealed", "tcp", "await recv_obj()", _recv_obj),
    ("sealed", "tcp", "await drain()", _drain),
    ("local", "ipc", "await recv_obj()", _recv_obj),
    ("local", "ipc", "await drain()", _drain),
)
"""(way, transport, what the task does, how)."""


class Filler:
    """The process that fills the socket."""

    def fill(self, way: str, endpoint: str, count: int) -> None:
        """Sends that many, and returns when all have left this process."""
        obj = MESSAGES["control"][0]()
        ends, _ = ways()[way](zmq.PUSH, endpoint, type(obj))
        for _ in range(count):
            ends.send(obj)
        ends.close()  # waits for what has not been delivered


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    given = _arguments(argv)
    load = round(os.getloadavg()[0], 1)
    rates: dict[int, list[float]] = {number: [] for number in range(len(MEASURES))}
    try:
        for _ in range(given.rounds):
            for number, (way, transport, _, take) in enumerate(MEASURES):
                rates[number].append(_rate(way, transport, take, given.messages))
    except (Failed, TimeoutError) as failed:
        print(f"{failed or f'not drained within {DEADLINE_S} s'}\nnothing was kept")
        return 1
    except KeyboardInterrupt:
        print("interrupted: nothing was kept")
        return 130
    found = [_told(number, rates[number]) for number in rates]
    if given.json:
        run = Drain(
            machine=this_machine(), versions=versions(), load=load, messages=given.messages, drained=tuple(found)
        )
        drained.write(run, given.json)
    return 0


def _told(number: int, rates: list[float]) -> Drained:
    way, transport, call, _ = MEASURES[number]
    print(f"{way:12}{transport:5}{call:20}{statistics.median(rates):12,.0f}/s", flush=True)
    return Drained(way=way, transport=transport, call=call, rates=tuple(round(rate) for rate in rates))


def _rate(way: str, transport: str, take: Taker, count: int) -> float:
    with tempfile.TemporaryDirectory() as folder, Worker(f"the sender ({way})", Filler) as filler:
        endpoint = "tcp://127.0.0.1:*" if transport == "tcp" else f"ipc://{folder}/bench"
        return asyncio.run(_timed(way, endpoint, take, count, filler))


async def _timed(way: str, endpoint: str, take: Taker, count: int, filler: Worker) -> float:
    """Messages a second of one task, from the first to the last of a full queue."""
    plain = way == "send_pyobj"
    ring = KeyRing(keys=(Key.of(KEY),))
    context = zmq.asyncio.Context() if plain else Context(mode=way, keys=ring, codec=Codec(*TYPES))
    try:
        socket = context.socket(zmq.PULL)
        socket.setsockopt(zmq.RCVHWM, 0)  # room for all
        reached = socket.bind(endpoint)
        if plain:
            reached = socket.getsockopt(zmq.LAST_ENDPOINT).rstrip(b"\0").decode()
        filler.call("fill", way, reached or endpoint, count, within_s=DEADLINE_S)  # nothing else is in the loop
        async with asyncio.timeout(DEADLINE_S):
            began = time.perf_counter()
            await take(socket, count)
            return count / (time.perf_counter() - began)
    finally:
        if plain:
            context.destroy(0)
        else:
            context.close()


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--json", type=Path)
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
