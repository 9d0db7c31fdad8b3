"""The example's processes, started as its page says, on free ports."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "inference"
sys.path.insert(0, str(EXAMPLE))
DEADLINE_S = 60


class Server:
    """One version of the server, with what it printed of where its parts are."""

    def __init__(self, log, version, *arguments):
        self._log = log
        command = [sys.executable, EXAMPLE / "serve.py", version, "--port", "0", *arguments]
        with log.open("w") as errors:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        self._killer = threading.Timer(DEADLINE_S, self.process.kill)  # nothing below waits for ever
        self._killer.start()
        self.parts = []
        for line in self.process.stdout:
            if line == "ready\n":
                break
            name, pid, *places = line.split()
            self.parts.append((name, int(pid), places))

    def part(self, name):
        """(pid, where it listens) of the first part of that name."""
        return next((pid, places) for each, pid, places in self.parts if each == name)

    @property
    def url(self):
        """Of its front."""
        return self.part("front")[1][0]

    def end(self, number=signal.SIGTERM):
        """(exit code, rest of its output, what went to standard error)."""
        self.process.send_signal(number)
        with self.process.stdout as printed:
            output = printed.read()
        code = self.process.wait(DEADLINE_S)
        self._killer.cancel()
        return code, output, self._log.read_text()

    def running(self):
        """Names of the parts that are there."""
        return [name for name, pid, _ in self.parts if Path(f"/proc/{pid}").exists()]


@pytest.fixture
def start(tmp_path):
    """Starts a version; ended at the end, if need be part by part."""
    servers = []

    def started(version, *arguments):
        servers.append(Server(tmp_path / f"{version}.log", version, *arguments))
        return servers[-1]

    yield started
    for server in servers:
        if not server.process.stdout.closed:
            server.end()
        for name, pid, _ in server.parts:
            if name in server.running():
                os.kill(pid, signal.SIGKILL)


@pytest.fixture
def ask():
    """Asks a running server as a user does: (exit code, what was printed)."""

    def asked(server, requests):
        result = subprocess.run(
            [sys.executable, EXAMPLE / "ask.py", "--url", server.url, "--requests", str(requests)],
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
            check=False,
        )
        return result.returncode, result.stdout + result.stderr

    return asked
