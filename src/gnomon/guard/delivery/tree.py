"""Which processes belong to a run: below its supervisor, told of it, covered by it, or below one of these."""

import os

from . import procfs
from .processes import mark
from .procfs import Process
from .settings import VARIABLE, Settings


def members(settings: Settings) -> list[Process]:
    """The run's processes by number, without supervisor and janitor.

    Of other users' processes only those below are found, unless we are root.
    """
    everyone = {process.pid: process for process in procfs.everyone()}
    run, first = settings.run, everyone.get(settings.supervisor)
    inside = {pid for pid in everyone if procfs.was_given(pid, VARIABLE, run) or mark(run, pid) is not None}
    if first is not None and first.started == settings.started:
        inside.add(first.pid)
    while below := {process.pid for process in everyone.values() if process.parent in inside} - inside:
        inside |= below
    return [everyone[pid] for pid in sorted(inside - {settings.supervisor, _janitor(run)})]


def note_janitor(run: str, pid: int) -> None:
    """Says which process cleans up after the run, as it is not part of what is guarded. Raises OSError."""
    found = procfs.process(pid)
    with open(os.path.join(run, "janitor"), "w", encoding="ascii") as file:
        file.write(f"{pid} {found.started if found else 0}\n")


def _janitor(run: str) -> int:
    try:
        with open(os.path.join(run, "janitor"), encoding="ascii") as file:
            pid, started = map(int, file.read().split())
    except (OSError, ValueError):
        return 0
    return pid if procfs.lives(pid, started) else 0
