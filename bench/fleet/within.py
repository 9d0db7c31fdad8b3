"""One question to one engine, in that engine's environment: `python -m bench.fleet.within ENGINE QUESTION FOLDER`.

Answers with JSON on its last line of output.
"""

import os
import resource
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Protocol

import msgspec

from bench.fleet import tasks
from bench.fleet.nodes import Nodes

EMPTY, SINGLE, TASKS, KILL_AFTER = 400, 50, 16, 3
GREED_BYTES = 2_500_000_000
DEADLINE_S = 180
JOIN_S = 150
"""For a node to come, on a machine where others are at work."""


class Way(Protocol):
    """An engine."""

    nodes: Nodes

    def begin(self) -> None:
        """Starts two nodes."""

    def connect(self, credentials: Path | None) -> None:
        """Connects a driver."""

    def answers(self, ask: Callable[[str], bytes], targets: list[str], ahead: int) -> Iterator[tuple[str, bytes, str]]:
        """The answers as they come."""

    def close(self) -> None:
        """Ends the driver's part."""


def main(arguments: list[str]) -> int:
    """Ask and print."""
    engine, question, folder, *more = arguments
    signal.alarm(int(os.environ.get("BENCH_DEADLINE_S", str(DEADLINE_S))))
    module = import_module(f"bench.fleet.ways.{engine}_way")
    answer = QUESTIONS[question](module, Path(folder), *more)
    print(msgspec.json.encode(answer | {"version": module.version()}).decode(), flush=True)
    os._exit(0)  # engines leave threads behind, some of which wait for nodes that are gone


@contextmanager
def _cluster(module: ModuleType, folder: Path, *, secure: bool = True, joined: bool = True) -> Iterator[Way]:
    nodes = Nodes(folder, os.environ)
    way = module.Way(nodes, secure=secure)
    way.begin()
    try:
        if joined:
            _patiently(way, folder if secure else None)
            _both_at_work(way)
        yield way
    finally:
        nodes.lose()


def _patiently(way: Way, credentials: Path | None) -> None:
    """Connects as soon as there is something to connect to."""
    deadline = time.monotonic() + JOIN_S
    while True:
        try:
            way.connect(credentials)
            return
        except Exception:  # (each engine has its own error)
            if time.monotonic() > deadline:
                raise
            with suppress(Exception):
                way.close()
            time.sleep(0.2)


def _both_at_work(way: Way) -> None:
    """Until two processes have answered."""
    deadline = time.monotonic() + JOIN_S
    seen: set[bytes] = set()
    while len(seen) < 2:
        asked = partial(tasks.recorded_pid, 0.2)
        seen |= {answer for _, answer, _ in way.answers(asked, list("abcd"), 4) if answer}
        if time.monotonic() > deadline:
            raise TimeoutError("the second node has not come to work")


def start(module: ModuleType, folder: Path) -> dict[str, object]:
    """Seconds to the first answer, and memory of a cluster that has nothing to do."""
    began = time.monotonic()
    nodes = Nodes(folder, os.environ)
    way = module.Way(nodes, secure=True)
    way.begin()
    try:
        _patiently(way, folder)
        connected = time.monotonic()
        [(_, answer, told)] = way.answers(tasks.nothing, ["a"], 1)
        first = time.monotonic()
        _both_at_work(way)
        return {
            "answered": answer == b"a", "told": told, "connect_s": connected - began, "first_s": first - began,
            "both_s": time.monotonic() - began, "idle_bytes": nodes.resident_bytes(),
            "processes": len(nodes.processes()), "listening": [f"{host}:{port}" for host, port in nodes.listening()],
        }  # fmt: skip
    finally:
        nodes.lose()


def overhead(module: ModuleType, folder: Path) -> dict[str, object]:
    """Milliseconds of an empty task alone, and empty tasks a second with four in flight."""
    with _cluster(module, folder) as way:
        list(way.answers(tasks.nothing, list(map(str, range(20))), 4))
        alone = []
        for number in range(SINGLE):
            began = time.perf_counter()
            list(way.answers(tasks.nothing, [str(number)], 1))
            alone.append((time.perf_counter() - began) * 1e3)
        began = time.perf_counter()
        done = sum(answer is not None for _, answer, _ in way.answers(tasks.nothing, list(map(str, range(EMPTY))), 4))
        return {"alone_ms": statistics.median(alone), "per_s": done / (time.perf_counter() - began), "done": done}


