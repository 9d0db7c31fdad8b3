"""A program that runs, with all it starts: how much memory that takes at once, and how much room a folder."""

import os
import signal
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

_LOOK_S = 1.0
_GONE_S = 10.0


class Watched:
    """A program that leads a session of its own."""

    def __init__(self, words: Sequence[str], environment: dict[str, str], told: Path, folder: Path) -> None:
        self.peak_bytes = 0
        self.own_peak_bytes = 0
        """Of the program alone."""
        self.folder_peak_bytes = 0
        self._folder = folder
        self._ended = threading.Event()
        with told.open("ab") as output:
            self.process = subprocess.Popen(
                words, env=environment, stdout=output, stderr=output, stdin=subprocess.DEVNULL, start_new_session=True
            )
        self._looking = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._looking.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._looking.join()

    def kill(self) -> int:
        """Kills it and its process group; how many of its session are there still, ten seconds later at the latest."""
        session = self.process.pid
        os.killpg(session, signal.SIGKILL)
        self.process.wait()
        for _ in range(round(_GONE_S / 0.1)):
            if not (left := _of_session(session)):
                return 0
            self._ended.wait(0.1)
        return len(left)

    def _look(self) -> None:
        while not self._ended.wait(_LOOK_S):
            sizes = {pid: _memory(pid) for pid in _of_session(self.process.pid)}
            self.peak_bytes = max(self.peak_bytes, sum(sizes.values()))
            self.own_peak_bytes = max(self.own_peak_bytes, sizes.get(self.process.pid, 0))
            self.folder_peak_bytes = max(self.folder_peak_bytes, size_of(self._folder))


def size_of(folder: Path) -> int:
    """Bytes of the files below a folder; files that go meanwhile count nothing."""
    total = 0
    for file in folder.rglob("*"):
        with suppress(OSError):
            total += file.stat().st_size if file.is_file() else 0
    return total


def _of_session(session: int) -> list[int]:
    """Processes of a session that have not ended."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError, IndexError):
            state, _, _, own = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
            if int(own) == session and state != "Z":
                found.append(int(entry.name))
    return found


def _memory(pid: int) -> int:
    """Proportional set size: memory that is shared counts once for all who share it."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
