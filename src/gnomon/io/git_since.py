"""What a change is measured against: the commit where it parted from a revision, read as the same part of the tree."""

from pathlib import Path
from shlex import quote

from msgspec import Struct
from msgspec.structs import replace

from gnomon.core.errors import TargetError
from gnomon.core.tree import Tree
from gnomon.io import git
from gnomon.io.archives import format_of
from gnomon.io.git import GitFailed
from gnomon.io.git_names import Local, exists, git_name, shown
from gnomon.io.git_objects import Objects, object_id
from gnomon.io.git_repository import Repository, commit_of, merge_base, repository_of
from gnomon.io.git_targets import located
from gnomon.io.git_tree import SUBMODULE, Damaged, read_commit
from gnomon.io.limits import DEFAULT, Limits
from gnomon.io.names import kind_of

_MANY_NAMES = 50_000_000
"""Bytes of names of files that git ignores."""


class Base(Struct, frozen=True, kw_only=True):
    """A commit, and the path in it that corresponds to the target."""

    repository: Repository
    commit: str
    path: str
    checked_out: bool
    """The target is a folder or file as it lies on the disk, and no commit."""

    @property
    def short(self) -> str:
        """The commit's id, as people write it."""
        return self.commit[:12]


def base_of(target: str, revision: str, limits: Limits = DEFAULT) -> Base:
    """Where the target parted from `revision`: the newest commit that both come from. Raises TargetError."""
    name = git_name(target)
    if isinstance(name, Local):
        repository, path = located(name, limits)
        tip = name.revision
    elif name is None and exists(target):
        repository, path = _checked_out(target, limits)
        tip = "HEAD"
    else:
        raise _without_history(target, "there is no such path" if name is None else "its history is not here")
    patience_s = limits.git_patience_s
    ends = [commit_of(repository, end, patience_s) for end in (revision, tip)]
    commit = merge_base(repository, ends[0], ends[1], patience_s)
    return Base(repository=repository, commit=commit, path=path, checked_out=name is None)


def read_base(base: Base, changed: Tree, limits: Limits = DEFAULT) -> Tree:
    """The target as it was at the base: empty if it was not there yet. Raises TargetError if it can't be read.

    What the change has left alone is taken from `changed`, and read once only.
    """
    # A notebook is kept as its code cells, which are not what git has.
    as_kept = [file.data for file in changed.everything if kind_of(file.path) != "notebook"]
    at_hand = {object_id(data, "blob", len(base.commit)): data for data in as_kept}
    try:
        with Objects(base.repository.folder, limits.git_patience_s) as objects:
            tree = read_commit(objects, base.commit, base.path, changed.target, limits, at_hand)
    except (GitFailed, Damaged) as error:
        raise TargetError(
            f"commit {base.short} can't be read: {error}.", remedy=f"git -C {quote(base.repository.folder)} fsck"
        ) from None
    if tree is None:
        return Tree(target=changed.target, files=())
    # A submodule that is not checked out is missing on both sides.
    skipped = (entry for entry in tree.skipped if entry.reason != SUBMODULE or _has(changed, f"{entry.path}/"))
    return replace(tree, skipped=tuple(skipped))


def _has(tree: Tree, folder: str) -> bool:
    paths = [file.path for file in tree.files] + [entry.path for entry in tree.skipped]
    return any(path.startswith(folder) for path in paths)


def without_ignored(base: Base, tree: Tree, limits: Limits = DEFAULT) -> Tree:
    """The folder without what git ignores in it: that is part of no change, and was not at the base either."""
    if not base.checked_out or not Path(tree.target).is_dir():
        return tree
    ignored = _ignored(base, limits)
    left_out = {_covering(file.path, ignored) for file in tree.everything} - {""}
    return replace(
        tree,
        files=tuple(file for file in tree.files if not _covering(file.path, ignored)),
        deployments=tuple(file for file in tree.deployments if not _covering(file.path, ignored)),
        skipped=tuple(entry for entry in tree.skipped if not _covering(entry.path, ignored)),
        excluded=tuple(sorted({*tree.excluded, *left_out})),
    )


def _ignored(base: Base, limits: Limits) -> frozenset[str]:
    """Files and whole folders below the target that git neither has nor wants, as paths in the target."""
    what = ("ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory")
    try:
        said = git.ask(base.repository.folder, *what, patience_s=limits.git_patience_s, max_bytes=_MANY_NAMES)
    except GitFailed as error:
        raise TargetError(
            f"git can't tell what it ignores: {error}.", remedy=f"git -C {quote(base.repository.folder)} status"
        ) from None
    return frozenset(name.rstrip("/") for name in said.decode("utf-8", "surrogateescape").split("\0")) - {"", "."}


def _covering(path: str, ignored: frozenset[str]) -> str:
    """The entry of `ignored` that is the path or a folder it lies in, else ""."""
    end = len(path)
    while end > 0:
        if path[:end] in ignored:
            return path[:end]
        end = path.rfind("/", 0, end)
    return ""


def _checked_out(target: str, limits: Limits) -> tuple[Repository, str]:
    """The repository of a file or folder on the disk, and what it is called there. Raises TargetError."""
    path = Path(target).resolve()
    if path.is_file() and format_of(path):
        raise _without_history(target, "it is an archive")
    try:
        repository = repository_of(str(path if path.is_dir() else path.parent), limits.git_patience_s, checked_out=True)
    except GitFailed as error:
        raise _without_history(target, str(error)) from None
    return repository, (repository.prefix + ("" if path.is_dir() else path.name)).rstrip("/")


def _without_history(target: str, why: str) -> TargetError:
    return TargetError(
        f"--since takes a folder or file of a git repository, or PATH@REVISION; {shown(target)} is none: {why}.",
        remedy="gnomon scan TARGET --baseline FILE, with a report of the former state",
    )
