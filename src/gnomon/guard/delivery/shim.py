"""The text of a run's `.pth` file: one line that starts guard in the run's processes and is silent in all others.

`site.py` runs the line in every Python of the environment, also under -E and -I, and goes on after an exception. So it

1. asks whether the process is the run's: told so by its environment, or, if that was wiped, started below the
   supervisor or below a process that was told so;
2. if it is, starts guard, or ends the process: it never comes back without guard.
"""

import json
import os
from typing import Final, NamedTuple

from ..errors import DeliveryError
from .settings import VARIABLE, Settings

FOLDER: Final = "pythonpath"
"""The folder in guard's own that PYTHONPATH names: it has a sitecustomize and nothing else."""

STARTED: Final = "_gnomon_guard_shim"
"""The module that is there once guard is active."""

_LINE: Final = r"""
run = os.environ.get(VARIABLE)
try:
    if not run and os.path.isdir(RUN):  # 1.
        pid = os.getppid()
        told = os.fsencode('\0' + VARIABLE + '=' + RUN + '\0')
        while pid > 0 and not run:
            try:
                with open('/proc/%d/stat' % pid, 'rb', 0) as file:
                    stat = file.read().rpartition(b')')[2].split()
            except OSError:
                break
            if pid == SUPERVISOR and int(stat[19]) == STARTED:
                run = RUN
            try:
                with open('/proc/%d/environ' % pid, 'rb', 0) as file:
                    if told in b'\0' + file.read() + b'\0':
                        run = RUN
            except OSError:
                pass
            pid = int(stat[1])
    if run:  # 2.
        from importlib.machinery import SourceFileLoader
        shim = type(sys)('_gnomon_guard_shim')
        shim.__file__ = SHIM
        SourceFileLoader('_gnomon_guard_shim', SHIM).exec_module(shim)
        shim.start(run)
        sys.modules['_gnomon_guard_shim'] = shim
except BaseException as error:
    try:
        os.write(2, ('gnomon guard: Python process %d is not started unguarded: %s: %s.\n' % (
            os.getpid(), type(error).__name__, ascii(str(error))[1:-1])).encode())
    finally:
        os._exit(78)
"""


class Origin(NamedTuple):
    """What a `.pth` file tells of the run that wrote it, so that it can be judged when nobody else knows the run."""

    run: str
    supervisor: int
    started: int
    host: str
    boot: str
    namespace: str
    """The PID namespace, as numbers of processes mean nothing outside of it."""


def origin(settings: Settings) -> Origin:
    """Where and when this run is."""
    return Origin(settings.run, settings.supervisor, settings.started, *place())


def place() -> tuple[str, str, str]:
    """Host name, id of the system's start, PID namespace."""
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
        return os.uname().nodename, file.read().strip(), os.readlink("/proc/self/ns/pid")


def pth_text(settings: Settings, guard: str) -> str:
    """What the run's `.pth` file holds: a comment that says whose it is, and the line. ASCII only."""
    names = {
        "VARIABLE": VARIABLE,
        "RUN": settings.run,
        "SUPERVISOR": settings.supervisor,
        "STARTED": settings.started,
        "SHIM": os.path.join(guard, FOLDER, "sitecustomize.py"),
    }
    given = ", ".join(f"{name!r}: {value!a}" for name, value in names.items())
    comment = json.dumps(origin(settings)._asdict())
    # Compiling the text takes a millisecond, and in a virtual environment site.py reads each `.pth` file twice.
    unless = f"'{STARTED}' in sys.modules or not (os.environ.get({VARIABLE!r}) or os.path.isdir({settings.run!a}))"
    line = f"import os, sys; {unless} or exec({_LINE!a}, {{'os': os, 'sys': sys, {given}}})"
    return f"# gnomon guard, removed when its run ends: {comment}\n{line}\n"


def pth_origin(text: str) -> Origin | None:
    """What a `.pth` file's comment says; None if guard did not write it."""
    try:
        return Origin(**json.loads(text.split("\n", 1)[0].partition(": ")[2]))
    except (ValueError, TypeError, RecursionError):
        return None


def environment(settings: Settings, guard: str, old: dict[str, str]) -> dict[str, str]:
    """The command's environment variables. Raises DeliveryError if guard's folder can't be part of a PYTHONPATH."""
    folder = os.path.join(guard, FOLDER)
    if os.pathsep in folder:
        raise DeliveryError(
            f"guard lies in {guard!a}, and a PYTHONPATH can't name a folder with {os.pathsep!r} in it.",
            remedy="Install gnomon somewhere else.",
        )
    path = old.get("PYTHONPATH")
    return {**old, VARIABLE: settings.run, "PYTHONPATH": f"{folder}{os.pathsep}{path}" if path else folder}
