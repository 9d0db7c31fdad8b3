"""Which repository a path lies in, and which commit a revision names there."""

import os
import re
from shlex import quote

from msgspec import Struct

from gnomon.core.errors import TargetError
from gnomon.io import git
from gnomon.io.git import GitFailed

_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LONGEST_REVISION = 1_000
_MANY_REFS = 4_000_000
"""Bytes of names of branches and tags that are looked through for one that was meant."""


class Repository(Struct, frozen=True, kw_only=True):
    """Where git is started, and what that place is called in the repository."""

    folder: str
    prefix: str
    """The folder's path in the repository, with a trailing `/`; "" at the top."""
    shallow: bool
    """Only the latest part of the history is here."""


def repository_of(folder: str, patience_s: float, *, checked_out: bool = False) -> Repository:
    """The repository that an existing folder belongs to; `checked_out` asks for a work tree.

    Raises TargetError if git's own rules refuse it, GitFailed if there is none.
    """
    # A folder that looks like a bare repository may be part of what is scanned: it must not become the measure of it.
    how = ("-c", "safe.bareRepository=explicit") if checked_out else ()
    try:
        said = git.ask(
            folder, *how, "rev-parse", "--is-shallow-repository", "--is-inside-work-tree", "--show-prefix",
            patience_s=patience_s,
        )  # fmt: skip
    except GitFailed as error:
        if "dubious ownership" in str(error):
            raise _somebody_elses(folder) from None
        raise
    shallow, inside, prefix = said.decode("utf-8", "surrogateescape").split("\n", 2)
    if checked_out and inside != "true":
        raise GitFailed("no files are checked out there")
    return Repository(folder=folder, prefix=prefix.removesuffix("\n"), shallow=shallow == "true")


def commit_of(repository: Repository, revision: str, patience_s: float) -> str:
    """The id of the commit that a tag, branch, id or expression such as `HEAD~3` names. Raises TargetError."""
    check_revision(revision)
    try:
        said = git.ask(
            repository.folder, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}", patience_s=patience_s
        )
    except GitFailed:
        raise _unknown(repository, revision, patience_s) from None
    found = said.decode("ascii", "replace").strip()
    if not _ID.fullmatch(found):
        raise _unknown(repository, revision, patience_s)
    return found


def merge_base(repository: Repository, one: str, other: str, patience_s: float) -> str:
    """The id of the newest commit that both commits come from. Raises TargetError if there is none."""
    try:
        said = git.ask(repository.folder, "merge-base", one, other, patience_s=patience_s)
    except GitFailed as error:
        if repository.shallow:
            raise TargetError(
                f"where {one[:12]} and {other[:12]} part is not in this shallow clone.", remedy=_deepen(repository)
            ) from None
        raise TargetError(
            f"{one[:12]} and {other[:12]} have no commit in common: {error}.",
            remedy="name a revision that this one comes from, or use --baseline",
        ) from None
    return said.decode("ascii", "replace").strip()


def check_revision(revision: str) -> None:
    """Raises TargetError for what can't be a revision, above all what git would take for an option."""
    if not revision or revision.startswith("-") or _CONTROL.search(revision) or len(revision) > _LONGEST_REVISION:
        raise TargetError(f"{revision!r} is not a revision.", remedy="a branch, a tag, a commit's id, or HEAD~1")


def _unknown(repository: Repository, revision: str, patience_s: float) -> TargetError:
    problem = f"there is no revision {revision} in the repository of {os.path.realpath(repository.folder)}"
    if repository.shallow:
        return TargetError(f"{problem}, which is a shallow clone.", remedy=_deepen(repository))
    near = _near(repository, revision, patience_s)
    remedy = f"{near} was perhaps meant" if near else f"git -C {quote(repository.folder)} fetch --all --tags"
    return TargetError(f"{problem}.", remedy=remedy)


def _near(repository: Repository, revision: str, patience_s: float) -> str:
    """The branch or tag with the most similar name, "" if none is similar."""
    from difflib import get_close_matches

    try:
        said = git.ask(
            repository.folder, "for-each-ref", "--format=%(refname:short)", patience_s=patience_s, max_bytes=_MANY_REFS
        )
    except GitFailed:
        return ""
    return next(iter(get_close_matches(revision, said.decode("utf-8", "replace").splitlines(), n=1)), "")


def _deepen(repository: Repository) -> str:
    return f"git -C {quote(repository.folder)} fetch --unshallow"


def _somebody_elses(folder: str) -> TargetError:
    path = os.path.realpath(folder)
    return TargetError(
        f"git does not read the repository of {path}, since it belongs to another user.",
        remedy=f"git config --global --add safe.directory {quote(path)}",
    )
