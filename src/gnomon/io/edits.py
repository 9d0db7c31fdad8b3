"""What a hook is given -> the changed files as they will be: Python source, a diff, or an assistant's event."""

import os
from collections.abc import Iterable
from pathlib import Path

from gnomon.core.edit import Change, Edit
from gnomon.core.finding import Skipped
from gnomon.io import files, notebooks
from gnomon.io.diffs import Hunk, Patch, is_diff, patches
from gnomon.io.events import Event, NotUnderstood, event, event_name, is_event
from gnomon.io.limits import DEFAULT, Limits, too_large
from gnomon.io.names import Kind, inside, is_script, kind_of
from gnomon.io.replacements import Replaced, found, replaced

UNNAMED = "snippet.py"
"""What source is called that nobody named."""


def read_change(data: bytes, *, path: str = "", folder: Path, limits: Limits = DEFAULT) -> Change:
    """What `data` changes. With `path`, it is source of that name; else its form tells what it is.

    `folder` is where the change is made, and where the files lie that a diff or an event speaks of.
    """
    if path:
        return _changed([_source(path, data, limits)])
    if is_event(data):
        return _event(data, folder, limits)
    if is_diff(data):
        root = project_of(folder) or folder
        return _changed(_patched(patch, root, folder, limits) for patch in patches(data))
    return _changed([_source(UNNAMED, data, limits)])


def project_of(folder: Path) -> Path | None:
    """The nearest folder at or above that is a repository's or a Python project's root."""
    for candidate in (folder, *folder.parents):
        if (candidate / ".git").exists() or (candidate / "pyproject.toml").exists():
            return candidate
    return None


def _changed(results: Iterable[Edit | Skipped | None], *, event: str = "") -> Change:
    kept = [result for result in results if result is not None]
    return Change(
        edits=tuple({entry.path: entry for entry in kept if isinstance(entry, Edit)}.values()),
        skipped=tuple(entry for entry in kept if isinstance(entry, Skipped)),
        event=event,
    )


def _event(data: bytes, folder: Path, limits: Limits) -> Change:
    name = event_name(data)
    try:
        asked = event(data)
    except NotUnderstood as error:
        return Change(skipped=(Skipped(path="standard input", reason=str(error)),), event=name)
    return _changed([_asked(asked, folder, limits) if asked is not None else None], event=name)


def _asked(asked: Event, folder: Path, limits: Limits) -> Edit | Skipped | None:
    """The file as the assistant wants it, or made it."""
    file = Path(asked.folder or folder, asked.path)
    name = _told(file, Path(asked.folder or folder))
    if asked.cell is not None:
        return Edit(path=name, data=asked.cell.encode("utf-8", "replace"), whole=False)
    if asked.content is not None:
        return _source(name, asked.content.encode("utf-8", "replace"), limits)
    kind = kind_of(name)
    if kind not in ("python", "notebook", "script"):
        return None
    before = _text(file, limits.max_file_bytes)
    made = (found if asked.done else replaced)(before, asked.replacements) if before is not None else None
    if made is None:
        made = Replaced("\n".join(entry.new_string for entry in asked.replacements), None)
    return _source(name, made.text.encode("utf-8", "replace"), limits, added=made.added)


def _text(file: Path, limit: int) -> str | None:
    r"""The file's text with `\n` line ends; None if there is no such file to be read."""
    try:
        data = files.content(os.path.realpath(file), limit)
    except (files.Unreadable, ValueError):
        return None
    return data.decode("utf-8", "replace").replace("\r\n", "\n")


def _told(file: Path, folder: Path) -> str:
    """The file's path below its project, `/`-separated; its name alone if it lies elsewhere."""
    folder = project_of(folder) or folder
    try:
        return Path(os.path.normpath(file)).relative_to(folder).as_posix()
    except ValueError:
        return file.name


def _source(
    path: str, data: bytes, limits: Limits, *, added: frozenset[int] | None = None, whole: bool = True
) -> Edit | Skipped | None:
    """The file, if it is Python by its name."""
    kind: Kind = kind_of(path)
    if kind in ("other", "package") or (kind == "script" and not is_script(data)):
        return None
    if len(data) > limits.max_file_bytes:
        return Skipped(path=path, reason=too_large(len(data), limits.max_file_bytes))
    if kind == "notebook":
        try:
            data = notebooks.source_of(data, limits.max_file_bytes)
        except notebooks.NotNotebook as error:
            return Skipped(path=path, reason=str(error))
    return Edit(path=path, data=data, added=added, whole=whole)


def _patched(patch: Patch, root: Path, folder: Path, limits: Limits) -> Edit | Skipped | None:
    """The new side of a patch: the file below `root` or `folder` that has it, else what the hunks tell."""
    name = patch.names[0]
    if patch.unread:
        return Skipped(path=name, reason=patch.unread) if kind_of(name) in ("python", "notebook") else None
    added = frozenset(line for hunk in patch.hunks for line in hunk.added)
    if not added or kind_of(name) in ("other", "package"):
        return None
    for candidate in patch.names:
        for top in dict.fromkeys((root, folder)):
            data = _below(top, candidate, limits)
            if data is not None and _has(data, patch.hunks):
                return _source(candidate, data, limits, added=added)
    if kind_of(name) == "notebook":
        return Skipped(path=name, reason="a part of a notebook can't be read without the file it belongs to")
    return _source(name, _rebuilt(patch.hunks), limits, added=added, whole=False)


def _below(top: Path, name: str, limits: Limits) -> bytes | None:
    """The file's bytes if it lies below `top`, no link leading out of it."""
    relative = inside(name)
    if relative is None:
        return None
    real = os.path.realpath(top / relative)
    if not real.startswith(os.path.realpath(top) + os.sep):
        return None
    try:
        return files.content(real, limits.max_file_bytes)
    except files.Unreadable:
        return None


def _has(data: bytes, hunks: tuple[Hunk, ...]) -> bool:
    """True if every hunk's new side stands in the file where it says."""
    lines = [line.removesuffix(b"\r") for line in data.split(b"\n")]
    for hunk in hunks:
        wanted = [line.removesuffix(b"\r") for line in hunk.lines]
        if lines[hunk.start - 1 : hunk.start - 1 + len(wanted)] != wanted:
            return False
    return True


def _rebuilt(hunks: tuple[Hunk, ...]) -> bytes:
    """What the hunks tell of a file, each line on its own, the others empty."""
    last = max(hunk.start + len(hunk.lines) for hunk in hunks)
    lines = [b""] * last
    for hunk in hunks:
        start = max(hunk.start, 1) - 1
        lines[start : start + len(hunk.lines)] = hunk.lines
    return b"\n".join(lines[: last - 1]) + b"\n"