def throughput(module: ModuleType, folder: Path, rounds: str, *targets: str) -> dict[str, object]:
    """What all targets cost, beside forked processes of this machine, in turns; and are the answers the same?"""
    local = [sys.executable, "-m", "bench.fleet.local", *targets]
    pairs, cpu_pairs, same = [], [], True
    with _cluster(module, folder) as way:
        began = time.perf_counter()
        list(way.answers(tasks.examined, list(targets), 2))
        first_s = time.perf_counter() - began
        for _ in range(int(rounds)):
            printed = subprocess.run(local, capture_output=True, text=True, check=True).stdout
            beside = msgspec.json.decode(printed.splitlines()[-1])
            began, before = time.perf_counter(), _processor(way)
            given = {target: answer for target, answer, _ in way.answers(tasks.examined, list(targets), 2)}
            seconds, cpu = time.perf_counter() - began, _processor(way) - before
            pairs.append((seconds, beside["seconds"]))
            cpu_pairs.append((cpu, beside["cpu"]))
            same = same and beside["digest"] == tasks.digest(given[target] or b"" for target in targets)
        return {"first_s": first_s, "pairs": pairs, "cpu_pairs": cpu_pairs, "same": same}


def _processor(way: Way) -> float:
    """Seconds of the processor, of the nodes and of whoever asks them."""
    return way.nodes.cpu_seconds() + sum(resource.getrusage(resource.RUSAGE_SELF)[:2])


def worker_killed(module: ModuleType, folder: Path) -> dict[str, object]:
    """What becomes of a run if a process at a task is killed."""
    return _disturbed(module, folder, lambda _, pid: os.kill(pid, signal.SIGKILL))


def node_lost(module: ModuleType, folder: Path) -> dict[str, object]:
    """What becomes of a run if all processes of the second node are killed."""
    return _disturbed(module, folder, lambda way, _: way.nodes.lose(*module.SECOND), within_second=True)


def _disturbed(
    module: ModuleType, folder: Path, disturb: Callable[[Way, int], None], *, within_second: bool = False
) -> dict[str, object]:
    targets = [f"t{number}" for number in range(TASKS)]
    with _cluster(module, folder) as way:
        thread = threading.Thread(
            target=_when_begun,
            args=(way, module, folder, disturb),
            kwargs={"within_second": within_second},
            daemon=True,
        )
        thread.start()
        began = time.monotonic()
        given = list(way.answers(partial(tasks.recorded, str(folder)), targets, 2))
        return _outcome(folder, given, targets, time.monotonic() - began)


def _when_begun(
    way: Way, module: ModuleType, folder: Path, disturb: Callable[[Way, int], None], *, within_second: bool
) -> None:
    while True:
        begun = _begun(folder)
        if len(begun) >= KILL_AFTER:
            pid = begun[-1][1]
            if not within_second or pid in way.nodes.processes(*module.SECOND):
                disturb(way, pid)
                return
        time.sleep(0.02)


def _begun(folder: Path) -> list[tuple[str, int]]:
    kept = folder / "begun"
    lines = kept.read_text().splitlines() if kept.exists() else []
    return [(line.split()[0], int(line.split()[1])) for line in lines]


def _outcome(
    folder: Path, given: list[tuple[str, bytes | None, str]], targets: list[str], seconds: float
) -> dict[str, object]:
    answers = {target: answer for target, answer, _ in given if answer is not None}
    told = sorted({message.strip().splitlines()[0][:200] for _, answer, message in given if answer is None})
    begun = Counter(target for target, _ in _begun(folder))
    right = sum(answer == tasks.expected(target) for target, answer in answers.items())
    return {
        "asked": len(targets), "right": right, "told": told, "unheard": len(targets) - len({t for t, _, _ in given}),
        "again": sum(count - 1 for count in begun.values()), "seconds": seconds,
    }  # fmt: skip


