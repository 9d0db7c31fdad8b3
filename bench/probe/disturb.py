"""What does a probe cost the traffic of those that are probed? Messages lost, and messages that nobody sent."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from bench.probe.libraries import LIBRARIES, Library, library
from bench.probe.peers import Peer, free_ports
from bench.probe.results import Disturbed
from gnomon.io.prober import Pace, observe
from gnomon.probe.observation import TcpPlace

PAIRS = (
    ("PUSH", ">", "PULL"),
    ("DEALER", ">", "DEALER"),
    ("PUB", ">", "SUB"),
    ("PAIR", ">", "PAIR"),
    ("ROUTER", ">", "DEALER"),
    ("PULL", "<", "PUSH"),
    ("SUB", "<", "PUB"),
    ("DEALER", "<", "DEALER"),
    ("ROUTER", "<", "DEALER"),
    ("REP", "<", "REQ"),
)
"""The listening end, which is probed; who sends; the connecting end."""
MESSAGES, EACH_S, PROBES = 300, 0.002, 20
KEEPS = ("4.3.3", "4.3.4", "4.3.5")
"""Releases that must not lose anything; they get more repeats."""
_PATIENCE_S = 0.03
"""Peers of ZMTP 1.0 say no more than two bytes, and the probe waits for others: here not for long."""
_SETTLE_S = 0.3
"""Until both ends know of one another: PUB drops what nobody listens to yet."""


class _Run(NamedTuple):
    library: Library
    pair: tuple[str, str, str]
    way: str


def disturbed(cache: Path, repeats: int, nmap: Callable[[int], None] | None) -> Iterator[Disturbed]:
    """One answer for each release, pair and way."""
    for of in LIBRARIES:
        library(of, cache)  # made before anything is measured
    ways = ("control", "gnomon", "passive")
    runs = [_Run(of, pair, way) for of in LIBRARIES for pair in PAIRS for way in ways]
    if nmap is not None:
        runs += [_Run(LIBRARIES[-1], pair, "nmap") for pair in PAIRS]
    with ThreadPoolExecutor(4) as pool:
        yield from pool.map(lambda run: _repeated(run, cache, repeats, nmap), runs)


def _repeated(run: _Run, cache: Path, repeats: int, nmap: Callable[[int], None] | None) -> Disturbed:
    times = 1 if run.way == "nmap" else repeats if run.library.release in KEEPS else max(1, repeats // 3)
    each = [_once(run, library(run.library, cache), nmap) for _ in range(times)]
    first, arrow, second = run.pair
    return Disturbed(
        release=run.library.release,
        pair=f"{first}{arrow}{second}",
        way=run.way,
        repeats=times,
        probes=sum(probes for probes, _, _ in each),
        sent=times * MESSAGES,
        lost=sum(lost for _, lost, _ in each),
        junk=sum(junk for _, _, junk in each),
    )


def _once(run: _Run, path: Path, nmap: Callable[[int], None] | None) -> tuple[int, int, int]:
    """(probes, lost, junk)."""
    [port] = free_ports(1)
    bound, arrow, connected = run.pair
    address = f"tcp://127.0.0.1:{port}"
    slow = 0.05 if run.way == "nmap" else EACH_S
    sending = {"messages": MESSAGES, "each_s": slow, "identity": "sender"}
    receiving = {"identity": "receiver"}
    mine, other = (sending, receiving) if arrow == ">" else (receiving, sending)
    doing = ("send", "receive") if arrow == ">" else ("receive", "send")
    with (
        Peer(path, {doing[0]: {"kind": bound, "bind": address} | mine}) as server,
        Peer(path, {doing[1]: {"kind": connected, "connect": address} | other}) as client,
    ):
        sender, receiver = (server, client) if arrow == ">" else (client, server)
        time.sleep(_SETTLE_S)
        sender.tell("go")
        probes = _probe(run.way, port, nmap)
        sender.line(120)
        receiver.tell("done")
        heard = json.loads(receiver.line(60))
    return probes, MESSAGES - heard["received"], heard["junk_count"]


def _probe(way: str, port: int, nmap: Callable[[int], None] | None) -> int:
    if way == "control":
        return 0
    if way == "nmap" and nmap is not None:
        nmap(port)
        return 1
    place = TcpPlace(host="x", address="127.0.0.1", port=port)
    pause = threading.Event()
    for _ in range(PROBES):
        list(observe([place], Pace(passive=way == "passive", timeout_s=_PATIENCE_S)))
        pause.wait(MESSAGES * EACH_S / PROBES / 2)
    return PROBES


def worst(found: Sequence[Disturbed], way: str, releases: Sequence[str]) -> tuple[int, int]:
    """(lost, junk) of a way over those releases."""
    chosen = [each for each in found if each.way == way and each.release in releases]
    return sum(each.lost for each in chosen), sum(each.junk for each in chosen)
