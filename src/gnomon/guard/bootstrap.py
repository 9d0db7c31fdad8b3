"""Puts a process under guard as its interpreter starts; whatever goes wrong on the way, the program does not run."""

import os
import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Final

from .arrivals import when_imported
from .errors import GuardError
from .events import Events, Tell, escaped

if TYPE_CHECKING:
    from .delivery.settings import Settings
    from .learn.learning import Learning
    from .loads.holding import Judge
    from .sockets.screen import Opened

NOT_STARTED: Final = 78
"""Exit code of a process that could not be put under guard (EX_CONFIG)."""
LEARNED: Final = "learned"
"""Folder of a run's journals."""
_active: dict[str, str] = {}


def activate(folder: str) -> None:
    """Installs what the run in this folder asks for, once a process; ends the process if that fails."""
    if _active.get("run") == folder:
        return
    try:
        _install(folder)
    except BaseException as error:  # noqa: BLE001 (a server without its guard must not start, whatever the reason)
        _end(error)
    _active["run"] = folder


def _install(folder: str) -> None:
    from .delivery import processes, settings
    from .loads import selftest

    if _active:
        raise GuardError(f"this process is under guard already, by the run in {_active['run']}.")
    told = settings.read(folder)
    tell = Events(told.events).tell
    if told.mode == "learn":
        listen = _learn(folder, told, tell)
        selftest.prove()
        listen()
    else:
        _hold(told, tell)
        selftest.prove()
    processes.register(folder, told.mode, told.digest)


def _learn(folder: str, told: "Settings", tell: Tell) -> Callable[[], None]:
    from .learn.learning import Journal, Learning

    journals = os.path.join(folder, LEARNED)
    os.makedirs(journals, mode=0o700, exist_ok=True)
    learning = Learning(Journal(journals))
    _cover(learning, tell, learning)
    _sockets(learning.opened, told, {}, tell)
    return learning.listen


def _hold(told: "Settings", tell: Tell) -> None:
    from .loads.judges import Enforcing, Observing
    from .loads.older_names import settle
    from .policy import read
    from .sockets.channels import channels_of, whence

    policy = read(told.policy, told.digest)
    enforce = told.mode == "enforce"
    settle(policy.anywhere.union(*(rule.names for rule in policy.sites)))
    _cover((Enforcing if enforce else Observing)(policy, tell, whence), tell)
    _sockets(channels_of(policy, tell, enforce=enforce), told, dict(policy.binds), tell)


def _cover(judge: "Judge", tell: Tell, learning: "Learning | None" = None) -> None:
    from .loads.holding import Hold
    from .loads.others import cover_others, untold
    from .loads.unpicklers import cover_unpicklers, take_extension_codes_away

    hold = Hold(judge, untold(tell))
    sys.addaudithook(hold.hook)
    cover_unpicklers(hold, tell, learning.of_unpickler if learning else None)
    take_extension_codes_away(tell)
    cover_others(hold, tell)


def _sockets(opened: "Opened", told: "Settings", narrow: Mapping[str, str], tell: Tell) -> None:
    keys = None
    if told.keys:
        from pathlib import Path

        from .sockets.curve_keys import read

        keys = read(Path(told.keys))

    def arrived(zmq: ModuleType) -> None:
        try:
            from .sockets import screen, shield

            if keys is not None or narrow:
                shield.patch(zmq, keys, narrow, tell)
            screen.patch(zmq, opened)
        except BaseException as error:  # noqa: BLE001 (as in activate)
            _end(error)

    when_imported("zmq", arrived)


def _end(error: BaseException) -> None:
    said = f"{type(error).__name__}: {error}"
    if isinstance(error, GuardError):
        said = f"{error.problem}{f' Next: {error.remedy}' if error.remedy else ''}"
    sys.stderr.write(f"gnomon guard: this process is not started, since it can't be guarded: {escaped(said, 2_000)}\n")
    sys.stderr.flush()
    os._exit(NOT_STARTED)
