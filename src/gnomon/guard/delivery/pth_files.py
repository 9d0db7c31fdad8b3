"""The `.pth` files of runs, in the site-packages of the environments that they guard: written, found again, removed."""

import json
import os
import shutil
import stat
from collections.abc import Iterable
from typing import Final

from . import procfs, shim
from .settings import Settings
from .shim import Origin
from .tree import members

_LIST: Final = "pth.json"
RUN_PREFIX: Final = "gnomon-guard-"


def planned(settings: Settings, packages: Iterable[str]) -> list[str]:
    """The paths that a run's `.pth` files will have, noted in its folder: they are found however the run ends."""
    paths = [os.path.join(folder, os.path.basename(settings.run) + ".pth") for folder in packages]
    with open(os.path.join(settings.run, _LIST), "w", encoding="utf-8") as file:
        json.dump({"origin": shim.origin(settings)._asdict(), "paths": paths}, file)
    return paths


def write(path: str, settings: Settings, guard: str) -> None:
    """One file, complete or not at all: other programs start in that environment meanwhile. Raises OSError."""
    unfinished = path + ".new"
    try:
        with open(unfinished, "w", encoding="ascii") as file:
            file.write(shim.pth_text(settings, guard))
        os.chmod(unfinished, 0o644)  # other users' Pythons read it too, and must find that it is not for them
        os.rename(unfinished, path)
    except OSError:
        _remove(unfinished)
        raise


def clean(run: str) -> None:
    """Removes a run's `.pth` files, then its folder; what can't be removed stays."""
    paths, _ = _noted(run)
    for path in paths:
        _remove(path)
        _remove(path + ".new")
    shutil.rmtree(run, ignore_errors=True)


def clean_if_left(run: str) -> bool:
    """Does so if the run is over and nobody has done it yet; True then. Launch's own folders only: see `sweep`."""
    _, origin = _noted(run)
    if origin is None or not _is_over(origin) or not _is_run_folder(run, os.geteuid()):
        return False
    clean(run)
    return True


def sweep(packages: str) -> list[str]:
    """Removes what runs that are over left in an environment, and their folders; the paths of what was removed.

    That happens if supervisor and janitor end at once, as when the power fails. Another user's or another machine's
    file stays, since we can't see whether its run is over; it does nothing in processes that are not of its run.
    """
    removed = []
    for name in sorted(_listed(packages)):
        path = os.path.join(packages, name)
        origin = _told(path) if name.startswith(RUN_PREFIX) and name.endswith(".pth") else None
        if origin is None or not _is_over(origin):
            continue
        if _is_run_folder(origin.run, os.geteuid()):
            clean(origin.run)
        _remove(path)
        removed.append(path)
    return removed


def _noted(run: str) -> tuple[list[str], Origin | None]:
    """A run's `.pth` files, and the run as they tell of it."""
    own = os.path.basename(run) + ".pth"
    try:
        with open(os.path.join(run, _LIST), encoding="utf-8") as file:
            noted = json.load(file)
        paths = [path for path in noted["paths"] if os.path.basename(path) == own]
        return paths, Origin(**noted["origin"])
    except (OSError, ValueError, TypeError, KeyError):
        return [], None


def _told(path: str) -> Origin | None:
    """What a `.pth` file of this user says of its run."""
    try:
        if os.stat(path, follow_symlinks=False).st_uid != os.geteuid():
            return None
        with open(path, encoding="ascii") as file:
            return shim.pth_origin(file.read())
    except (OSError, ValueError):
        return None


def _is_over(origin: Origin) -> bool:
    """True if nothing of a run is alive; False also if that can't be seen from here."""
    host, boot, namespace = shim.place()
    if origin.host != host or (origin.boot == boot and origin.namespace != namespace):
        return False
    if origin.boot != boot:
        return True
    settings = Settings(run=origin.run, supervisor=origin.supervisor, started=origin.started)
    return not procfs.lives(origin.supervisor, origin.started) and not members(settings)


def _is_run_folder(path: str, owner: int) -> bool:
    """True for what launch makes: a `.pth` file must not have us remove anything else."""
    try:
        found = os.lstat(path)
    except OSError:
        return False
    made = os.path.basename(path).startswith(RUN_PREFIX) and os.path.isfile(os.path.join(path, "run.json"))
    return made and stat.S_ISDIR(found.st_mode) and found.st_uid == owner


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return
