"""A file of a commit -> the commits that changed it, and what it was before it had its name.

One line of descent is followed: where two lines met, the one that the file was taken from, else the first. So states
follow on one another, and a fix that came by a merge is not undone by what the other side still had for a while.
"""

import re
from collections.abc import Callable, Iterator
from typing import Literal

from msgspec import Struct

from gnomon.io import git, git_changes
from gnomon.io.git_changes import Change
from gnomon.io.git_commits import Commit, commits
from gnomon.io.git_objects import Objects
from gnomon.io.limits import Limits

Coming = Literal["", "renamed", "copied", "moved"]
"""How code came to a path: the file was renamed or copied, or the definition alone was moved into the file."""
_MAX_BYTES = 50_000_000
_MOST_CANDIDATES = 2_000


class Step(Struct, frozen=True):
    """A commit that changed a file, by its path then."""

    commit: str
    path: str


class Source(Struct, frozen=True):
    """Where a file or definition was before a commit put it in its place."""

    commit: str
    """The parent."""
    path: str
    how: Coming


class Descent:
    """Looks back in one repository; `folder` is its top. Every question raises GitFailed if git fails."""

    def __init__(self, folder: str, objects: Objects, limits: Limits) -> None:
        self._folder, self._objects = folder, objects
        self._patience_s = limits.git_patience_s
        self._max_bytes = limits.max_file_bytes

    def steps(self, start: str, path: str) -> Iterator[Step]:
        """The commits that changed what is at the path, the newest first: of the parents that git keeps, the first."""
        said = git.ask(
            self._folder, "rev-list", "--topo-order", "--parents", start, "--", path,
            patience_s=self._patience_s, max_bytes=_MAX_BYTES,
        )  # fmt: skip
        lines = [line.split() for line in said.decode("ascii", "replace").splitlines()]
        parents = {commit: before for commit, *before in lines}
        at = lines[0][0] if lines else ""
        while at in parents:
            yield Step(at, path)
            at = next(iter(parents[at]), "")

    def source(self, step: Step) -> Source | None:
        """What the commit made the file from; None if it was new."""
        for parent in self._parents(step.commit):
            changed = self._changed(parent, step)
            gone = [change.source for change in changed if change.status == "D"]
            if gone and (found := self._move(parent, step, gone)):
                return Source(parent, found.source, "renamed")
            likely = self._likely(parent, step.path, changed)
            if likely and (found := self._move(parent, step, likely, copies=True)):
                return Source(parent, found.source, "copied")
        return None

    def moved_from(self, step: Step, holds: Callable[[bytes], bool]) -> Source | None:
        """The file that lost in this commit what `holds` tells of its content."""
        for parent in self._parents(step.commit):
            changed = [change for change in self._changed(parent, step) if change.status in "DM"][:_MOST_CANDIDATES]
            before = self._holding({change.old_id for change in changed}, holds)
            had = [change for change in changed if change.old_id in before]
            after = self._holding({change.new_id for change in had if change.status == "M"}, holds)
            for change in had:
                if change.new_id not in after:
                    return Source(parent, change.source, "moved")
        return None

    def _parents(self, commit: str) -> list[str]:
        """Those that are here: a shallow clone ends somewhere."""
        ((_, made),) = commits(self._objects, [commit])
        named = made.parents if isinstance(made, Commit) else ()
        return [name for name, found in commits(self._objects, named) if isinstance(found, Commit)]

    def _changed(self, parent: str, step: Step) -> list[Change]:
        """Other files of the same kind that the commit changed."""
        suffix = re.search(r"(?:\.\w+)?$", step.path)
        found = git_changes.changes(self._folder, parent, step.commit, self._patience_s)
        return [
            change for change in found if change.path != step.path and change.path.endswith(suffix[0] if suffix else "")
        ]

    def _likely(self, parent: str, path: str, changed: list[Change]) -> list[str]:
        """Files that it may be a copy of: changed with it, called as it, or beside it."""
        folder, _, name = path.rpartition("/")
        said = git.ask(
            self._folder, "ls-tree", "-r", "-z", "--name-only", "--full-tree", parent,
            patience_s=self._patience_s, max_bytes=_MAX_BYTES,
        )  # fmt: skip
        paths = (tuple(other.rpartition("/")) for other in said.decode("utf-8", "surrogateescape").split("\0"))
        suffix = name[name.rfind(".") :]
        near = [
            "".join(parts) for parts in paths if parts[2] == name or (parts[0] == folder and parts[2].endswith(suffix))
        ]
        return [*(change.source for change in changed if change.status == "M"), *near]

    def _move(self, parent: str, step: Step, candidates: list[str], *, copies: bool = False) -> Change | None:
        found = git_changes.moves(
            self._folder, parent, step.commit, [step.path, *candidates], self._patience_s, copies=copies
        )
        return next((change for change in found if change.path == step.path), None)

    def _holding(self, ids: set[str], holds: Callable[[bytes], bool]) -> set[str]:
        contents = self._objects.read(sorted(ids), "blob", self._max_bytes)
        return {name for name, data in contents if isinstance(data, bytes) and holds(data)}
