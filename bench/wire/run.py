"""Measure what safe messages cost, beside send_pyobj in the same round.

usage: python bench/wire/run.py [--rounds N] [--transports tcp,ipc] [--share F] [--json OUT]
"""

import argparse
import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import zmq

from bench.machine import this_machine
from bench.wire import results
from bench.wire.messages import messages
from bench.wire.results import Measured, Run
from bench.wire.ways import ways

WARM_UP = 0.1
"""Messages before the clock starts, as a share of those that are timed."""


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    given = _arguments(argv)
    run = Run(
        machine=this_machine(),
        versions={name: version(name) for name in ("pyzmq", "msgspec", "cryptography", "numpy")}
        | {"libzmq": zmq.zmq_version()},
        load=round(os.getloadavg()[0], 1),
        rounds=given.rounds,
        pattern="PUSH/PULL",
        measured=tuple(_measured(given)),
    )
    if given.json:
        results.write(run, given.json)
    return 0


def _measured(given: argparse.Namespace) -> Iterator[Measured]:
    for transport in given.transports.split(","):
        for message in messages():
            names = [name for name in ways() if transport == "ipc" or name != "local"]
            rounds: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
            for _ in range(given.rounds):
                for name in names:  # interleaved: what else the machine does hits all of them
                    rounds[name].append(_round(name, message, transport, given.share))
            for name, taken in rounds.items():
                base = rounds["send_pyobj"]
                ratios = tuple(round(mine[0] / theirs[0], 3) for mine, theirs in zip(taken, base, strict=True))
                found = Measured(
                    transport=transport,
                    message=message,
                    way=name,
                    per_s=round(statistics.median(rate for rate, _ in taken), 1),
                    ratio=round(statistics.median(ratios), 3),
                    ratios=ratios,
                    cpu_us=round(statistics.median(cpu for _, cpu in taken), 2),
                )
                print(
                    f"{transport} {message:14}{name:15}{found.per_s:12,.0f}/s {found.ratio:7.2f} {ratios}", flush=True
                )
                yield found


def _round(way: str, message: str, transport: str, share: float) -> tuple[float, float]:
    """(messages a second, microseconds of processor a message)."""
    obj, count = messages()[message]
    count = max(int(count * share), 5)
    warm = max(int(count * WARM_UP), 2)
    with tempfile.TemporaryDirectory() as folder:
        endpoint = "tcp://127.0.0.1:*" if transport == "tcp" else f"ipc://{folder}/bench"
        ends, endpoint = ways()[way](zmq.PULL, endpoint, "bind", type(obj))
        ours, theirs = multiprocessing.Pipe()
        child = multiprocessing.get_context("spawn").Process(
            target=_send, args=(way, message, endpoint, warm + count, theirs)
        )
        child.start()
        for _ in range(warm):
            ends.receive()
        before, began = _processor(), time.perf_counter()
        for _ in range(count):
            ends.receive()
        seconds, used = time.perf_counter() - began, _processor() - before
        sent = ours.recv()
        ours.send("all there")
        ends.close()
        child.join()
    return count / seconds, used / count * 1e6 + sent


def _send(way: str, message: str, endpoint: str, count: int, told: Connection) -> None:
    """The other process: sends all, and tells its microseconds of processor a message."""
    obj, _ = messages()[message]
    ends, _ = ways()[way](zmq.PUSH, endpoint, "connect", type(obj))
    before = _processor()
    for _ in range(count):
        ends.send(obj)
    told.send((_processor() - before) / count * 1e6)
    told.recv()  # libzmq loses messages over ipc if their sender closes while the receiver has no room
    ends.close()


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--transports", default="tcp,ipc")
    parser.add_argument("--share", type=float, default=1.0, help="of the usual number of messages")
    parser.add_argument("--json", type=Path)
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
