"""A file of a commit -> what it was before, version by version, also under other names and in other files."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from shlex import quote

from msgspec import Struct
from msgspec.structs import replace

from gnomon.core.errors import TargetError
from gnomon.io.git import GitFailed
from gnomon.io.git_commits import Commit, commits
from gnomon.io.git_descent import Coming, Descent, Source, Step
from gnomon.io.git_names import Local, exists, git_name, shown
from gnomon.io.git_objects import Absent, Objects
from gnomon.io.git_repository import Repository, commit_of
from gnomon.io.git_targets import located
from gnomon.io.git_tree import Damaged, entry_at
from gnomon.io.limits import DEFAULT, Limits

MOST_VERSIONS = 400
MOST_NAMES = 20
"""Renames, copies and moves that are followed."""
_FILE, _TYPE = 0o100000, 0o170000


class Version(Struct, frozen=True, kw_only=True):
    """A file as a commit left it."""

    commit: str
    date: str
    """ISO 8601 day in UTC on which it was committed; "" if the commit does not say."""
    path: str
    """In the repository, at that time."""
    data: bytes
    """Nothing if the commit deleted it."""
    came: Coming = ""
    """How it came to this path, if the version before has another."""


class History(Struct, frozen=True, kw_only=True):
    """What a file was."""

    versions: tuple[Version, ...]
    """The oldest first; one that is as the one before is left out."""
    notes: tuple[str, ...] = ()
    """What is not in `versions`, one phrase each, no full stop."""


class Clone(Struct, frozen=True, kw_only=True):
    """A repository on this machine, and the commit that is looked back from."""

    folder: str
    """Its top: paths in the repository are paths below it."""
    tip: str
    path: str
    """Of the target in it; "" for the top."""
    shallow: bool


def clone_of(target: str, limits: Limits = DEFAULT) -> Clone:
    """The repository that a path, or PATH@REVISION, lies in. Raises TargetError."""
    name = git_name(target)
    if name is None and exists(target):
        name = Local(path=target, revision="HEAD")
    if not isinstance(name, Local):
        raise TargetError(
            f"{shown(target)} is no repository on this machine, so its history is not here.",
            remedy="git clone --bare URL FOLDER, and name FOLDER",
        )
    repository, path = located(name, limits)
    tip = commit_of(repository, name.revision, limits.git_patience_s)
    return Clone(folder=_top(repository), tip=tip, path=path, shallow=repository.shallow)


def history(
    clone: Clone, path: str, definition: str = "", limits: Limits = DEFAULT, most: int = MOST_VERSIONS
) -> History:
    """The versions of the file at `path` below the clone's target; none if it never was there. Raises TargetError.

    With the name of a function or class as `definition` that is followed from file to file, too. Of more than `most`
    versions under one name the first and the newest are read.
    """
    inside = "/".join(part for part in (clone.path, path) if part)
    try:
        with Objects(clone.folder, limits.git_patience_s) as objects:
            past = _Past(clone, objects, limits, most)
            versions = past.versions(clone.tip, inside, _defines(definition) if definition else None)
    except (GitFailed, Damaged) as error:
        raise TargetError(
            f"the history of {inside} can't be read: {error}.", remedy=f"git -C {quote(clone.folder)} fsck"
        ) from None
    return History(versions=tuple(versions), notes=tuple(dict.fromkeys(past.notes)))


def since_copied(versions: Sequence[Version]) -> Sequence[Version]:
    """The versions since the file was copied from another of its repository, which went on by itself."""
    at = max((number for number, version in enumerate(versions) if version.came == "copied"), default=0)
    return versions[at:]


class _Past:
    """Reads versions, and what could not be read of them."""

    def __init__(self, clone: Clone, objects: Objects, limits: Limits, most: int) -> None:
        self.notes = ["older history is not in this shallow clone"] if clone.shallow else []
        self._objects, self._most, self._max_bytes = objects, most, limits.max_file_bytes
        self._descent = Descent(clone.folder, objects, limits)

    def versions(self, start: str, path: str, holds: Callable[[bytes], bool] | None) -> list[Version]:
        """The versions from `start` back, the oldest first."""
        found: list[Version] = []
        for _ in range(MOST_NAMES):
            steps = list(self._descent.steps(start, path))
            if not steps:
                return found
            found = self._read(steps) + found
            source = self._descent.source(steps[-1])
            if source is None and holds is not None:
                found, source = self._moved(found, holds)
            if source is None or not found:
                return found
            found[0] = replace(found[0], came=source.how)
            start, path = source.commit, source.path
        self.notes.append(f"more than {MOST_NAMES} names; older ones were not followed")
        return found

    def _moved(self, found: list[Version], holds: Callable[[bytes], bool]) -> tuple[list[Version], Source | None]:
        """The versions since the definition came into the file, and where it came from."""
        at = next((at for at, version in enumerate(found) if holds(version.data)), None)
        if at is None:
            return found, None
        source = self._descent.moved_from(Step(found[at].commit, found[at].path), holds)
        return (found[at:], source) if source else (found, None)

    def _read(self, steps: list[Step]) -> list[Version]:
        if len(steps) > self._most:
            self.notes.append(f"{len(steps) - self._most:,} of {len(steps):,} versions were not read")
            steps = [*steps[: self._most - 1], steps[-1]]
        return list(self._versions(steps[::-1]))

    def _versions(self, steps: list[Step]) -> Iterator[Version]:
        """The contents, without what is as before."""
        places = [(step, self._file_at(step)) for step in steps]
        different = [place for at, place in enumerate(places) if not at or place[1] != places[at - 1][1]]
        made = dict(commits(self._objects, [step.commit for step, _ in different]))
        ids = {name for _, name in different if name}
        contents = dict(self._objects.read(sorted(ids), "blob", self._max_bytes))
        for step, name in different:
            data, commit = contents[name] if name else b"", made[step.commit]
            if isinstance(data, Absent):
                self.notes.append(f"a version of {step.path}: {data.reason}")
            else:
                date = commit.date if isinstance(commit, Commit) else ""
                yield Version(commit=step.commit, date=date, path=step.path, data=data)

    def _file_at(self, step: Step) -> str:
        """Id of the file's content; "" if there is no file."""
        found = entry_at(self._objects, step.commit, step.path)
        return found.id if found is not None and found.mode & _TYPE == _FILE else ""


def _defines(name: str) -> Callable[[bytes], bool]:
    """Tells whether a text defines a function or class of that name."""
    pattern = re.compile(rb"^[ \t]*(?:(?:async[ \t]+)?def|class)[ \t]+%s\b" % re.escape(name.encode()), re.MULTILINE)
    return lambda data: pattern.search(data) is not None


def _top(repository: Repository) -> str:
    """Where git is to be started so that paths in the repository are paths for it."""
    path = Path(repository.folder).resolve()
    return str(path.parents[repository.prefix.count("/") - 1] if repository.prefix else path)
