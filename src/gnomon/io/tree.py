"""A folder -> the Python in it and what deploys it.

No link is followed, no pipe is opened, and nothing that is written in it is honoured.
"""

import os
import stat
from collections.abc import Iterable, Iterator

from msgspec import Struct

from gnomon.core.tree import Tree
from gnomon.io import files
from gnomon.io.intake import Intake
from gnomon.io.limits import Limits
from gnomon.io.names import Kind, is_script, kind_of, named_deployment

EXCLUDED = frozenset({".git", ".hg", ".svn", "__pycache__", "node_modules"})
"""Folders that hold no source of the project's own, by name."""
_INTERPRETERS = ("bin/python", "Scripts/python.exe")
_SHEBANG_BYTES = 128


class Folder(Struct, frozen=True):
    """A folder still to be looked at."""

    path: str
    relative: str
    """Path below the root, with a trailing `/`; "" for the root itself."""
    depth: int


def read_folder(root: str, target: str, limits: Limits) -> Tree:
    """Every Python file below `root`. Raises OSError if the root itself can't be listed."""
    intake = Intake(limits)
    start = Folder(root, "", 0)
    waiting = [start]
    while waiting and not intake.full:
        folder = waiting.pop()
        try:
            with os.scandir(folder.path) as listing:
                entries = list(listing)
        except OSError as error:
            if folder is start:
                raise
            intake.skip(folder.relative.rstrip("/"), files.reason(error))
            continue
        if folder.depth and _is_environment(folder.path, entries):
            intake.exclude(folder.relative.rstrip("/"))
        else:
            waiting += _subfolders(folder, entries, intake)
            _read_files(folder, entries, root, intake)
    return intake.tree(target)


def _is_environment(path: str, entries: Iterable[os.DirEntry[str]]) -> bool:
    """True for a virtual environment (PEP 405) or a conda one: other people's packages, with an interpreter."""
    names = {entry.name for entry in entries}
    if "conda-meta" in names:
        return True
    return "pyvenv.cfg" in names and any(os.path.lexists(f"{path}/{interpreter}") for interpreter in _INTERPRETERS)


def _subfolders(folder: Folder, entries: Iterable[os.DirEntry[str]], intake: Intake) -> Iterator[Folder]:
    for entry in entries:
        if not entry.is_dir(follow_symlinks=False):
            continue
        relative = folder.relative + entry.name
        if entry.name in EXCLUDED:
            intake.exclude(relative)
        elif folder.depth >= intake.limits.max_depth:
            intake.skip(relative, f"more than {intake.limits.max_depth} folders deep")
        else:
            yield Folder(entry.path, f"{relative}/", folder.depth + 1)


def _read_files(folder: Folder, entries: Iterable[os.DirEntry[str]], root: str, intake: Intake) -> None:
    for entry in entries:
        if intake.full:
            return
        relative = folder.relative + entry.name
        if entry.is_symlink():
            _note_link(entry, relative, root, intake)
        elif not entry.is_dir(follow_symlinks=False):
            kind = kind_of(relative)
            if kind != "other":
                _read_file(entry, relative, kind, intake)


def _read_file(entry: os.DirEntry[str], relative: str, kind: Kind, intake: Intake) -> None:
    try:
        if not entry.is_file(follow_symlinks=False):
            mode = entry.stat(follow_symlinks=False).st_mode
            if kind not in ("script", "deployment") or (kind == "deployment" and named_deployment(relative)):
                intake.skip(relative, f"{files.kind_of_mode(mode)}, not a file")
        elif kind == "package":
            intake.skip(relative, "an archive within the folder is not opened; scan it by itself")
        elif kind == "deployment":
            intake.take(relative, files.head(entry.path, intake.limit_of(kind) + 1), kind)
        elif kind != "script" or is_script(files.head(entry.path, _SHEBANG_BYTES)):
            intake.take(relative, files.content(entry.path, intake.limit_of(kind)), kind)
    except OSError as error:
        intake.skip(relative, files.reason(error))
    except files.Unreadable as unreadable:
        intake.skip(relative, str(unreadable))


def _note_link(entry: os.DirEntry[str], relative: str, root: str, intake: Intake) -> None:
    """Lists a link behind which there may be Python, or a deployment file, that is not read under its own name."""
    kind = kind_of(relative)
    read = kind in ("python", "notebook") or (kind == "deployment" and named_deployment(relative))
    try:
        mode = entry.stat().st_mode
    except OSError:
        if read:
            intake.skip(relative, "a link that leads nowhere")
        return
    end, top = os.path.realpath(entry.path), os.path.realpath(root)
    if not _within(end, top):
        if read or stat.S_ISDIR(mode):
            intake.skip(relative, f"a link out of the folder, to {end}, is not followed")
    elif stat.S_ISDIR(mode):
        if _within(f"{top}{os.sep}{relative}", end):
            intake.skip(relative, "a link to a folder it lies in is not followed")
    elif read and not _is_read(end[len(top) :].lstrip(os.sep)):
        intake.skip(relative, "a link to a file that is not read under its own name")


def _is_read(relative: str) -> bool:
    parts = relative.replace(os.sep, "/").split("/")
    return kind_of(parts[-1]) in ("python", "notebook", "deployment") and EXCLUDED.isdisjoint(parts)


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
