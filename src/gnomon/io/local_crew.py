"""Targets put to processes of this machine: one forked for each target, within limits, and killed with what it started.

A process sends bytes back, never a pickle. None outlives whoever forked it: `io/groups_reaper.py` sees to that.
"""

import os
import secrets
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic

import msgspec
from msgspec import Struct

from gnomon.core.crew import Crew, Done, Effort
from gnomon.io import groups_reaper, traffic
from gnomon.io.groups_reaper import VARIABLE, kill_group, kill_marked
from gnomon.io.limits import megabytes
from gnomon.io.workers import ending, write_whole

_HEAD = struct.Struct("<QQ")
"""Bytes that came from the network, bytes of the answer."""
_READ_BYTES = 1 << 20
_LOOK_S = 0.1
"""So often the memory and time of a process are looked at."""
_ATTEMPTS = 2
"""For a target whose process ended for no reason that we know of; one over a limit would only go over it again."""
_ROOM = 512_000_000
"""Bytes of addresses beyond the memory limit: libraries reserve what they never use."""


def local_crew(workers: int, *, memory_bytes: int, patience_s: float) -> Crew:
    """Processes of this machine; where forking is not safe, this one process, without limits.

    `memory_bytes` and `patience_s`: what one target may take.
    """
    # macOS's own libraries may not be used in a forked process, and Windows has no fork.
    if not sys.platform.startswith("linux"):
        return _Here()
    return _Forked(workers=workers, memory_bytes=memory_bytes, patience_s=patience_s)


class _Here(Struct, frozen=True):
    """Asks in this process, one target after the other."""

    workers: int = 1

    def __call__(self, ask: Callable[[str], bytes], targets: Iterable[str]) -> Iterator[Done]:
        for target in targets:
            began = monotonic()
            yield Done(target=target, answer=ask(target), effort=Effort(seconds=monotonic() - began))


class _Forked(Struct, frozen=True, kw_only=True):
    """Asks in a process for each target."""

    workers: int
    memory_bytes: int
    patience_s: float

    def __call__(self, ask: Callable[[str], bytes], targets: Iterable[str]) -> Iterator[Done]:
        """The answers as they come. What is at work is killed when nobody takes them any more."""
        with _reaper() as reaper:
            yield from _Run(self, ask, reaper).answers(iter(targets))


class _Reaper(Struct, frozen=True):
    """What kills the processes, should this one end before them."""

    told: int
    """The pipe to it."""
    mark: str
    """In the environment of all that is started for the crew, at the beginning of the variable's value."""
    folder: Path
    """For temporary files."""

    def mark_of(self, pid: int) -> str:
        """What the variable has for one process: the beginning of no other's."""
        return f"{self.mark}-{pid}-"

    def tell(self, line: bytes) -> None:
        """Writes a line to it. One that was killed by itself covers nobody; the work goes on."""
        with suppress(BrokenPipeError):
            os.write(self.told, line)


class _Child(Struct):
    """A process at work on a target."""

    target: str
    attempt: int
    pid: int
    pipe: int
    began: float
    received: bytearray = msgspec.field(default_factory=bytearray)
    over: str = ""
    """The limit that it was killed for."""


