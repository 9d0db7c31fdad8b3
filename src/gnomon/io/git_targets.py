"""A commit as a target -> a `Tree`: `PATH@REVISION`, or a git URL."""

from pathlib import Path
from shlex import quote

from msgspec.structs import replace

from gnomon.core.errors import TargetError
from gnomon.core.tree import Provenance, Tree
from gnomon.io.git import GitFailed
from gnomon.io.git_commits import commits
from gnomon.io.git_fetch import fetched
from gnomon.io.git_names import Local, Remote, shown
from gnomon.io.git_objects import Absent, Objects
from gnomon.io.git_repository import Repository, commit_of, repository_of
from gnomon.io.git_tree import Damaged, read_commit
from gnomon.io.limits import Limits


def read_git(target: str, name: Local | Remote, limits: Limits) -> Tree:
    """The Python in the commit that `name` means, shown as `target`. Raises TargetError."""
    if isinstance(name, Local):
        repository, path = located(name, limits)
        commit = commit_of(repository, name.revision, limits.git_patience_s)
        return _read(target, repository, commit, path, _folder_name(repository), limits)
    with fetched(name, limits) as (repository, commit):
        return _read(shown(target), repository, commit, "", repository_name(name.url), limits)


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


def repository_name(url: str) -> str:
    """The last part of a repository's address or path, without `.git`."""
    parts = [part for part in url.replace(":", "/").split("/") if part not in ("", ".git")]
    return parts[-1].removesuffix(".git") if parts else ""


def _folder_name(repository: Repository) -> str:
    """Name of the folder that the whole repository is in."""
    path = Path(repository.folder).resolve()
    top = path.parents[repository.prefix.count("/") - 1] if repository.prefix else path
    return repository_name(top.as_posix())


def _read(target: str, repository: Repository, commit: str, path: str, project: str, limits: Limits) -> Tree:
    try:
        with Objects(repository.folder, limits.git_patience_s) as objects:
            ((_, made),) = commits(objects, [commit])
            date = (
                "" if isinstance(made, Absent) else made.date
            )  # first: where a limit ends the reading, answers are left over
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
    origin = Provenance(project=project, label=commit[:12], date=date, basis="commit date" if date else "")
    return replace(tree, origin=origin)
