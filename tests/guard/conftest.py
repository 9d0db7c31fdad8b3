"""Programs run under guard as a user runs them: a file, a policy learned from it, a command line."""

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

DEADLINE_S = 60


class Ended(NamedTuple):
    """What a guarded command left behind."""

    code: int
    out: str
    err: str
    events: list[dict]


class Ground:
    """A folder in which programs are written, learned from, and held."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.policy = folder / "policy.json"

    def write(self, name: str, text: str) -> Path:
        """A program, or a module beside it."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def guard(self, *arguments: str | Path) -> Ended:
        """`python -m gnomon.guard`, with its events."""
        (self.folder / "events.jsonl").unlink(missing_ok=True)
        ended = subprocess.run(
            [sys.executable, "-m", "gnomon.guard", *map(str, arguments)],
            cwd=self.folder, capture_output=True, text=True, timeout=DEADLINE_S, check=False,
        )  # fmt: skip
        return Ended(ended.returncode, ended.stdout, ended.stderr, self.events())

    @contextmanager
    def running(self, verb: tuple[str, ...], program: Path, *arguments: str):
        """A guarded server, whose output is read while it runs; ended at the end."""
        (self.folder / "events.jsonl").unlink(missing_ok=True)
        command = [sys.executable, "-m", "gnomon.guard", *verb, str(self.policy), "--events", "events.jsonl", "--"]
        with subprocess.Popen(
            [*command, sys.executable, str(program), *arguments], cwd=self.folder, stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                yield process
            finally:
                process.terminate()
                try:
                    process.wait(DEADLINE_S)
                finally:
                    process.kill()

    def events(self) -> list[dict]:
        """What the last command told."""
        path = self.folder / "events.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [json.loads(line) for line in lines]

    def learn(self, program: Path, *arguments: str, options: tuple[str, ...] = ()) -> Ended:
        """Learns a policy from a program's run."""
        self.policy.unlink(missing_ok=True)
        command = (sys.executable, str(program), *arguments)
        return self.guard("learn", "-o", self.policy, "--events", "events.jsonl", *options, "--", *command)

    def hold(self, program: Path, *arguments: str, options: tuple[str, ...] = ()) -> Ended:
        """Runs a program, held to the policy."""
        command = (sys.executable, str(program), *arguments)
        return self.guard("-p", self.policy, "--events", "events.jsonl", *options, "--", *command)

    def edit(self, change) -> None:
        """Changes the policy as somebody with an editor does, and signs it."""
        table = json.loads(self.policy.read_text(encoding="utf-8"))
        change(table)
        self.policy.write_text(json.dumps(table), encoding="utf-8")
        assert self.guard("sign", self.policy).code == 0


@pytest.fixture
def ground(tmp_path):
    """An empty folder to run programs in."""
    return Ground(tmp_path)
