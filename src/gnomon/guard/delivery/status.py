"""The runs of this user and what guard covers of their processes, as rows and as text."""

import os
import re
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias

from ..errors import DeliveryError
from ..events import escaped
from . import procfs, pth_files, settings
from .processes import mark
from .procfs import Process
from .settings import VARIABLE, Settings
from .tree import members

Verdict: TypeAlias = Literal["covered", "escaped", "not-python", "unseen"]
"""`escaped` runs Python without guard; `unseen` belongs to the run, and its memory is hidden from this user."""
_SHOWN: Final = 100
"""Characters of a command line."""
_STARTING_SECONDS: Final = 1.0
"""A Python process has not come to guard yet in its first moments."""
_PYTHON_NAME: Final = re.compile(r"(python|pypy)[\d.]*t?$")
# Its own library, or an extension module of the standard library or of a package.
_PYTHON_FILES: Final = re.compile(rb"/libpython[23]|/lib-dynload/|\.cpython-3|\.abi3\.so")


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


def status(folder: str) -> list[Row]:
    """The processes of the run in a folder, each with a verdict. Waits up to a second for those that are just starting.

    Raises DeliveryError if the folder is no run that this user may look into.
    """
    run = settings.read(folder, look_only=True)
    deadline = time.monotonic() + _STARTING_SECONDS
    while True:
        rows = [_row(run.run, process) for process in members(run)]
        young = any(row.verdict == "escaped" and procfs.age(row.started) < _STARTING_SECONDS for row in rows)
        if not young or time.monotonic() > deadline:
            return rows
        time.sleep(0.05)


def runs() -> list[Settings]:
    """Runs of this user that go on, of all users for root; oldest first. What others left behind is removed."""
    found = {}
    for folder in sorted({*_folders()}):
        if pth_files.clean_if_left(folder):
            continue
        try:
            found[folder] = settings.read(folder, look_only=True)
        except DeliveryError:  # another user's, or one that is just being made
            continue
    return sorted(found.values(), key=lambda run: run.started)


def looked_into(runs: Iterable[Settings]) -> list[tuple[Settings, list[Row]]]:
    """Each run with its processes, but for those that ended while the others were looked into."""
    shown = []
    for run in runs:
        with suppress(DeliveryError):
            shown.append((run, status(run.run)))
    return shown


def as_row(run: Settings, rows: Sequence[Row]) -> dict[str, object]:
    """A run and its processes, of what JSON has."""
    return {**run._asdict(), "processes": [{**row._asdict(), "argv": list(row.argv)} for row in rows]}


def as_text(shown: Sequence[tuple[Settings, Sequence[Row]]]) -> str:
    """A paragraph for each run: what it is, a line for each process, and what to do about those that escaped."""
    if not shown:
        return "No run of this user is going on.\n"
    note = "" if os.geteuid() == 0 else "\nWithout root, other users' processes are seen only below a run's own.\n"
    return "\n".join(_paragraph(run, rows) for run, rows in shown) + note


def _row(run: str, process: Process) -> Row:
    verdict, mode, digest = _judged(run, process.pid)
    return Row(process.pid, process.parent, process.started, verdict, procfs.arguments(process.pid), mode, digest)


def _judged(run: str, pid: int) -> tuple[Verdict, str, str]:
    found = mark(run, pid)
    if found is not None:
        return "covered", *found
    program, mapped = procfs.program(pid), procfs.mapped(pid)
    if _PYTHON_NAME.match(os.path.basename(program)) or _PYTHON_FILES.search(mapped):
        return "escaped", "", ""
    return ("not-python" if program and mapped else "unseen"), "", ""


def _paragraph(run: Settings, rows: Sequence[Row]) -> str:
    supervisor = f"supervisor {run.supervisor}"
    if not procfs.lives(run.supervisor, run.started):
        supervisor += ", which is over: guarded until the last process ends"
    policy = f", policy {escaped(run.policy)}" if run.policy else ""
    count = {verdict: sum(row.verdict == verdict for row in rows) for verdict in ("covered", "escaped", "unseen")}
    lines = [f"{escaped(run.run)}: {run.mode}{policy}, {supervisor}"]
    lines += [f"  {row.pid:>7}  {row.verdict:<10}  {_command(row)}" for row in rows]
    lines.append(f"  {count['covered']} covered, {count['escaped']} escaped")
    if count["escaped"]:
        lines.append(
            "  Escaped processes run Python without guard: `python -S`, `-E` or `-I` in an environment that guard was"
            " not put into (--environment FOLDER puts it there), or a program that brings a Python of its own."
        )
    if count["unseen"]:
        lines.append(f"  {count['unseen']} can't be looked into by this user: sudo gnomon guard status")
    return "\n".join(lines) + "\n"


def _command(row: Row) -> str:
    return escaped(" ".join(row.argv), _SHOWN) or "(no command line)"


def _folders() -> Iterator[str]:
    """Where runs may be: the temporary folders, and where processes were told of one."""
    for base in {tempfile.gettempdir(), "/tmp", "/var/tmp"}:  # noqa: S108 (looked into, nothing is made there)
        yield from (str(path) for path in Path(base).glob(pth_files.RUN_PREFIX + "*"))
    for process in procfs.everyone():
        told = procfs.value_given(process.pid, VARIABLE)
        if told:
            yield told
