"""Kills what was started for a crew, and removes its folder, when whoever started this is gone in whatever way.

It is started as a file, by `python -I -S`. Lines come to its standard input: `+ID` for a process group that begins,
written by the group's own first process before anything else, and `-ID` for one that has ended. When all ends of that
pipe are closed, the groups that are left are killed, and programs that they started in sessions of their own, which
are known by a variable in their environment.

usage: groups_reaper.py MARK FOLDER
"""

import os
import shutil
import signal
import sys
from contextlib import suppress
from pathlib import Path

VARIABLE = "GNOMON_CREW"


def main(mark: str, folder: str) -> None:
    """Listen, kill, remove."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(each, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin.buffer:
        if line[:1] == b"+":
            groups.add(int(line[1:]))
        else:
            groups.discard(int(line[1:]))
    for group in groups:
        kill_group(group)
    if groups:
        kill_marked(mark)
    shutil.rmtree(folder, ignore_errors=True)


def kill_group(group: int) -> None:
    """Kills the processes of a group, if there are any."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def kill_marked(mark: str) -> None:
    """Kills programs whose environment has the variable with a value that begins with `mark`."""
    wanted = f"{VARIABLE}={mark}".encode()
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # of somebody else, or it has ended
            if any(each.startswith(wanted) for each in path.read_bytes().split(b"\0")):
                os.kill(int(path.parent.name), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
