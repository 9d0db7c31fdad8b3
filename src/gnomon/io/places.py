"""Where a target lies on disk, seen from the working folder and from a configuration file."""

import os
from pathlib import Path


def is_own(target: str) -> bool:
    """True if the target is a folder or file at or below the current folder, links followed."""
    try:
        return os.path.lexists(target) and _within(os.path.realpath(target), os.path.realpath("."))
    except OSError:  # the current folder was removed
        return False


def holds(target: str, file: str) -> bool:
    """True if the file is what `target` names or lies in it, as written or with links followed.

    `PATH@REVISION` counts as PATH: it is another state of the same project.
    """
    path = target if os.path.lexists(target) else target.rpartition("@")[0]
    if not path or not os.path.lexists(path):
        return False
    real = os.path.realpath(path)
    return _within(os.path.realpath(file), real) or _within(_as_written(file), _as_written(path))


def prefix_of(target: str, folder: str) -> str:
    """What to put before paths within the target to make them relative to `folder`; "" if it does not lie below."""
    path = os.path.realpath(target)
    root = path if Path(path).is_dir() else str(Path(path).parent)
    top = os.path.realpath(folder)
    if not os.path.lexists(target) or root == top or not _within(root, top):
        return ""
    return os.path.relpath(root, top).replace(os.sep, "/") + "/"


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _as_written(path: str) -> str:
    """Absolute, without following a link."""
    return os.path.normpath(Path(path).absolute())
