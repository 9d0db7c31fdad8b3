"""Which processes belong to a run, and which of them guard covers.

A covered process has a file of the run's folder mapped into its memory. That is what tells the truth in each case: a fork
inherits the mapping, exec drops it, no program closes it by closing its files, and nothing is left when the process ends.
"""

import mmap
import os
import re
import time
from typing import Final, Literal, NamedTuple, TypeAlias

from . import procfs
from .procfs import Process
from .settings import VARIABLE, Settings, read

Verdict: TypeAlias = Literal["covered", "escaped", "not-python", "unseen"]
"""`escaped` runs Python without guard; `unseen` belongs to the run, and its memory is hidden from this user."""
_MARK: Final = "covered"
_MARKS: Final = re.compile(rb"/covered\.(?P<mode>[a-z]+)\.(?P<digest>[^ \n]*)")
# Its own library, or an extension module of the standard library or of a package.
_PYTHON_FILES: Final = re.compile(rb"/libpython[23]|/lib-dynload/|\.cpython-3|\.abi3\.so")
_STARTING_SECONDS: Final = 1.0
"""A Python process has not come to guard yet in its first moments."""
_PYTHON_NAME: Final = re.compile(r"(python|pypy)[\d.]*t?$")


class Row(NamedTuple):
    """A process of a run."""

    pid: int
    parent: int
    started: int
    """Clock ticks since the system's start."""
    verdict: Verdict
    argv: tuple[str, ...]
    """As the process shows it: not to be trusted, and not to be printed as it is."""
    mode: str
    """Of a covered process, else empty; so is the digest."""
    digest: str


_held: list[mmap.mmap] = []


def register(folder: str, mode: str, digest: str) -> None:
    """This process and those that it forks are covered from now on, until they start another program. Raises OSError."""
    path = os.path.join(folder, f"{_MARK}.{mode}.{_plain_digest(digest)}")
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if os.fstat(file).st_size == 0:
            os.ftruncate(file, 1)
        held = mmap.mmap(file, 1, flags=mmap.MAP_SHARED, prot=mmap.PROT_READ)
    finally:
        os.close(file)
    _held.append(held)
    # Kept by the interpreter as well, which lets go of its hooks last of all. The mapping has a descriptor of its own; if
    # the program closed that unknowingly, its number may be another file's, which must have been written by then.
    os.register_at_fork(after_in_child=held.__len__)


def members(settings: Settings) -> list[Process]:
    """The run's processes by number: below the supervisor, told of the run, covered by it, or below one of these.

    Without supervisor and janitor. Of other users' processes only those below are found.
    """
    everyone = {process.pid: process for process in procfs.everyone()}
    first = everyone.get(settings.supervisor)
    inside = {
        pid for pid in everyone if procfs.was_given(pid, VARIABLE, settings.run) or _mark(settings.run, pid) is not None
    }
    if first is not None and first.started == settings.started:
        inside.add(first.pid)
    while below := {process.pid for process in everyone.values() if process.parent in inside} - inside:
        inside |= below
    others = {settings.supervisor, janitor_of(settings.run)}
    return [everyone[pid] for pid in sorted(inside - others)]


def status(folder: str) -> list[Row]:
    """The run's processes, each with a verdict. Waits up to a second for those that are just starting.

    Raises DeliveryError if the folder is no run of this user's.
    """
    settings = read(folder)
    deadline = time.monotonic() + _STARTING_SECONDS
    while True:
        rows = [_row(settings.run, process) for process in members(settings)]
        young = any(row.verdict == "escaped" and procfs.age(row.started) < _STARTING_SECONDS for row in rows)
        if not young or time.monotonic() > deadline:
            return rows
        time.sleep(0.05)


def janitor_of(run: str) -> int:
    """The process that cleans up after the run, 0 if there is none: it is not part of what is guarded."""
    try:
        with open(os.path.join(run, "janitor"), encoding="ascii") as file:
            pid, started = map(int, file.read().split())
    except (OSError, ValueError):
        return 0
    return pid if procfs.lives(pid, started) else 0


def _row(run: str, process: Process) -> Row:
    verdict, mode, digest = _judged(run, process.pid)
    return Row(process.pid, process.parent, process.started, verdict, procfs.arguments(process.pid), mode, digest)


def _judged(run: str, pid: int) -> tuple[Verdict, str, str]:
    mark = _mark(run, pid)
    if mark is not None:
        return "covered", *mark
    program, mapped = procfs.program(pid), procfs.mapped(pid)
    if _PYTHON_NAME.match(os.path.basename(program)) or _PYTHON_FILES.search(mapped):
        return "escaped", "", ""
    return ("not-python" if program and mapped else "unseen"), "", ""


def _mark(run: str, pid: int) -> tuple[str, str] | None:
    """Mode and digest that a covered process registered with."""
    mapped = procfs.mapped(pid)
    at = mapped.find(os.fsencode(run) + b"/" + _MARK.encode() + b".")
    if at < 0:
        return None
    found = _MARKS.match(mapped, at + len(os.fsencode(run)))
    return (found["mode"].decode(), found["digest"].decode().replace("-", ":", 1)) if found else None


def _plain_digest(digest: str) -> str:
    return re.sub(r"[^0-9A-Za-z.]", "-", digest)
