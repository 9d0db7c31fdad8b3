"""Measure asking and being answered across trust domains: mode tls, and proxies that carry other modes over TLS.

usage: python bench/wire/tls.py [--rounds N] [--share F] [--json OUT]

nginx (with its stream module), haproxy and stunnel are measured where they are installed.
"""

import argparse
import multiprocessing
import os
import re
import resource
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))

import zmq

from bench.machine import this_machine
from bench.wire import tls_results, tls_ways
from bench.wire.messages import MESSAGES
from bench.wire.tls_results import Measured, Refusal, Run
from bench.wire.tls_ways import NAME, Certificates
from gnomon.wire import WireError
from tests.wire.tls.authority import Authority

EXCHANGES = {"control, control": ("control", 2_000), "control, 1 MB": ("1 MB", 200)}
"""Name of what is asked and answered: message that is the answer, exchanges a round."""
WARM_UP = 10


class Round(NamedTuple):
    """One way in one round."""

    per_s: float
    p50_us: float
    p99_us: float
    cpu_us: float


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    given = _arguments(argv)
    load = round(os.getloadavg()[0], 1)
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority(Path(folder) / "ca")
        certificates = Certificates(
            authority.ca,
            authority.issue("server", "localhost", "127.0.0.1"),
            authority.issue("client", NAME, "localhost"),
        )
        run = Run(
            machine=this_machine(),
            versions=_versions(),
            load=load,
            rounds=given.rounds,
            measured=tuple(_measured(given, certificates)),
            refusals=tuple(_refusals(authority, certificates)),
        )
    if given.json:
        tls_results.write(run, given.json)
    return 0


def _measured(given: argparse.Namespace, certificates: Certificates) -> Iterator[Measured]:
    for exchange, (answer, count) in EXCHANGES.items():
        rounds: dict[str, list[Round]] = {way: [] for way in tls_ways.ways()}
        for _ in range(given.rounds):
            for way, taken in rounds.items():  # interleaved: what else the machine does hits all of them
                taken.append(_round(way, answer, max(int(count * given.share), 10), certificates))
        for way, taken in rounds.items():
            ratios = {
                base: tuple(
                    round(mine.per_s / theirs.per_s, 3) for mine, theirs in zip(taken, rounds[base], strict=True)
                )
                for base in ("curve", "send_pyobj")
            }
            median = Round(*(round(statistics.median(values), 1) for values in zip(*taken, strict=True)))
            found = Measured(
                exchange=exchange,
                way=way,
                **median._asdict(),
                to_curve=round(statistics.median(ratios["curve"]), 3),
                to_pyobj=round(statistics.median(ratios["send_pyobj"]), 3),
                to_curve_rounds=ratios["curve"],
            )
            print(
                f"{exchange:18}{way:18}{found.per_s:10,.0f}/s p50 {found.p50_us:7,.0f} µs, "
                f"CPU {found.cpu_us:7,.0f} µs {ratios['curve']}",
                flush=True,
            )
            yield found


def _round(way: str, answer: str, count: int, certificates: Certificates) -> Round:
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.get_context("spawn").Process(target=_serve, args=(way, answer, certificates, theirs))
    child.start()
    with (
        tempfile.TemporaryDirectory() as folder,
        tls_ways.carried(way, ours.recv(), certificates, Path(folder)) as (port, proxies),
    ):
        ends = tls_ways.client(way, port, certificates)
        _exchanges(ends, WARM_UP)
        ours.send("begin")
        before, began = _processor(proxies), time.perf_counter()
        times = _exchanges(ends, count)
        seconds, used = time.perf_counter() - began, _processor(proxies) - before
        ours.send("end")
        used += ours.recv()
        ends.close()
    child.join()
    return Round(count / seconds, times[count // 2] * 1e6, times[int(count * 0.99)] * 1e6, used / count * 1e6)


def _exchanges(ends: tls_ways.Ends, count: int) -> list[float]:
    """Seconds that each took, the quickest first."""
    question = MESSAGES["control"][0]()
    times = []
    for _ in range(count):
        at = time.perf_counter()
        ends.send(question)
        ends.receive()
        times.append(time.perf_counter() - at)
    return sorted(times)


def _serve(way: str, answer: str, certificates: Certificates, told: Connection) -> None:
    """The other process: answers until it is told to end, and tells the seconds of processor that it took."""
    obj = MESSAGES[answer][0]()
    ends, port = tls_ways.server(way, certificates)
    told.send(port)

    def answers() -> None:
        while True:
            ends.receive()
            ends.send(obj)

    threading.Thread(target=answers, daemon=True).start()
    told.recv()
    before = _processor()
    told.recv()
    told.send(_processor() - before)
    os._exit(0)  # the thread waits for a request


def _refusals(authority: Authority, certificates: Certificates) -> Iterator[Refusal]:
    """What the asking end hears, for each way that has certificates."""
    foreign = Authority(authority.folder.parent / "foreign", "Foreign CA")
    shown = {"from another CA": foreign.issue("client", NAME), "expired": authority.issue("late", NAME, days=(-2, -1))}
    for way in tls_ways.ways()[3:]:
        for certificate, path in shown.items():
            theirs = certificates._replace(client=path)
            ours, other = multiprocessing.Pipe()
            child = multiprocessing.get_context("spawn").Process(
                target=_serve, args=(way, "control", certificates, other)
            )
            child.start()
            with (
                tempfile.TemporaryDirectory() as folder,
                tls_ways.carried(way, ours.recv(), theirs, Path(folder)) as (port, _),
            ):
                after_s, told = _told(tls_ways.client(way, port, theirs))
            child.terminate()
            child.join()
            told = told.replace(str(port), "PORT").replace(f"{authority.folder.parent}/", "")
            found = Refusal(way=way, certificate=certificate, after_s=round(after_s, 2), told=told)
            print(f"{way}, {certificate}: {after_s:.2f} s {told}", flush=True)
            yield found


def _told(ends: tls_ways.Ends) -> tuple[float, str]:
    question = MESSAGES["control"][0]()
    began = time.monotonic()
    try:
        ends.send(question)
        ends.receive()
    except WireError as error:
        return time.monotonic() - began, str(error)
    finally:
        ends.close()
    return time.monotonic() - began, "nothing: it was answered"


def _processor(others: Sequence[int] = ()) -> float:
    """Seconds of processor that this process took, and others did, with all their threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    ticks = 0
    for process in others:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])  # utime and stime of proc_pid_stat(5)
    return used.ru_utime + used.ru_stime + ticks / os.sysconf("SC_CLK_TCK")


def _versions() -> dict[str, str]:
    found = {name: version(name) for name in ("pyzmq", "msgspec", "cryptography")}
    found |= {"libzmq": zmq.zmq_version(), "OpenSSL": ssl.OPENSSL_VERSION.split()[1]}
    for way in tls_ways.ways():
        program = way.partition(" + ")[0]
        if program in tls_ways.PROXIES:
            asked = subprocess.run(
                [program, "-version" if program == "stunnel" else "-v"], capture_output=True, text=True, check=False
            )
            found[program] = re.search(r"\d+\.\d+(\.\d+)?", asked.stdout + asked.stderr)[0]
    return found


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--share", type=float, default=1.0, help="of the usual number of exchanges")
    parser.add_argument("--json", type=Path)
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
