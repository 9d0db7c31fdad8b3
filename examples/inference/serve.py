"""Starts broker, workers and front of one version of the server, and ends them together.

usage: python examples/inference/serve.py before|swapped|after [--port 8000] [--workers 2] [--keys FOLDER]
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
GRACE_S = 10


class Server:
    """The processes of one version."""

    def __init__(self, version: str, keys: Path) -> None:
        """`keys` is a folder: `after` is told of it, `swapped` gets what is in it by GNOMON_KEYS."""
        self._version = version
        self._arguments = [str(keys)] if version == "after" else []
        self._environment = dict(os.environ)
        if version == "swapped":
            self._environment["GNOMON_KEYS"] = "".join(path.read_text() for path in sorted(keys.glob("*.key")))
        self._running: list[tuple[str, subprocess.Popen[str]]] = []

    def start(self, workers: int, port: int) -> None:
        """Start them in order, each told where the one before it listens; prints who and where they are."""
        fronts, batches = self._started("broker").split()
        for _ in range(workers):
            self._started("worker", batches, prints=False)
        self._started("front", fronts, str(port))
        print("ready", flush=True)

    def wait(self) -> str:
        """What ended, so that it can't go on: the broker, the front, or the last worker."""
        while True:
            pid, _ = os.wait()
            name = next((name for name, process in self._running if process.pid == pid), "")
            self._running = [(each, process) for each, process in self._running if process.pid != pid]
            print(f"{name} {pid} ended", flush=True)
            if name not in {each for each, _ in self._running}:
                return name

    def end(self) -> None:
        """End all of them: asked first, killed if that takes too long."""
        for _, process in self._running:
            process.terminate()
        for _, process in self._running:
            try:
                process.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                process.kill()

    def _started(self, name: str, *arguments: str, prints: bool = True) -> str:
        """The line that it prints once it listens."""
        process = subprocess.Popen(
            [sys.executable, "-m", f"{self._version}.{name}", *arguments, *self._arguments],
            cwd=HERE,
            env=self._environment,
            stdout=subprocess.PIPE,
            text=True,
            process_group=0,  # Ctrl-C comes to this process alone, which ends the others
        )
        self._running.append((name, process))
        line = process.stdout.readline().strip() if prints and process.stdout else ""
        if prints and not line:
            raise SystemExit(f"the {name} did not start")
        print(name, process.pid, line, flush=True)
        return line


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until a signal comes (0), or until a part is missing (1)."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("version", choices=["before", "swapped", "after"])
    parser.add_argument("--port", type=int, default=8000, help="0 for a free one")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--keys", type=Path, help="made by `gnomon keys new --folder`; without it, a key for this run")
    given = parser.parse_args(argv)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory() as folder:
        server = Server(given.version, given.keys or _new_key(Path(folder)))
        try:
            server.start(given.workers, given.port)
            return int(bool(server.wait()))
        finally:
            server.end()


def _new_key(folder: Path) -> Path:
    command = [sys.executable, "-m", "gnomon", "keys", "new", "--folder", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


if __name__ == "__main__":
    sys.exit(main())
