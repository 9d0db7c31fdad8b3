"""Measure how fast one task takes control messages that are there already.

usage: python bench/wire/drain.py [--rounds N] [--messages N] [--modes curve,sealed]
"""

import argparse
import asyncio
import multiprocessing
import statistics
import sys
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import zmq

from bench.wire.messages import TYPES, messages
from bench.wire.ways import KEY
from gnomon.wire import Codec, Context, Key, KeyRing
from gnomon.wire import asyncio as wire_asyncio

ARRIVED_S = 0.3
"""How long the last messages get to arrive, once all are sent and the sender is idle."""


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--messages", type=int, default=50_000)
    parser.add_argument("--modes", default="curve,sealed")
    given = parser.parse_args(argv)
    for mode in given.modes.split(","):
        rates = [asyncio.run(_round(mode, given.messages)) for _ in range(given.rounds)]
        told = " ".join(f"{rate:,.0f}" for rate in rates)
        print(f"{mode:8}{statistics.median(rates):12,.0f}/s  {told}", flush=True)
    return 0


async def _round(mode: str, count: int) -> float:
    """Messages a second."""
    context = wire_asyncio.Context(mode=mode, keys=KeyRing(keys=(Key.of(KEY),)), codec=Codec(*TYPES))
    socket = context.socket(zmq.PULL)
    socket.setsockopt(zmq.RCVHWM, 0)  # all of them wait at this end
    endpoint = socket.bind("tcp://127.0.0.1:*")
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.get_context("spawn").Process(target=_send, args=(mode, endpoint, count, theirs))
    child.start()
    await asyncio.to_thread(ours.recv)
    await asyncio.sleep(ARRIVED_S)
    taken, began = 0, time.perf_counter()
    while taken < count:
        taken += len(await socket.drain())
    seconds = time.perf_counter() - began
    ours.send("all there")
    context.close()
    child.join()
    return count / seconds


def _send(mode: str, endpoint: str, count: int, told: Connection) -> None:
    context = Context(mode=mode, keys=KeyRing(keys=(Key.of(KEY),)), codec=Codec(*TYPES))
    socket = context.socket(zmq.PUSH)
    socket.connect(endpoint)
    obj, _ = messages()["control"]
    for _ in range(count):
        socket.send_obj(obj)
    told.send("all sent")
    told.recv()
    context.close()


if __name__ == "__main__":
    sys.exit(main())
