"""Measure a whole server before and after: examples/inference, its three versions under the same client.

usage: python bench/wire/example.py [--rounds N] [--requests N] [--json OUT]
"""

import argparse
import asyncio
import contextlib
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[2] / "examples" / "inference"))

from msgspec import Struct

from ask import Asked, ask
from bench import kept
from bench.machine import Machine, described, this_machine
from bench.markdown import table

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "bench" / "results" / "wire-example.json"
VERSIONS = {
    "before": "pickle over plain ZeroMQ",
    "swapped": "imports swapped, dictionaries as before",
    "after": "types, token ids and tensors without copies",
}
PARTS = ("front", "broker", "worker")
AT_ONCE = 32
TICKS = os.sysconf("SC_CLK_TCK")


class Measured(Struct, frozen=True, kw_only=True):
    """One version, over all rounds."""

    version: str
    per_s: float
    """Requests answered a second, median."""
    ratio: float
    """Of that to `before` in the same round, median."""
    ratios: tuple[float, ...]
    p50_ms: float
    p99_ms: float
    cpu_ms: dict[str, float]
    """Processor time a request, by part of the server, median."""


class Run(Struct, frozen=True, kw_only=True):
    """What was measured, where and when."""

    machine: Machine
    versions: dict[str, str]
    load: float
    """Processes that wanted a processor when it began, of the last minute."""
    rounds: int
    requests: int
    """A round and version."""
    measured: tuple[Measured, ...]


class Round(NamedTuple):
    """One version in one round."""

    asked: Asked
    cpu_ms: dict[str, float]
    """A request, by part."""


class Server(NamedTuple):
    """A version that runs."""

    url: str
    pids: dict[str, list[int]]
    """By part."""

    def used_ms(self, part: str) -> float:
        """Processor time of a part up to now, of all its processes and threads."""
        stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self.pids[part]]
        return sum(int(fields[11]) + int(fields[12]) for fields in stats) / TICKS * 1000


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--requests", type=int, default=600)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(argv)
    machine, load = this_machine(), round(os.getloadavg()[0], 1)
    run = Run(
        machine=machine,
        versions={name: version(name) for name in ("pyzmq", "msgspec", "cryptography", "numpy")},
        load=load,
        rounds=given.rounds,
        requests=given.requests,
        measured=_measured(given.rounds, given.requests),
    )
    print(report(run))
    if given.json:
        kept.write(run, given.json)
    return 0


def read() -> Run:
    """The run that is kept."""
    return kept.read(COMMITTED, Run)


def report(run: Run) -> str:
    """The table, and how it came about."""
    rows = [
        (
            VERSIONS[each.version],
            f"{each.per_s:,.0f}",
            f"{each.ratio:.2f} ({min(each.ratios):.2f} to {max(each.ratios):.2f})",
            each.p50_ms,
            each.p99_ms,
            *(f"{each.cpu_ms[part]:.2f}" for part in PARTS),
        )
        for each in run.measured
    ]
    head = (
        "version",
        "requests/s",
        "to the first",
        "p50, ms",
        "p99, ms",
        *(f"CPU of the {part}, ms" for part in PARTS),
    )
    how = (
        f"Medians of {run.rounds} interleaved rounds of {run.requests} requests over {AT_ONCE} connections, with 2 "
        f"workers, and the client on the same machine; load {run.load} when it began. {described(run.machine)}."
    )
    return f"{table(head, rows)}\n\n{how}"


def _measured(rounds: int, requests: int) -> tuple[Measured, ...]:
    with contextlib.ExitStack() as stack:
        servers = {name: stack.enter_context(_server(name)) for name in VERSIONS}
        taken: dict[str, list[Round]] = {name: [] for name in VERSIONS}
        for at in range(rounds + 1):
            for name, server in servers.items():  # interleaved: what else the machine does hits all of them
                found = _round(server, requests, seed=at)
                if at:  # the first one warms up
                    taken[name].append(found)
    return tuple(_of(name, found, taken["before"]) for name, found in taken.items())


def _round(server: Server, requests: int, seed: int) -> Round:
    before = {part: server.used_ms(part) for part in PARTS}
    asked = asyncio.run(ask(server.url, requests, AT_ONCE, seed))
    if asked.wrong:
        raise SystemExit(f"{asked.wrong} answers are wrong")
    return Round(asked, {part: (server.used_ms(part) - before[part]) / requests for part in PARTS})


def _of(name: str, rounds: Sequence[Round], base: Sequence[Round]) -> Measured:
    found = [each.asked for each in rounds]
    ratios = tuple(round(one.asked.seconds / mine.seconds, 3) for mine, one in zip(found, base, strict=True))
    return Measured(
        version=name,
        per_s=round(statistics.median(asked.right / asked.seconds for asked in found), 1),
        ratio=round(statistics.median(ratios), 3),
        ratios=ratios,
        p50_ms=round(statistics.median(asked.wait_ms(0.5) for asked in found), 1),
        p99_ms=round(statistics.median(asked.wait_ms(0.99) for asked in found), 1),
        cpu_ms={part: round(statistics.median(each.cpu_ms[part] for each in rounds), 3) for part in PARTS},
    )


@contextlib.contextmanager
def _server(name: str) -> Iterator[Server]:
    command = [sys.executable, ROOT / "examples" / "inference" / "serve.py", name, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            lines = [line.split() for line in iter(process.stdout.readline, "ready\n")]
            pids = {part: [int(line[1]) for line in lines if line[0] == part] for part in PARTS}
            yield Server(next(line[2] for line in lines if line[0] == "front"), pids)
        finally:
            process.terminate()


if __name__ == "__main__":
    sys.exit(main())