def memory(module: ModuleType, folder: Path) -> dict[str, object]:
    """What becomes of a task that takes 2.5 GB where a worker may have 1, and of the others."""
    targets = ["t0", "greedy", *(f"t{number}" for number in range(1, 8))]
    with _cluster(module, folder) as way:
        began = time.monotonic()
        given = list(way.answers(partial(tasks.greedy, str(folder), GREED_BYTES), targets, 2))
        found = _outcome(folder, given, targets, time.monotonic() - began)
        greedy = next((answer or told.encode() for target, answer, told in given if target == "greedy"), b"nothing")
        return found | {"greedy": greedy.decode(errors="replace").strip().splitlines()[0][:200]}


def stranger(module: ModuleType, folder: Path, secure: str) -> dict[str, object]:
    """What somebody without credentials gets who reaches the ports: by the engine's client, and by HTTP."""
    with _cluster(module, folder, secure=secure == "secure") as way:
        began = time.monotonic()
        way.close()  # a Spark cluster serves one driver at a time
        nodes = [f"{host}:{port}" for host, port in way.nodes.listening()]
        environment = {k: v for k, v in way.nodes.environment.items() if not k.startswith(("RAY_AUTH", "SPARK_DAEMON"))}
        command = [sys.executable, "-m", "bench.fleet.stranger", module.__name__, str(_port(way))]
        try:
            done = subprocess.run(
                command, env=environment | {"SECURE": secure}, capture_output=True, text=True, timeout=120, check=False
            )
            errors = [line for line in done.stderr.splitlines() if "Exception" in line or "Error" in line]
            told = (done.stdout.strip().splitlines() or errors or ["nothing"])[-1].strip()
        except subprocess.TimeoutExpired:
            told = "nothing within 120 s"
        return {
            "told": told[:300], "seconds": time.monotonic() - began, "listening": nodes,
            "http": {place: _http(place) for place in nodes},
        }  # fmt: skip


def _port(way: Way) -> int:
    return getattr(way, "port", 0) or int(way.address.rpartition(":")[2])  # type: ignore[attr-defined]


def _http(place: str) -> str:
    import http.client

    host, _, port = place.rpartition(":")
    try:
        connection = http.client.HTTPConnection("127.0.0.1" if "." in host else host, int(port), timeout=2)
        connection.request("GET", "/")
        answer = connection.getresponse()
        return f"{answer.status} {answer.getheader('Server', '')}".strip()
    except (OSError, http.client.HTTPException):
        return ""


def served(module: ModuleType, folder: Path) -> dict[str, object]:
    """A cluster for drivers of another version: its address goes to a file, and it stays until that file is gone."""
    with _cluster(module, folder) as way:
        way.close()  # a Spark cluster serves one driver at a time
        (folder / "address").write_text(str(_port(way)))
        while (folder / "address").exists():
            time.sleep(0.1)
        return {}


def other_version(module: ModuleType, folder: Path, served_in: str) -> dict[str, object]:
    """What a driver of another Python is told by a cluster that is there."""
    nodes = Nodes(folder, os.environ)
    way = module.Way(nodes, secure=True)
    port = int((Path(served_in) / "address").read_text())
    if hasattr(way, "port"):
        way.port = port
    else:
        way.address = f"tls://127.0.0.1:{port}"
    began = time.monotonic()
    try:
        way.connect(Path(served_in))
        [(_, answer, told)] = way.answers(tasks.who, ["a"], 1)
        told = told or (answer or b"").decode()
    except Exception as error:  # noqa: BLE001 (what it says is the figure)
        told = f"{type(error).__name__}: {error}"
    return {"told": " ".join(told.split())[:300], "seconds": time.monotonic() - began}


QUESTIONS: dict[str, Callable[..., dict[str, object]]] = {
    "start": start, "overhead": overhead, "throughput": throughput, "worker-killed": worker_killed,
    "node-lost": node_lost, "memory": memory, "stranger": stranger, "served": served, "other-version": other_version,
}  # fmt: skip

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
