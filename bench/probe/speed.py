"""How fast, how right and how small is one probe of thousands of mixed ports; and nmap beside it, on fewer."""

import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.probe.results import Rival, Speed

PORTS = {"closed": 1500, "silent": 1200, "http": 700, "tls": 700, "ssh": 200, "open": 400, "curve": 300}
FEWER = {"closed": 60, "silent": 40, "http": 40, "tls": 40, "ssh": 20, "open": 70, "curve": 35}
"""Fewer, of the same sorts."""
SPOKEN = {"closed": 4, "open": 3, "named": 3, "curve": 2}
"""Without those that nmap waits for: it gives no answer before its end."""
EXPECTED = {
    "closed": "closed",
    "silent": "not-zeromq",
    "http": "not-zeromq",
    "tls": "not-zeromq",
    "ssh": "not-zeromq",
    "open": "open",
    "named": "open",
    "curve": "protected",
}
Tool = tuple[str, str]
"""Name and version."""
Named = tuple[set[int], set[int]]
"""Ports that were called ZeroMQ at all, and with the right version."""
_STATES = {"closed": "closed", "silent": "silent", "http": "silent", "tls": "silent", "ssh": "foreign"}


@contextmanager
def mixed(wanted: dict[str, int]) -> Iterator[dict[int, str]]:
    """Port -> what it is, for as long as the block."""
    script = Path(__file__).with_name("ports.py")
    server = subprocess.Popen(
        [sys.executable, script, json.dumps(wanted)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield {int(port): kind for port, kind in json.loads(server.stdout.readline()).items()}
    finally:
        server.kill()
        server.stdin.close()
        server.stdout.close()
        server.wait()


def speed(repeats: int) -> Speed:
    """The command as a user runs it, in a process of its own."""
    took, walls, processor, peaks, wrong = [], [], [], [], 0
    for _ in range(repeats):
        with mixed(PORTS) as ports:
            answer, wall, used = _probed(ports)
        took.append(answer["summary"]["seconds"])
        walls.append(wall)
        processor.append(used.ru_utime + used.ru_stime)
        peaks.append(used.ru_maxrss / 1000)
        wrong += _wrong(answer, ports)
    return Speed(
        ports=PORTS,
        seconds=statistics.median(took),
        wall_s=statistics.median(walls),
        processor_s=statistics.median(processor),
        peak_mb=max(peaks),
        wrong=wrong,
        repeats=repeats,
    )


def beside_nmap(nmap: str, version: str, wanted: dict[str, int], limit_s: float) -> list[Rival]:
    """The same ports, asked by both, each on fresh ones."""
    with mixed(wanted) as ports:
        answer, wall, _ = _probed(ports)
    spoken = {row["port"] for row in answer["sockets"] if row["protocol"]}
    right = {row["port"] for row in answer["sockets"] if row["protocol"] == "ZMTP 3.1"}
    ours = _rival(("gnomon probe", answer["tool"]["version"]), ports, wall, (spoken, right), finished=True)
    with mixed(wanted) as ports:
        began = time.perf_counter()
        command = [nmap, "-sV", "-Pn", "-n", "-p", ",".join(map(str, ports)), "-oG", "-", "127.0.0.1"]
        try:
            result = subprocess.run(command, capture_output=True, text=True, timeout=limit_s, check=False)
            text, finished = result.stdout, True
        except subprocess.TimeoutExpired as late:
            text, finished = (late.stdout or b"").decode(), False
        elapsed = time.perf_counter() - began
    found = re.findall(r"(\d+)/open/tcp//([^/]*)//([^/]*)/", text)
    spoken = {int(port) for port, *words in found if re.search("zmtp|zeromq", "".join(words), re.IGNORECASE)}
    right = {int(port) for port, _, product in found if re.search(r"ZMTP 3", product)}
    return [ours, _rival(("nmap -sV", version), ports, elapsed, (spoken, right), finished=finished)]


def _rival(tool: Tool, ports: dict[int, str], seconds: float, named: Named, *, finished: bool) -> Rival:
    spoken, right = named
    zeromq = {port for port, kind in ports.items() if kind in ("open", "named", "curve")}
    return Rival(
        tool=tool[0],
        version=tool[1],
        ports=dict(Counter(ports.values())),
        seconds=seconds,
        finished=finished,
        right=len(right & zeromq),
        named=len(spoken & zeromq),
        of=len(zeromq),
        false=len(spoken - zeromq),
    )


def _probed(ports: dict[int, str]) -> tuple[dict[str, Any], float, resource.struct_rusage]:
    """(the JSON answer, wall seconds, resources used) of one run of the command."""
    with tempfile.TemporaryDirectory() as folder:
        targets, out = Path(folder) / "targets", Path(folder) / "out"
        targets.write_text(f"127.0.0.1:{','.join(map(str, ports))}\n", encoding="utf-8")
        command = ["-m", "gnomon", "probe", "--targets", str(targets), "--all", "--format", "json", "-o", str(out)]
        began = time.perf_counter()
        process = subprocess.Popen([sys.executable, *command], stdin=subprocess.DEVNULL)
        _, _, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = 0
        return json.loads(out.read_bytes()), wall, used


def _wrong(answer: dict[str, Any], ports: dict[int, str]) -> int:
    seen = {row["port"]: row for row in answer["sockets"]}
    return sum(
        port not in seen
        or seen[port]["verdict"] != EXPECTED[kind]
        or seen[port]["state"] != _STATES.get(kind, "zmtp")
        or (kind == "curve") != (seen[port]["mechanism"] == "CURVE")
        for port, kind in ports.items()
    )
