"""Two nodes of a cluster as processes of this machine: started, looked at, and killed with all that they started."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path


class Nodes:
    """What was started, by name."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.environment = dict(environment)
        self._started: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: Sequence[object], **more: str) -> None:
        """A process with a log of its own."""
        with (self.folder / f"{name}.log").open("wb") as log:
            self._started[name] = subprocess.Popen(
                list(map(str, command)),
                env=self.environment | more,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def has(self, name: str) -> bool:
        """Whether it was started, and not lost since."""
        return name in self._started

    def processes(self, *names: str) -> set[int]:
        """Process ids of those, or of all, with what descends from them and what is left of that."""
        roots = {self._started[name].pid for name in names or self._started}
        return roots | set(_below(roots)) | set(_in_sessions(roots))

    def lose(self, *names: str) -> None:
        """Kills all of it at once, as when the power goes: also what one of them was just starting."""
        while left := {pid for pid in self.processes(*names) if not _is_dead(pid)}:
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        for name in names or tuple(self._started):
            self._started.pop(name).wait()

    def listening(self) -> list[tuple[str, int]]:
        """(address, port) of every TCP socket that they listen on."""
        owned = {str(fd.readlink()) for pid in self.processes() for fd in _files(pid)}
        return sorted(place for place, inode in _listeners() if f"socket:[{inode}]" in owned)

    def resident_bytes(self) -> int:
        """Their share of memory, pages in common counted once."""
        return sum(_share(pid) for pid in self.processes())

    def cpu_seconds(self) -> float:
        """Of all processes that are there now, with children of theirs that have ended."""
        return sum(_ticks(pid) for pid in self.processes()) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port that nobody had a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _stat(pid: int) -> list[str]:
    """State, parent, group, session and so on (proc(5)); nothing for a process that is gone."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return []


def _all() -> Iterator[tuple[int, list[str]]]:
    for entry in Path("/proc").glob("[0-9]*"):
        if stat := _stat(int(entry.name)):
            yield int(entry.name), stat


def _is_dead(pid: int) -> bool:
    """Ended, whether somebody has waited for it or not."""
    stat = _stat(pid)
    return not stat or stat[0] in "ZX"


def _in_sessions(roots: set[int]) -> Iterator[int]:
    """Those that came of these, whose parents may be gone."""
    for pid, stat in _all():
        if int(stat[3]) in roots:
            yield pid


def _below(roots: set[int]) -> Iterator[int]:
    children: dict[int, list[int]] = {}
    for pid, stat in _all():
        children.setdefault(int(stat[1]), []).append(pid)
    left = list(roots)
    while left:
        for child in children.get(left.pop(), ()):
            yield child
            left.append(child)


def _files(pid: int) -> Iterator[Path]:
    with suppress(OSError):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                entry.readlink()
                yield entry


def _listeners() -> Iterator[tuple[tuple[str, int], str]]:
    for name, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A":  # LISTEN
                host, port = fields[1].split(":")
                words = [bytes.fromhex(host[at : at + 8])[::-1] for at in range(0, len(host), 8)]
                yield (socket.inet_ntop(family, b"".join(words)), int(port, 16)), fields[9]


def _share(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def _ticks(pid: int) -> int:
    return sum(map(int, _stat(pid)[11:15]))
