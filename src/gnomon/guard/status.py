"""The runs of this user and their processes, as text and as rows for JSON."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from . import procfs, pth_files, settings
from .errors import DeliveryError
from .processes import Row, status
from .settings import VARIABLE, Settings

_SHOWN = 100
"""Characters of a command line."""


def runs() -> list[Settings]:
    """Runs of this user that go on, oldest first. What runs that are over left behind is removed."""
    found = {}
    for folder in sorted({*_folders()}):
        if pth_files.clean_if_left(folder):
            continue
        try:
            found[folder] = settings.read(folder)
        except DeliveryError:  # another user's, or one that is just being made
            continue
    return sorted(found.values(), key=lambda run: run.started)


def as_rows(run: Settings) -> dict[str, object]:
    """A run and its processes, of what JSON has."""
    return {**run._asdict(), "processes": [{**row._asdict(), "argv": list(row.argv)} for row in status(run.run)]}


def as_text(shown: Sequence[tuple[Settings, Sequence[Row]]]) -> str:
    """A paragraph for each run: what it is, a line for each process, and what to do about those that escaped."""
    if not shown:
        return "No run of this user is going on.\n"
    note = "" if os.geteuid() == 0 else "\nWithout root, other users' processes are seen only below a run's own.\n"
    return "\n".join(_paragraph(run, rows) for run, rows in shown) + note


def _paragraph(run: Settings, rows: Sequence[Row]) -> str:
    supervisor = f"supervisor {run.supervisor}"
    if not procfs.lives(run.supervisor, run.started):
        supervisor += ", which is over: guarded until the last process ends"
    policy = f", policy {_printable(run.policy)}" if run.policy else ""
    count = {verdict: sum(row.verdict == verdict for row in rows) for verdict in ("covered", "escaped", "unseen")}
    lines = [f"{_printable(run.run)}: {run.mode}{policy}, {supervisor}"]
    lines += [f"  {row.pid:>7}  {row.verdict:<10}  {_command(row)}" for row in rows]
    lines.append(f"  {count['covered']} covered, {count['escaped']} escaped")
    if count["escaped"]:
        lines.append(
            "  Escaped processes run Python without guard: `python -S`, `-E` or `-I` in an environment that guard was not"
            " put into (--environment FOLDER puts it there), or a program that brings a Python of its own."
        )
    if count["unseen"]:
        lines.append(f"  {count['unseen']} can't be looked into by this user: sudo gnomon guard status")
    return "\n".join(lines) + "\n"


def _command(row: Row) -> str:
    text = _printable(" ".join(row.argv)) or "(no command line)"
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _printable(text: str) -> str:
    """What a process calls itself may hold anything, also what a terminal obeys."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def _folders() -> Iterator[str]:
    """Where runs may be: the temporary folders, and where processes were told of one."""
    for base in {tempfile.gettempdir(), "/tmp", "/var/tmp"}:  # noqa: S108 (looked into, nothing is made there)
        yield from (str(path) for path in Path(base).glob(pth_files.RUN_PREFIX + "*"))
    for process in procfs.everyone():
        told = procfs.value_given(process.pid, VARIABLE)
        if told:
            yield told
