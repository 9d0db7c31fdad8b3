"""Runs a command with guard in every Python process of its tree, and leaves nothing behind."""

import os
import shlex
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ..errors import DeliveryError
from . import environments, janitor, procfs, pth_files, settings, shim
from .environments import Environment
from .procfs import Process
from .settings import Settings

_HERE: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_FORWARDED: Final = frozenset({
    signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2,
})  # fmt: skip
_FROM_TERMINAL: Final = frozenset({signal.SIGINT, signal.SIGQUIT})
_SI_KERNEL: Final = 0x80
"""Sent by the system itself (sigaction(2)): a key of the terminal, which reaches the command without us."""


def _say(text: str) -> None:
    sys.stderr.write(f"gnomon guard: {text}\n")


def run(
    wanted: Settings,
    command: Sequence[str],
    named: Sequence[Path],
    ended: Callable[[Path], None],
    *,
    guard: str = _HERE,
    tell: Callable[[str], None] = _say,
) -> int:
    """Exit code of the command, 128 + n if signal n ended it. Raises DeliveryError before anything was started.

    `wanted` lacks only what a run adds: folder and supervisor. `named` are the environments to put guard into, instead
    of those that the command belongs to. `ended` is called with the run's folder when the command is over, while the
    folder is still there. `tell` gets a sentence for each thing that the user should know although it stops nothing.
    """
    program = environments.program(command, os.environ)
    own = procfs.process("self")
    if own is None:
        raise DeliveryError("guard needs Linux's /proc, which is not here.", remedy="Mount it, or run on Linux.")
    places = environments.found(command, named, os.environ, tell)
    for place in places:
        for path in pth_files.sweep(place.packages):
            tell(f"removed {path!a}, left by a run that is over.")
    with _signals_held() as before, _attended(_made(wanted, own)) as running:
        unreached = _put_into(places, running, guard, tell)
        _check_reached(environments.options(command, os.environ), unreached)
        child = _started(program, command, shim.environment(running, guard, dict(os.environ)), before)
        code = _code_of(child)
        ended(Path(running.run))
        return code


@contextmanager
def _signals_held() -> Iterator[set[signal.Signals]]:
    """Signals wait for us, so that nothing is left half made and none is lost. Gives those that were held before."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _FORWARDED | {signal.SIGCHLD})
    children = signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        yield {signal.Signals(number) for number in before}
    finally:
        while signal.sigtimedwait(_FORWARDED, 0):  # a second Ctrl-C, for a command that is over
            pass
        signal.signal(signal.SIGCHLD, children)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _made(wanted: Settings, own: Process) -> Settings:
    """The run, with a folder of its own that other users can't enter.

    Not below /run/user: that is removed when its user logs out, and a server goes on.
    """
    try:
        folder = tempfile.mkdtemp(prefix=pth_files.RUN_PREFIX)
    except OSError as error:
        raise DeliveryError(
            f"no folder for the run can be made: {error.strerror}.", remedy="TMPDIR=<folder that can be written to>"
        ) from error
    paths = {name: os.path.abspath(path) for name in ("policy", "events", "keys") if (path := getattr(wanted, name))}
    return wanted._replace(run=os.path.abspath(folder), supervisor=own.pid, started=own.started, **paths)


@contextmanager
def _attended(running: Settings) -> Iterator[Settings]:
    """A run while a janitor watches; afterwards nothing is left of it, or the janitor waits for what still runs."""
    watching = None
    try:
        settings.write(running)
        watching = janitor.start(running)
        yield running
    finally:
        janitor.clean_if_over(running)
        if watching is not None:
            os.close(watching)


def _put_into(places: Iterable[Environment], running: Settings, guard: str, tell: Callable[[str], None]) -> list[str]:
    """The site-packages that can't be written to, which the user is told."""
    packages, unreached = [place.packages for place in places], []
    for path in pth_files.planned(running, packages):
        try:
            pth_files.write(path, running, guard)
        except OSError as error:
            unreached.append(os.path.dirname(path))
            tell(
                f"{os.path.dirname(path)!a} can't be written to ({error.strerror}), so guard comes by PYTHONPATH alone:"
                " processes started with `python -E` or `-I`, or without their environment, escape."
                " `gnomon guard status` shows them."
            )
    return unreached


def _check_reached(options: str, unreached: Sequence[str]) -> None:
    """Raises DeliveryError if the command's own Python is started so that guard can't come to it."""
    if "S" in options:
        raise DeliveryError("the command starts `python -S`, which guard can't come to.", remedy="Leave out the -S.")
    if unreached and {"E", "I"} & {*options}:
        raise DeliveryError(
            f"the command starts `python -{options}`, which ignores PYTHONPATH,"
            f" and {unreached[0]!a} can't be written to.",
            remedy="Start it from a virtual environment that you can write to, or without -E and -I.",
        )


def _started(program: str, command: Sequence[str], variables: dict[str, str], mask: Iterable[signal.Signals]) -> int:
    """The command's process: in our process group and session, with our descriptors and the signals as they were."""
    # Python ignores these two, and a program expects them to end it: what subprocess's restore_signals is for.
    ours = [signal.SIGPIPE, signal.SIGXFSZ]
    try:
        return os.posix_spawn(program, list(command), variables, setsigmask=mask, setsigdef=ours)
    except OSError as error:
        raise DeliveryError(
            f"{program!a} can't be started: {error.strerror}.",
            remedy=f"`{shlex.join(command)}` must run without guard.",
        ) from error


def _code_of(child: int) -> int:
    """Waits for the command, and hands it the signals that are meant for it."""
    while True:
        told = signal.sigwaitinfo(_FORWARDED | {signal.SIGCHLD})
        if told.si_signo == signal.SIGCHLD:
            for pid, status in _ended():
                if pid == child:
                    code = os.waitstatus_to_exitcode(status)
                    return code if code >= 0 else 128 - code
        elif not (told.si_signo in _FROM_TERMINAL and told.si_code == _SI_KERNEL) and told.si_pid != child:
            os.kill(child, told.si_signo)


def _ended() -> Iterator[tuple[int, int]]:
    """Children that are over, with their status: also orphans, which the first process of a container is given."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        yield pid, status
