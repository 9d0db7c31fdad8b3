"""Ends the processes of its group and removes a folder, when whoever started it is gone, however that came about.

It is started as a file, by `python -I -S`, as the first of a process group that the others join; it waits for the end
of its standard input. So nothing has to be told to it, and there is nobody who could die before it was told.

usage: janitor.py [FOLDER]
"""

import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

_PATIENCE_S = 2.0
"""For processes that were asked to end, and for those that were then made to."""
_LOOK_S = 0.02


def main(folders: list[str]) -> None:
    """Wait, end, remove."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(each, signal.SIG_IGN)
    sys.stdin.buffer.read()
    if any(_others()):
        os.killpg(0, signal.SIGTERM)
        if not _gone():
            for pid in _others():
                _kill(pid)
            _gone()
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _gone() -> bool:
    """True once none is left; False if some are after all patience."""
    until = time.monotonic() + _PATIENCE_S
    while any(_others()):
        if time.monotonic() > until:
            return False
        time.sleep(_LOOK_S)
    return True


def _others() -> Iterator[int]:
    """Living processes of our group (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html)."""
    group = str(os.getpgrp())
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, of_group, *_ = path.read_text(errors="replace").rpartition(")")[2].split()
        except (OSError, ValueError):
            continue  # it has ended
        if of_group == group and state not in "ZX" and path.parent.name != str(os.getpid()):
            yield int(path.parent.name)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


if __name__ == "__main__":
    main(sys.argv[1:])
