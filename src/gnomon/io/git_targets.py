"""A commit as a target -> a `Tree`: `PATH@REVISION`, or a git URL."""

from pathlib import Path
from shlex import quote

from gnomon.core.errors import TargetError
from gnomon.core.tree import Tree
from gnomon.io.git import GitFailed
from gnomon.io.git_fetch import fetched
from gnomon.io.git_names import Local, Remote, shown
from gnomon.io.git_objects import Objects
from gnomon.io.git_repository import Repository, commit_of, repository_of
from gnomon.io.git_tree import Damaged, read_commit
from gnomon.io.limits import Limits


def read_git(target: str, name: Local | Remote, limits: Limits) -> Tree:
    """The Python in the commit that `name` means, shown as `target`. Raises TargetError."""
    if isinstance(name, Local):
        repository, path = located(name, limits)
        commit = commit_of(repository, name.revision, limits.git_patience_s)
        return _read(target, repository, commit, path, limits)
    with fetched(name, limits) as (repository, commit):
        return _read(shown(target), repository, commit, "", limits)


def located(name: Local, limits: Limits) -> tuple[Repository, str]:
    """The repository that the path lies in, and what it is called there. Raises TargetError."""
    path = Path(name.path)
    folder, file = (name.path, "") if path.is_dir() else (str(path.resolve().parent), path.resolve().name)
    try:
        repository = repository_of(folder, limits.git_patience_s)
    except GitFailed as error:
        raise TargetError(
            f"{name.path} is in no git repository that can be read: {error}.", remedy=f"gnomon scan {quote(name.path)}"
        ) from None
    return repository, (repository.prefix + file).rstrip("/")


def _read(target: str, repository: Repository, commit: str, path: str, limits: Limits) -> Tree:
    try:
        with Objects(repository.folder, limits.git_patience_s) as objects:
            tree = read_commit(objects, commit, path, target, limits)
    except (GitFailed, Damaged) as error:
        raise TargetError(
            f"{target} can't be read from the repository: {error}.", remedy=f"git -C {quote(repository.folder)} fsck"
        ) from None
    if tree is None:
        raise TargetError(
            f"there is no {path} in commit {commit[:12]}.",
            remedy=f"git -C {quote(repository.folder)} ls-tree --name-only {commit[:12]}",
        )
    return tree
