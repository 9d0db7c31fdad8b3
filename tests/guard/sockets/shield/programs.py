"""Programs that know nothing of the shield, started under it, each in a process of its own."""

import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path

GUARD = Path(__file__).parents[4] / "src" / "gnomon" / "guard"
DEADLINE_S = 30
PRELUDE = """
import importlib.util, json, os, runpy, sys

folder, keys, narrow, events, program = sys.argv[1:6]
spec = importlib.util.spec_from_file_location(
    "_gnomon_guard", folder + "/__init__.py", submodule_search_locations=[folder]
)
sys.modules["_gnomon_guard"] = module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
from _gnomon_guard import arrivals
from _gnomon_guard.sockets import curve_keys, shield


def tell(event, **facts):
    with open(events, "a") as file:
        file.write(json.dumps({"event": event, **facts}) + chr(10))


ring = curve_keys.read(keys) if keys else None
arrivals.when_imported("zmq", lambda zmq: shield.patch(zmq, ring, json.loads(narrow), tell))
sys.argv = sys.argv[5:]
runpy.run_path(program, run_name="__main__")
"""


class Program:
    """A running program. What it prints is read line by line, and every wait has a deadline."""

    def __init__(self, command: list[str], events: Path) -> None:
        self._events = events
        self._rest = b""
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "default"}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
        )

    def line(self) -> str:
        """The next line that it prints."""
        while b"\n" not in self._rest:
            ready, _, _ = select.select([self.process.stdout], [], [], DEADLINE_S)
            chunk = os.read(self.process.stdout.fileno(), 65_536) if ready else b""
            if not chunk:
                self.process.kill()
                raise AssertionError(f"no line: {self.process.communicate()[1].decode()}")
            self._rest += chunk
        line, _, self._rest = self._rest.partition(b"\n")
        return line.decode()

    def say(self, text: str) -> None:
        """One line for it to read."""
        self.process.stdin.write(text.encode() + b"\n")
        self.process.stdin.flush()

    def output(self, code: int = 0) -> str:
        """What it printed since the last line read, once it has ended by itself with that code."""
        out, err = self.process.communicate(timeout=DEADLINE_S)
        assert self.process.returncode == code, err.decode()
        return (self._rest + out).decode()

    def errors(self) -> str:
        """What it printed on standard error, once it has ended, in whichever way."""
        return self.process.communicate(timeout=DEADLINE_S)[1].decode()

    def events(self, name: str = "") -> list[dict[str, str]]:
        """What the shield told so far."""
        lines = self._events.read_text(encoding="utf-8").splitlines() if self._events.exists() else []
        return [event for event in map(json.loads, lines) if event["event"] == (name or event["event"])]

    def event(self, name: str) -> dict[str, str]:
        """The first event of that name, as soon as it is told."""
        give_up = time.monotonic() + DEADLINE_S
        while not (found := self.events(name)):
            assert time.monotonic() < give_up, f"no {name} among {self.events()}"
            select.select([], [], [], 0.01)
        return found[0]

    def end(self) -> None:
        """Whatever it does."""
        self.process.kill()
        self.process.communicate()


class Stage:
    """Starts programs, and ends them with the test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: list[Program] = []

    def start(
        self, source: str, *arguments: object, keys: Path | None, narrow: dict[str, str] | None = None
    ) -> Program:
        """Runs the source as a file, under the shield."""
        path, events = self._write(source)
        command = [sys.executable, "-c", PRELUDE, GUARD, keys or "", json.dumps(narrow or {}), events, path]
        return self._begin([*command, *arguments], events)

    def start_plain(self, source: str, *arguments: object) -> Program:
        """Runs the source as a file, as it is."""
        path, events = self._write(source)
        return self._begin([sys.executable, path, *arguments], events)

    def end(self) -> None:
        """All of them."""
        for program in self._running:
            program.end()

    def _write(self, source: str) -> tuple[Path, Path]:
        name = f"program{len(self._running)}"
        path = self._folder / f"{name}.py"
        path.write_text(source, encoding="utf-8")
        return path, self._folder / f"{name}.events"

    def _begin(self, command: list[object], events: Path) -> Program:
        program = Program([str(word) for word in command], events)
        self._running.append(program)
        return program
