"""Folders that programs are run in, and programs that are talked with."""

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench.archives import ArchiveError, archive_path, default_cache
from bench.guard.real_cases import Case, Release
from bench.trees import python_files

PROGRAMS = Path(__file__).with_name("programs")
DEADLINE_S = 60.0


class Silent(Exception):
    """A program ended, or said nothing in time."""


def planted(case: Case, folder: Path) -> Path:
    """The folder with the program, the release's own files, and stubs; nothing else of the release is read."""
    folder.mkdir(parents=True)
    for program in PROGRAMS.glob("*.py"):
        shutil.copy(program, folder)
    files = {path: text.encode() for path, text in case.stubs.items()}
    for release in case.releases:
        files |= _members(release)
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


def _members(release: Release) -> dict[str, bytes]:
    found = {}
    for member, content in python_files(archive_path(release.archive, default_cache())):
        for name, path in release.files.items():
            if member == name or member.startswith(f"{name}/"):
                found[path + member.removeprefix(name)] = content
    if not found:
        raise ArchiveError(f"{release.archive.file} has none of {', '.join(release.files)}")
    return found


class Program:
    """A running program, with all that it starts in a session of its own."""

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        self._said: queue.Queue[str | None] = queue.Queue()
        self.errors = folder / f"errors.{len(list(folder.glob('errors.*')))}"
        with self.errors.open("wb") as errors:
            self._process = subprocess.Popen(
                list(command), cwd=folder, env=dict(environment), text=True, start_new_session=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
            )  # fmt: skip
        self.pid = self._process.pid
        threading.Thread(target=self._read, daemon=True).start()
        try:
            self.hello = self._answer()
        except Silent:
            self.kill()
            raise

    def ask(self, *words: object) -> dict[str, Any]:
        """The answer to a command. Raises Silent."""
        try:
            self._process.stdin.write(" ".join(map(str, words)) + "\n")
            self._process.stdin.flush()
        except OSError as error:
            raise Silent(f"the program ended with {self._process.wait(DEADLINE_S)}: {self._last()}") from error
        return self._answer()

    def end(self) -> int:
        """The exit code, after end of input."""
        try:
            self._process.stdin.close()
            return self._process.wait(DEADLINE_S)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Silent(f"the program did not end: {self._last()}") from error
        finally:
            self.kill()

    def code(self) -> int | None:
        """The exit code; None while it runs."""
        return self._process.poll()

    def kill(self) -> None:
        """Ends what is left of it."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()

    def _answer(self) -> dict[str, Any]:
        try:
            line = self._said.get(timeout=DEADLINE_S)
        except queue.Empty:
            raise Silent(f"the program says nothing: {self._last()}") from None
        if line is None:
            raise Silent(f"the program ended with {self._process.wait(DEADLINE_S)}: {self._last()}")
        answer, _ = json.JSONDecoder().raw_decode(line, 1)  # a child may print into the rest of the line
        return answer

    def _read(self) -> None:
        for line in self._process.stdout:
            if line.startswith("@"):
                self._said.put(line)
        self._said.put(None)

    def _last(self) -> str:
        lines = self.errors.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else "no error"


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
    """A command that must succeed. Raises Silent."""
    ended = subprocess.run(
        list(command),
        cwd=folder,
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    if ended.returncode:
        raise Silent(f"{command} ended with {ended.returncode}: {ended.stderr}")


def guard(*arguments: object) -> list[str]:
    """The command line of `python -m gnomon.guard`."""
    return [sys.executable, "-m", "gnomon.guard", *map(str, arguments)]
