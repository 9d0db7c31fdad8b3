"""Runs one command and writes what it cost to a file: `launcher.py OUT COMMAND…`.

Its own small process, because the peak memory the kernel reports for a child is never below that of the process it was
started from; a fresh interpreter without packages is below anything measured here.
"""

import json
import os
import sys
import time


def main() -> None:
    """Wall and processor seconds and peak memory of the command and its children, exit code included."""
    out, command = sys.argv[1], sys.argv[2:]
    nothing = os.open(os.devnull, os.O_RDWR)
    started = time.perf_counter()
    child = os.posix_spawn(
        command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, nothing, fd) for fd in range(3)]
    )
    _, status, used = os.wait4(child, 0)
    wall = time.perf_counter() - started
    with open(out, "w", encoding="utf-8") as file:  # noqa: PTH123  (pathlib would cost a megabyte)
        json.dump(
            {
                "wall_s": wall,
                "cpu_s": used.ru_utime + used.ru_stime,
                "peak_mb": used.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6,
                "exit_code": os.waitstatus_to_exitcode(status),
            },
            file,
        )


main()
