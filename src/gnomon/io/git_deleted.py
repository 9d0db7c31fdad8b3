"""A repository -> Python files that it once had and has not any more, and that held one of some words at the end."""

from collections.abc import Iterable, Iterator, Mapping
from shlex import quote

from msgspec import Struct

from gnomon.core.errors import TargetError
from gnomon.io import git, git_changes
from gnomon.io.git import GitFailed
from gnomon.io.git_changes import Change
from gnomon.io.git_commits import Commit, commits
from gnomon.io.git_history import Clone
from gnomon.io.git_objects import Objects
from gnomon.io.git_tree import Damaged, entry_at
from gnomon.io.limits import DEFAULT, Limits

MOST_COMMITS = 200_000
_ID_BYTES = 65
_MOST_BLOBS = 20_000


class Deleted(Struct, frozen=True, kw_only=True):
    """A file that is gone."""

    path: str
    """In the repository."""
    last: str
    """The last commit that still had it."""
    date: str
    """ISO 8601 day in UTC on which it was deleted; "" if the commit does not say."""


def deleted(clone: Clone, words: Iterable[bytes], limits: Limits = DEFAULT) -> tuple[Deleted, ...]:
    """The files, those deleted last first; what was only moved is left out. Raises TargetError.

    Of the history the newest `MOST_COMMITS` commits are looked at, of deleted files the last `_MOST_BLOBS`.
    """
    wanted = tuple(words)
    try:
        with Objects(clone.folder, limits.git_patience_s) as objects:
            gone = _gone(clone, limits)
            telling = _telling(objects, gone, wanted, limits)
            return tuple(_confirmed(clone, objects, telling, limits))
    except (GitFailed, Damaged) as error:
        raise TargetError(
            f"what {clone.folder} once had can't be read: {error}.", remedy=f"git -C {quote(clone.folder)} fsck"
        ) from None


def _gone(clone: Clone, limits: Limits) -> Mapping[str, tuple[str, Change]]:
    """Path -> the last commit that deleted it, and what that was."""
    said = git.ask(
        clone.folder, "rev-list", "--no-merges", f"--max-count={MOST_COMMITS}", clone.tip, "--",
        patience_s=limits.git_patience_s, max_bytes=MOST_COMMITS * _ID_BYTES,
    )  # fmt: skip
    found: dict[str, tuple[str, Change]] = {}
    inside = f"{clone.path}/" if clone.path else ""
    for commit, change in git_changes.deletions(clone.folder, said.decode("ascii").split(), limits.git_patience_s):
        if change.source.endswith(".py") and change.source.startswith(inside):
            found.setdefault(change.source, (commit, change))
            if len(found) == _MOST_BLOBS:
                break
    return found


def _telling(
    objects: Objects, gone: Mapping[str, tuple[str, Change]], words: tuple[bytes, ...], limits: Limits
) -> Iterator[tuple[str, Change]]:
    """Those that held one of the words."""
    ids = {change.old_id for _, change in gone.values()}
    contents = objects.read(sorted(ids), "blob", limits.max_file_bytes)
    holding = {name for name, data in contents if isinstance(data, bytes) and any(word in data for word in words)}
    return (found for found in gone.values() if found[1].old_id in holding)


def _confirmed(
    clone: Clone, objects: Objects, telling: Iterable[tuple[str, Change]], limits: Limits
) -> Iterator[Deleted]:
    """Those that are not at the tip, and were not put elsewhere."""
    moves: dict[str, frozenset[str]] = {}
    for commit, change in telling:
        if entry_at(objects, clone.tip, change.source) is not None:
            continue
        ((_, made),) = commits(objects, [commit])
        if not isinstance(made, Commit) or not made.parents:
            continue
        if commit not in moves:
            moves[commit] = _moved(clone, made, limits)
        if change.source not in moves[commit]:
            yield Deleted(path=change.source, last=made.parents[0], date=made.date)


def _moved(clone: Clone, made: Commit, limits: Limits) -> frozenset[str]:
    """Python files that the commit has put elsewhere."""
    changed = git_changes.changes(clone.folder, made.parents[0], made.id, limits.git_patience_s)
    paths = [change.path for change in changed if change.status in "AD" and change.path.endswith(".py")]
    moves = git_changes.moves(clone.folder, made.parents[0], made.id, paths, limits.git_patience_s)
    return frozenset(change.source for change in moves)
