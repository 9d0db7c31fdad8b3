"""What the supervisor of a run tells the run's processes: `run.json` in a folder that only its user can enter."""

import json
import os
from typing import Final, Literal, NamedTuple, TypeAlias, get_args

from ..errors import DeliveryError

VARIABLE: Final = "GNOMON_GUARD"
"""The environment variable that names the run's folder."""
Mode: TypeAlias = Literal["observe", "learn", "enforce"]


class Settings(NamedTuple):
    """A run. Paths are absolute: its processes have working folders of their own."""

    run: str = ""
    """The run's folder. Filled in by launch, as are supervisor and started."""
    mode: Mode = "enforce"
    policy: str = ""
    """Path of the policy; empty in mode learn: there is none."""
    digest: str = ""
    """Digest of the policy that the user agreed to: a process that reads another one must not start."""
    events: str = ""
    """Path of the file that events are appended to; empty: standard error of each process."""
    keys: str = ""
    """Path of the CURVE keys of the shield; empty: no shield."""
    supervisor: int = 0
    """Process that started the command and waits for it."""
    started: int = 0
    """The supervisor's start time, in clock ticks since the system's start: numbers of processes are used again."""


def write(settings: Settings) -> None:
    """Puts the settings into their run folder, complete or not at all. Raises DeliveryError."""
    path = _file(settings.run)
    try:
        with open(path + ".new", "x", encoding="utf-8") as file:
            json.dump(settings._asdict(), file, indent=1)
        os.rename(path + ".new", path)
    except OSError as error:
        raise DeliveryError(
            f"the run's settings can't be written to {path}: {error.strerror}.",
            remedy="TMPDIR=<folder with space> names another place.",
        ) from error


def read(folder: str, *, look_only: bool = False) -> Settings:
    """The settings in a run folder. Raises DeliveryError if the folder is gone, another user's, or broken.

    Who looks only, and does not let them decide anything, may look at other users' as well, if the system allows it.
    """
    path = _file(folder)
    try:
        owner = os.stat(folder).st_uid
        # `python -I` promises not to believe its environment; what only this user can have made needs no belief.
        if owner != os.geteuid() and not look_only:
            raise _broken(folder, f"it belongs to user {owner}, and this process is user {os.geteuid()}'s")
        with open(path, encoding="utf-8") as file:
            return _checked(folder, json.load(file))
    except OSError as error:
        raise _broken(folder, f"{os.path.basename(error.filename or path)}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise _broken(folder, "run.json is not the JSON that guard wrote") from error


def _checked(folder: str, values: object) -> Settings:
    if not isinstance(values, dict) or values.keys() != set(Settings._fields):
        raise _broken(folder, "run.json has other fields than this version of guard writes")
    for name, default in Settings._field_defaults.items():
        if type(values[name]) is not type(default):
            raise _broken(folder, f"run.json has a wrong {name}")
    settings = Settings(**values)
    if settings.mode not in get_args(Mode):
        raise _broken(folder, "run.json has a mode that this version of guard does not know")
    return settings._replace(run=folder)


def _file(folder: str) -> str:
    return os.path.join(folder, "run.json")


def _broken(folder: str, why: str) -> DeliveryError:
    return DeliveryError(
        f"{VARIABLE} names {folder!a}, which is no run that this process can join: {why}.",
        remedy=f"Start it below `gnomon guard` again; outside of a run, `unset {VARIABLE}`.",
    )
