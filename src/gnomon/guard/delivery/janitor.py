"""A process of its own that leaves nothing behind: after the end of a run it removes its `.pth` files and folder.

It outlives the supervisor, also one that was killed, and stays until the last process of the run is over: a daemon that
the command left running goes on being guarded, and the Python processes that it starts as well.
"""

import fcntl
import os
import select
import signal
import time
from typing import NoReturn

from ..errors import DeliveryError
from . import pth_files
from .settings import Settings
from .tree import members, note_janitor

_LOOKS_AGAIN_SECONDS = 60


def start(settings: Settings) -> int:
    """Starts it; it watches this process by the descriptor that is returned, which the system closes if we are killed.

    Raises DeliveryError if it can't be started.
    """
    reading, writing = os.pipe()
    between = os.fork()
    if between == 0:
        _leave(settings, reading)
    os.close(reading)
    _, ended = os.waitpid(between, 0)
    if ended:
        os.close(writing)
        raise DeliveryError(
            "the process that cleans up after the run can't be started.",
            remedy="`ulimit -u` and the space for temporary files must allow for one more.",
        )
    return writing


def clean_if_over(settings: Settings) -> bool:
    """Removes what the run has made, unless a process of it is alive; True if it was removed."""
    # Asked twice: a process that starts another and ends while we look can hide it from one look at all of them.
    if members(settings) or members(settings):
        return False
    pth_files.clean(settings.run)
    return True


def _leave(settings: Settings, reading: int) -> NoReturn:
    """Out of the terminal's session, so that Ctrl-C and its end don't reach it, and out of the supervisor's tree."""
    try:
        os.setsid()
        pid = os.fork()
        if pid:
            note_janitor(settings.run, pid)
            os._exit(0)
        _let_go(reading)
        _attend(settings, reading)
    finally:
        os._exit(1)


def _let_go(reading: int) -> None:
    """Holds nothing of the supervisor's open: whoever reads its output waits for the end of that."""
    os.chdir("/")
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2 and int(name) != reading:
            try:
                os.close(int(name))
            except OSError:  # the one that listed them
                continue


def _attend(settings: Settings, reading: int) -> NoReturn:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM})
    # systemd-tmpfiles removes what is old in /tmp, but no folder that somebody has locked: tmpfiles.d(5).
    fcntl.flock(os.open(settings.run, os.O_RDONLY | os.O_DIRECTORY), fcntl.LOCK_SH)
    while os.read(reading, 1):
        pass
    while os.path.isdir(settings.run) and not clean_if_over(settings):
        _wait_for_one(settings)
    os._exit(0)


def _wait_for_one(settings: Settings) -> None:
    """Until a process of the run has ended, or a minute has passed."""
    for process in members(settings)[:1]:
        try:
            handle = os.pidfd_open(process.pid)
        except OSError:  # over by now, or a system without them
            time.sleep(1)
            return
        ending = select.poll()
        ending.register(handle, select.POLLIN)
        ending.poll(_LOOKS_AGAIN_SECONDS * 1000)
        os.close(handle)