class _Run:
    """The processes of one call."""

    def __init__(self, crew: _Forked, ask: Callable[[str], bytes], reaper: _Reaper) -> None:
        self._crew = crew
        self._ask = ask
        self._reaper = reaper
        self._again: deque[tuple[str, int]] = deque()
        self._children: dict[int, _Child] = {}
        """By the pipe that the answer comes through."""
        self._poll = select.poll()

    def answers(self, targets: Iterator[str]) -> Iterator[Done]:
        try:
            while True:
                while len(self._children) < self._crew.workers and (next_ := self._next(targets)) is not None:
                    self._start(*next_)
                if not self._children:
                    return
                for pipe, _ in self._poll.poll(_LOOK_S * 1_000):
                    self._receive(self._children[pipe])
                for child in list(self._children.values()):
                    if _has_ended(child.pid):
                        yield from self._done(child)
                    else:
                        self._hold(child)
        finally:
            for child in list(self._children.values()):
                kill_group(child.pid)
                self._buried(child)

    def _next(self, targets: Iterator[str]) -> tuple[str, int] | None:
        if self._again:
            return self._again.popleft()
        target = next(targets, None)
        return None if target is None else (target, 1)

    def _start(self, target: str, attempt: int) -> None:
        ours, theirs = os.pipe()
        os.set_blocking(ours, False)
        with warnings.catch_warnings():
            # Python 3.12 and newer warn of forking beside a thread: ours only writes progress.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if not pid:
            os.close(ours)
            self._serve(target, theirs)
        os.close(theirs)
        with suppress(OSError):  # it may have done so itself, and ended
            os.setpgid(pid, pid)
        self._children[ours] = _Child(target, attempt, pid, ours, monotonic())
        self._poll.register(ours, select.POLLIN)

    def _serve(self, target: str, pipe: int) -> None:
        """A process's life: one answer. Never returns."""
        code = 1
        try:
            # 1. A group of its own, so that all it starts can be killed with it; whoever types Ctrl-C means its parent.
            os.setpgid(0, 0)
            # 2. Told before anything else is done: from here on it ends with its parent.
            self._reaper.tell(b"+%d\n" % os.getpid())
            os.close(self._reaper.told)
            os.environ[VARIABLE] = self._reaper.mark_of(os.getpid())
            tempfile.tempdir = tempfile.mkdtemp(dir=self._reaper.folder, prefix=f"{os.getpid()}-")
            for each in (signal.SIGINT, signal.SIGTERM):
                signal.signal(each, signal.SIG_DFL)
            # 3. A second line of defence: memory is looked at ten times a second, and one call can take all of it.
            import resource  # here, since Windows has none

            most = _addresses() + self._crew.memory_bytes + _ROOM
            resource.setrlimit(resource.RLIMIT_AS, (most, most))
            traffic.forget()
            answer = self._ask(target)
            write_whole(pipe, _HEAD.pack(traffic.received(), len(answer)))
            write_whole(pipe, answer)
            code = 0
        finally:
            os._exit(code)  # not through the parent's own endings, which would run twice

    def _receive(self, child: _Child) -> None:
        with suppress(BlockingIOError):
            while data := os.read(child.pipe, _READ_BYTES):
                child.received += data

    def _hold(self, child: _Child) -> None:
        """Kills a process that is over a limit."""
        if child.over:
            return
        if monotonic() - child.began > self._crew.patience_s:
            child.over = f"it took longer than {self._crew.patience_s:g} s"
        elif _resident(child.pid) > self._crew.memory_bytes:
            child.over = f"it took more than {megabytes(self._crew.memory_bytes)} of memory"
        if child.over:
            kill_group(child.pid)

    def _done(self, child: _Child) -> Iterator[Done]:
        """The answer of a process that has ended, unless its target is to be asked again."""
        self._receive(child)
        status, effort = self._buried(child)
        answer, fetched = _answer(child.received)
        if answer is not None and not child.over:
            yield Done(
                target=child.target, answer=answer, effort=msgspec.structs.replace(effort, fetched_bytes=fetched)
            )
        elif child.over or child.attempt >= _ATTEMPTS:
            yield Done(target=child.target, lost=child.over or _ending(status), effort=effort)
        else:
            self._again.append((child.target, child.attempt + 1))

    def _buried(self, child: _Child) -> tuple[int, Effort]:
        """How a process ended, and what it took."""
        del self._children[child.pipe]
        self._poll.unregister(child.pipe)
        os.close(child.pipe)
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        kill_group(child.pid)  # the rest of it: nobody else can have its number until it is waited for
        _, status, used = os.wait4(child.pid, 0)
        if status:
            kill_marked(self._reaper.mark_of(child.pid))
        for folder in self._reaper.folder.glob(f"{child.pid}-*"):
            shutil.rmtree(folder, ignore_errors=True)
        self._reaper.tell(b"-%d\n" % child.pid)
        effort = Effort(
            seconds=monotonic() - child.began,
            cpu_seconds=used.ru_utime + used.ru_stime,
            peak_bytes=used.ru_maxrss * 1024,
        )
        return os.waitstatus_to_exitcode(status), effort


@contextmanager
def _reaper() -> Iterator[_Reaper]:
    """Starts it; it ends, and the folder goes, once nobody holds the pipe's end any more."""
    told, ours = os.pipe()
    mark, folder = secrets.token_hex(8), tempfile.mkdtemp(prefix="gnomon-survey-")
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", groups_reaper.__file__, mark, folder],
        stdin=told,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(told)
    try:
        yield _Reaper(ours, mark, Path(folder))
    finally:
        os.close(ours)
        process.wait()


def _has_ended(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _answer(received: bytearray) -> tuple[bytes | None, int]:
    """The whole answer, None if there is none, and the bytes that came from the network for it."""
    if len(received) < _HEAD.size:
        return None, 0
    fetched, length = _HEAD.unpack_from(received)
    return (bytes(received[_HEAD.size :]) if len(received) == _HEAD.size + length else None), fetched


def _addresses() -> int:
    """Bytes of addresses that this process has."""
    return _statm("self")[0]


def _resident(pid: int) -> int:
    """Bytes of memory that a process has; 0 for one that has ended."""
    try:
        return _statm(str(pid))[1]
    except OSError:
        return 0


def _statm(pid: str) -> list[int]:
    """https://man7.org/linux/man-pages/man5/proc_pid_statm.5.html"""
    numbers = Path("/proc", pid, "statm").read_text().split()
    return [int(number) * os.sysconf("SC_PAGE_SIZE") for number in numbers]


def _ending(status: int) -> str:
    return f"its process ended early ({ending(status)}), {_ATTEMPTS} times"
