"""What a learner has on disk: the file of progress, and a folder for each exercise."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from gnomon.core.errors import GnomonError
from gnomon.io import files
from gnomon.learn.laid import Laid
from gnomon.learn.progress import SCHEMA, Progress

FOLDER = "gnomon-learn"
"""In the working folder, with a folder for each exercise in it."""
_VARIABLE = "GNOMON_DATA_DIR"
_MAX_BYTES = 1_000_000
_MOST_FILES = 100
_IGNORED = ("__pycache__",)


class Kept(Struct, frozen=True, kw_only=True):
    """The progress that was found, and what is to be told of its file."""

    progress: Progress
    remark: str = ""
    replaceable: bool = True
    """False for a file that could not be read: what is in it may be wanted."""


def progress_file() -> Path:
    """Where progress is kept: in `GNOMON_DATA_DIR`, else in the user's data folder."""
    if chosen := os.environ.get(_VARIABLE):
        return Path(chosen) / "learn.json"
    import platformdirs

    return Path(platformdirs.user_data_dir("gnomon")) / "learn.json"


def read_progress() -> Kept:
    """The progress so far. A file that can't be understood is put aside, and one that can't be read is left alone."""
    file = progress_file()
    if not os.path.lexists(file):
        return Kept(progress=Progress())
    try:
        data = files.content(str(file), _MAX_BYTES)
    except files.Unreadable as unreadable:
        remark = f"{file} can't be read ({unreadable}); it is left alone, and progress is not kept."
        return Kept(progress=Progress(), remark=remark, replaceable=False)
    try:
        found = msgspec.json.decode(data, type=Progress)
        if found.schema == SCHEMA:
            return Kept(progress=found)
        why = f"it has schema {found.schema}, and this gnomon reads {SCHEMA}"
    except msgspec.DecodeError as error:  # and ValidationError, which is one
        why = str(error)
    return Kept(progress=Progress(), remark=_put_aside(file, why))


def write_progress(progress: Progress) -> str:
    """Puts the file in place in one step; why that was not possible, or ""."""
    file = progress_file()
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _replace(file, msgspec.json.format(msgspec.json.encode(progress), indent=1))
    except OSError as error:
        return f"progress can't be kept in {file}: {files.reason(error)}."
    return ""


def read_record(name: str) -> bytes:
    """The bytes of a record that somebody handed in. Raises GnomonError."""
    try:
        return files.content(name, _MAX_BYTES)
    except files.Unreadable as unreadable:
        raise GnomonError(f"{name} can't be read: {unreadable}.", remedy="gnomon learn record FILE…") from None


def exercise_folder(name: str) -> Path:
    """The exercise's folder: below the working folder, or beside it for somebody who went into one.

    Raises GnomonError.
    """
    try:
        here = Path.cwd()
    except FileNotFoundError:
        raise GnomonError("the working folder was removed.", remedy="cd ~") from None
    for place in (here, here.parent):
        if place.name == FOLDER:
            return place / name
    return here / FOLDER / name


def lay_out(folder: Path, given: Mapping[str, bytes], *, again: bool) -> Laid:
    """Writes the files that are not there; with `again` moves what differs to a folder beside this one before.

    Raises GnomonError.
    """
    try:
        for place in (folder.parent, folder):
            place.mkdir(exist_ok=True)
            if place.is_symlink():
                raise GnomonError(f"{place} is a link; exercises are written to a folder.", remedy="remove the link")
        laid = _compared(folder, given)
        if again and laid.differing:
            laid = replace(laid, aside=_move_aside(folder, laid.differing).name)
        for name, data in given.items():
            if not os.path.lexists(folder / name):
                _replace(folder / name, data)
    except OSError as error:
        raise GnomonError(
            f"the exercise can't be written to {folder}: {files.reason(error)}.",
            remedy="the same in a folder that you can write to: cd ~",
        ) from error
    return laid


def answer_in(folder: Path, command: str) -> dict[str, bytes]:
    """The Python files in the folder, by their paths in it. Raises GnomonError; `command` begins the exercise."""
    if not folder.is_dir():
        raise GnomonError(f"there is no {folder} with files to judge.", remedy=command)
    try:
        found = sorted(path for path in folder.rglob("*.py") if not set(_IGNORED) & set(path.relative_to(folder).parts))
        if len(found) > _MOST_FILES:
            raise GnomonError(f"{folder} has {len(found)} Python files.", remedy=f"leave {_MOST_FILES} at most")
        return {path.relative_to(folder).as_posix(): files.content(str(path), _MAX_BYTES) for path in found}
    except OSError as error:
        raise GnomonError(f"{folder} can't be read: {files.reason(error)}.", remedy=command) from error
    except files.Unreadable as unreadable:
        raise GnomonError(f"a file in {folder} can't be read: {unreadable}.", remedy=command) from unreadable


def _compared(folder: Path, given: Mapping[str, bytes]) -> Laid:
    there = sorted(file.name for file in folder.iterdir() if file.name in given or not _is_leftover(file.name))
    return Laid(
        found=bool(there),
        changed=tuple(name for name, data in given.items() if name in there and not _holds(folder / name, data)),
        added=tuple(name for name in there if name not in given),
        missing=tuple(name for name in given if there and name not in there),
    )


def _is_leftover(name: str) -> bool:
    """True for what programs leave in a folder: caches, an editor's files, a repository."""
    return name in _IGNORED or name.startswith(".")


def _holds(file: Path, data: bytes) -> bool:
    try:
        return files.content(str(file), _MAX_BYTES) == data
    except files.Unreadable:  # a link, a folder: not what was given
        return False


def _move_aside(folder: Path, names: Sequence[str]) -> Path:
    """Moves what has these names to a new folder beside this one. Raises GnomonError, and OSError if none can be made.

    Not the folder itself: the learner's shell or editor may be in it.
    """
    aside = _new_folder(folder)
    for name in names:
        try:
            (folder / name).rename(aside / name)
        except OSError as error:
            with suppress(OSError):  # unless something was moved already: that stays there
                aside.rmdir()
            raise GnomonError(
                f"{folder / name} can't be moved to {aside}: {files.reason(error)}; nothing was written over.",
                remedy="close what has it open, and type it again",
            ) from error
    return aside


def _new_folder(folder: Path) -> Path:
    for number in range(1, 1000):
        aside = folder.with_name(f"{folder.name}.kept-{number}")
        with suppress(FileExistsError):
            aside.mkdir()
            return aside
    raise GnomonError(f"there are 999 folders {folder.name}.kept-… already.", remedy="remove those that you don't need")


def _replace(file: Path, data: bytes) -> None:
    """Puts a file in its place in one step. Raises OSError, and then leaves nothing behind."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(data)
        Path(name).replace(file)
    finally:
        Path(name).unlink(missing_ok=True)


def _put_aside(file: Path, why: str) -> str:
    """Moves the file away under a name that is free, and says so."""
    names = (file.with_name(f"{file.name}.broken-{number}") for number in range(1, 100))
    aside = next((name for name in names if not os.path.lexists(name)), None)
    try:
        if aside is not None:
            file.rename(aside)
            return f"{file} can't be understood ({why}); it is kept as {aside.name}, and this begins anew."
    except OSError as error:
        why = f"{why}; {files.reason(error)}"
    return f"{file} can't be understood ({why}), so this begins anew."
