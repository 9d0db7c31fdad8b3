"""A folder with programs that run in it, each on a terminal of its own; all of it ends with the stage."""

import fcntl
import os
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from gnomon.core.errors import GnomonError
from gnomon.io import janitor

_ROWS = 200
_CLEAN_UP_S = 15.0


class Late(Exception):
    """A program did not do in time what was expected of it."""


class Program:
    """A process and what it prints. Of what it starts, the stage's janitor takes care."""

    def __init__(
        self, words: Sequence[str], folder: Path, settings: Mapping[str, str], group: int, columns: int
    ) -> None:
        terminal, printed = os.openpty()
        fcntl.ioctl(printed, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, columns, 0, 0))
        problems, told = os.pipe()  # no terminal, so that no progress is drawn on it
        # A piece may end in the middle of a line: were the two put together as they come, one's would end the other's.
        self._begun: dict[int, bytearray | None] = {terminal: None, problems: None}
        self._lines: list[bytearray] = []
        """In the order in which they were begun, so that what was seen of them stays where it is."""
        try:
            self._process = subprocess.Popen(
                words,
                cwd=folder,
                env=dict(settings),
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=told,
                process_group=group,
            )
        finally:
            os.close(printed)
            os.close(told)

    @property
    def lines(self) -> list[str]:
        """What it has printed; colours are sequences of the terminal."""
        return b"\n".join(self._lines).decode(errors="replace").replace("\r", "").splitlines()

    def read(self, enough: Callable[[list[str]], bool], within_s: float) -> bool:
        """Whether enough was printed; False if the program has ended without. Raises Late."""
        until = time.monotonic() + within_s
        while not enough(self.lines):
            if not self._begun:
                return False
            ready, _, _ = select.select(list(self._begun), [], [], max(0.0, until - time.monotonic()))
            if not ready:
                raise Late
            for source in ready:
                self._take(source)
        return True

    def end(self, within_s: float) -> int:
        """Its exit code, below 0 for a signal, once it has ended and all that it printed is read. Raises Late."""
        self.read(lambda _: False, within_s)
        try:
            return self._process.wait(within_s)
        except subprocess.TimeoutExpired as error:
            raise Late from error

    def stop(self, within_s: float) -> None:
        """Asks it to end, and waits until it has. Raises Late."""
        self._process.terminate()
        self.end(within_s)

    def _take(self, source: int) -> None:
        """What is printed next; once no process has that end any more, it is closed (Linux says so with an error)."""
        try:
            piece = os.read(source, 65_536)
        except OSError:
            piece = b""
        if not piece:
            del self._begun[source]
            os.close(source)
        for part in piece.splitlines(keepends=True):
            line = self._begun[source]
            if line is None:
                line = bytearray()
                self._lines.append(line)
            line += part.rstrip(b"\n")
            self._begun[source] = None if part.endswith(b"\n") else line


class Stage:
    """Where programs run. `group` is the process group of the janitor, who ends them all."""

    def __init__(self, folder: Path, group: int, columns: int) -> None:
        self.folder = folder
        self._group = group
        self._columns = columns
        self._programs: list[Program] = []

    def put(self, files: Mapping[str, bytes]) -> None:
        """Writes files, by their paths relative to the folder."""
        for name, data in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    def start(self, words: Sequence[str], settings: Mapping[str, str]) -> Program:
        """Starts a program with these variables alone."""
        program = Program(words, self.folder, settings, self._group, self._columns)
        self._programs.append(program)
        return program

    def reap(self) -> None:
        """Once nothing runs any more: no process is left to wait for, and no terminal open."""
        for program in self._programs:
            program.end(_CLEAN_UP_S)


@contextmanager
def stage(keep: str | None, columns: int) -> Iterator[Stage]:
    """A stage in a new folder, or in `keep`, that stays. Afterwards its processes have ended, also if we are killed."""
    folder = _kept(keep) if keep else Path(tempfile.mkdtemp(prefix="gnomon-demo-"))
    with subprocess.Popen(
        [sys.executable, "-I", "-S", janitor.__file__, *([] if keep else [folder])],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        process_group=0,
    ) as attending:
        made = Stage(folder, attending.pid, columns)
        try:
            yield made
        finally:
            attending.communicate(timeout=_CLEAN_UP_S)
            made.reap()


def _kept(name: str) -> Path:
    folder = Path(name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        used = next(folder.iterdir(), None)
    except OSError as error:
        raise GnomonError(f"{name} can't be used: {error.strerror}.", remedy="--keep with another folder") from error
    if used is not None:
        raise GnomonError(f"{name} is not empty.", remedy="--keep with a new folder")
    return folder.resolve()
