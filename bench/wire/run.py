"""Measure what safe messages cost, beside send_pyobj in the same round.

usage: python bench/wire/run.py [--rounds N] [--patterns PUSH/PULL,…] [--transports tcp,ipc] [--messages control,…]
                                [--ways sealed,…] [--share F] [--json OUT]
"""

import argparse
import itertools
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))

import zmq

from bench.machine import this_machine
from bench.wire import results
from bench.wire.messages import MESSAGES
from bench.wire.patterns import DEADLINE_S, PATTERNS, End, Half
from bench.wire.results import BASE, Measured, Run, percentile
from bench.wire.ways import FURTHER, ways
from bench.wire.workers import Failed, Worker, answers

TRANSPORTS = ("tcp", "ipc")


class Round(NamedTuple):
    """What one way did in one round."""

    per_s: float
    cpu_us: float
    latencies_us: tuple[float, ...]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    given = _arguments(argv)
    load, began = round(os.getloadavg()[0], 1), time.monotonic()
    try:
        measured = tuple(_measured(given))
    except Failed as failed:
        print(f"{failed}\nnothing was kept: start it again, with --patterns and --messages for that part alone")
        return 1
    except KeyboardInterrupt:
        print("interrupted: nothing was kept")
        return 130
    run = Run(
        machine=this_machine(),
        versions=versions(),
        load=load,
        rounds=given.rounds,
        share=given.share,
        seconds=round(time.monotonic() - began, 1),
        measured=measured,
    )
    print(f"{run.seconds:.0f} s")
    if given.json:
        results.write(run, given.json)
    return 0


def versions() -> dict[str, str]:
    """What the figures depend on."""
    names = ("gnomon", "pyzmq", "msgspec", "cryptography", "numpy")
    return {name: version(name) for name in names} | {"libzmq": zmq.zmq_version()}


def _measured(given: argparse.Namespace) -> Iterator[Measured]:
    for pattern, transport, message in itertools.product(given.patterns, given.transports, given.messages):
        names = [
            name
            for name in given.ways
            if (transport == "ipc" or name != "local") and (pattern == "PUSH/PULL" or name not in FURTHER)
        ]
        rounds: dict[str, list[Round]] = {name: [] for name in names}
        for number in range(given.rounds):
            first = number % len(names)
            for name in names[first:] + names[:first]:  # interleaved, and none always comes after the same one
                rounds[name].append(_round(pattern, transport, message, name, given.share))
        for name, taken in rounds.items():
            yield _told(pattern, transport, message, name, taken, rounds[BASE])


def _round(pattern: str, transport: str, message: str, way: str, share: float) -> Round:
    """One round of a way, in two new processes. Raises Failed, with what was measured."""
    ours, theirs = multiprocessing.Pipe()
    what = (pattern, message, way, share)
    try:
        with (
            ours,
            theirs,
            tempfile.TemporaryDirectory() as folder,
            Worker("the end that asks", End, *what, ours, "asks") as asking,
            Worker("the end that binds", End, *what, theirs, "binds") as binding,
        ):
            endpoint = "tcp://127.0.0.1:*" if transport == "tcp" else f"ipc://{folder}/bench"
            asking.call("open", binding.call("open", endpoint, within_s=DEADLINE_S), within_s=DEADLINE_S)
            for worker in (asking, binding):
                worker.tell("run")
            halves = answers((asking, binding), DEADLINE_S)
            for worker in (asking, binding):
                worker.tell("close")
            answers((asking, binding), DEADLINE_S)
            return _joined(*halves)
    except Failed as failed:
        raise Failed(f"{way}, {message}, {pattern} over {transport}: {failed}") from None


def _told(pattern: str, transport: str, message: str, way: str, taken: list[Round], base: list[Round]) -> Measured:
    latencies = [latency for one in taken for latency in one.latencies_us]
    found = Measured(
        pattern=pattern,
        transport=transport,
        message=message,
        way=way,
        rates=tuple(round(one.per_s, 1) for one in taken),
        cpu_us=tuple(round(one.cpu_us, 2) for one in taken),
        p50_us=round(percentile(latencies, 50), 1),
        p99_us=round(percentile(latencies, 99), 1),
        timed=len(latencies),
    )
    ratio = statistics.median(one.per_s / other.per_s for one, other in zip(taken, base, strict=True))
    print(
        f"{pattern:14}{transport:4}{message:17}{way:14}{found.per_s:10,.0f}/s {ratio:6.2f}"
        f"{found.cpu:12,.1f} us {found.p50_us:10,.0f} us {found.p99_us:10,.0f} us",
        flush=True,
    )
    return found


def _joined(first: Half, second: Half) -> Round:
    latencies = first.moments
    if second.moments:  # PUSH/PULL: nothing comes back, but both processes read the same clock
        latencies = [came - left for left, came in zip(first.moments, second.moments, strict=True)]
    return Round(
        per_s=first.per_s or second.per_s,
        cpu_us=(first.cpu_s + second.cpu_s) * 1e6,
        latencies_us=tuple(each / 1e3 for each in latencies),
    )


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--patterns", type=_among(PATTERNS), default=list(PATTERNS))
    parser.add_argument("--transports", type=_among(TRANSPORTS), default=list(TRANSPORTS))
    parser.add_argument("--messages", type=_among(MESSAGES), default=list(MESSAGES))
    parser.add_argument("--ways", type=_among(ways()), default=list(ways()), help="send_pyobj is always among them")
    parser.add_argument("--share", type=float, default=1.0, help="of the usual number of messages")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(argv)
    given.ways = [name for name in ways() if name == BASE or name in given.ways]
    return given


def _among(known: Iterable[str]) -> Callable[[str], list[str]]:
    names = list(known)

    def chosen(text: str) -> list[str]:
        found = text.split(",")
        if unknown := [name for name in found if name not in names]:
            raise argparse.ArgumentTypeError(f"no {', '.join(unknown)} here; there are: {', '.join(names)}")
        return [name for name in names if name in found]

    return chosen


if __name__ == "__main__":
    sys.exit(main())
