"""What Linux tells of processes in /proc: parents, start times, arguments, environments, mapped files."""

import os
from collections.abc import Iterator
from typing import NamedTuple


class Process(NamedTuple):
    """A process that is not over. Number and start time together name it for good, the number alone is used again."""

    pid: int
    parent: int
    """0 if the parent is outside of this PID namespace."""
    started: int
    """Clock ticks since the system's start."""


def process(pid: int | str) -> Process | None:
    """The process as it is now; None if it is over, a zombie, or hidden from us. `"self"` names ourselves."""
    data = _read(pid, "stat")
    if not data:
        return None
    # The second field is the name, in brackets, and may hold spaces and brackets itself: proc_pid_stat(5).
    state, parent, *rest = data.rpartition(b")")[2].split()
    if state in {b"Z", b"X"}:
        return None
    return Process(int(data.split(b" ", 1)[0]), int(parent), int(rest[17]))


def lives(pid: int, started: int) -> bool:
    """True while that very process runs."""
    found = process(pid)
    return found is not None and found.started == started


def everyone() -> Iterator[Process]:
    """Every process that can be seen, by number."""
    for pid in sorted(int(name) for name in os.listdir("/proc") if name.isdigit()):
        found = process(pid)
        if found is not None:
            yield found


def arguments(pid: int) -> tuple[str, ...]:
    """The command line as the process shows it; empty if there is none to see."""
    data = _read(pid, "cmdline").rstrip(b"\0")
    return tuple(os.fsdecode(word) for word in data.split(b"\0")) if data else ()


def was_given(pid: int, variable: str, value: str) -> bool:
    """True if the program was started with that environment variable; False also if we may not see it."""
    wanted = b"\0" + os.fsencode(f"{variable}={value}") + b"\0"
    return wanted in b"\0" + _read(pid, "environ") + b"\0"


def value_given(pid: int, variable: str) -> str | None:
    """What an environment variable was when the program was started; None if unset or hidden from us."""
    start = os.fsencode(variable) + b"="
    for entry in _read(pid, "environ").split(b"\0"):
        if entry.startswith(start):
            return os.fsdecode(entry[len(start) :])
    return None


def mapped(pid: int) -> bytes:
    """The files that are mapped into the process, a line each; empty if hidden from us."""
    return _read(pid, "maps")


def program(pid: int) -> str:
    """The path of the running program's file; empty if hidden from us."""
    try:
        return os.readlink(f"/proc/{pid}/exe")
    except OSError:
        return ""


def age(started: int) -> float:
    """Seconds since a start time."""
    with open("/proc/uptime", "rb") as file:
        return float(file.read().split()[0]) - started / os.sysconf("SC_CLK_TCK")


def _read(pid: int | str, name: str) -> bytes:
    try:
        with open(f"/proc/{pid}/{name}", "rb", buffering=0) as file:
            return file.read()
    except OSError:
        return b""
