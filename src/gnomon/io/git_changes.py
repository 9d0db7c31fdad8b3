"""Two commits -> which files were changed, deleted or moved between them, by git's plumbing.

Raw output names objects and shows none: no external diff, filter or textconv of a configuration has an occasion.
"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from gnomon.io import git

_RAW = ("diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--ignore-submodules=all", "-O/dev/null")
_MAX_BYTES = 50_000_000
_AT_ONCE = 250
"""Commits given to one git: fewer bytes than a pipe holds."""
_MOST_PATHS = 1_000
_LONGEST_PATHS = 60_000
"""Bytes of them on a command line."""


class Change(Struct, frozen=True):
    """One file between two commits."""

    status: str
    """`A` added, `D` deleted, `M` changed, `T` of another kind, `R` renamed, `C` copied."""
    old_id: str
    new_id: str
    source: str
    """Path before."""
    path: str
    """Path afterwards; the same unless it was renamed or copied."""


def changes(folder: str, before: str, after: str, patience_s: float) -> tuple[Change, ...]:
    """What differs, name by name: a file that was moved is deleted and added. Raises GitFailed."""
    said = git.ask(
        folder, *_RAW, "--no-renames", before, after, "--", patience_s=patience_s, max_bytes=_MAX_BYTES
    )  # fmt: skip
    return tuple(change for _, change in _changes(said))


def moves(
    folder: str, before: str, after: str, paths: Iterable[str], patience_s: float, *, copies: bool = False
) -> tuple[Change, ...]:
    """What was renamed among these paths, or copied. Raises GitFailed.

    Content of other files is not asked for: a clone may lack it, and pictures are no ancestors of code.
    """
    how = ("-C75%", "--find-copies-harder") if copies else ("-M50%",)
    said = git.ask(
        folder, *_RAW, *how, f"-l{_MOST_PATHS}", "--diff-filter=RC", before, after, "--", *_few(paths),
        patience_s=patience_s, max_bytes=_MAX_BYTES,
    )  # fmt: skip
    return tuple(change for _, change in _changes(said))


def deletions(folder: str, commits: Sequence[str], patience_s: float) -> Iterator[tuple[str, Change]]:
    """(commit, file that it deleted), in that order; what merges deleted, their parents tell. Raises GitFailed."""
    for start in range(0, len(commits), _AT_ONCE):
        given = "".join(f"{commit}\n" for commit in commits[start : start + _AT_ONCE]).encode()
        said = git.ask(
            folder, *_RAW, "--stdin", "--no-renames", "--diff-filter=D",
            patience_s=patience_s, max_bytes=_MAX_BYTES, given=given,
        )  # fmt: skip
        yield from _changes(said)


def _few(paths: Iterable[str]) -> list[str]:
    """As many of the paths as a command line holds."""
    few: list[str] = []
    left = _LONGEST_PATHS
    for path in paths:
        left -= len(path.encode("utf-8", "surrogateescape")) + 1
        if left < 0 or len(few) == _MOST_PATHS:
            break
        few.append(path)
    return few


def _changes(said: bytes) -> Iterator[tuple[str, Change]]:
    """Each entry is `:mode mode id id status NUL path NUL`, and of a move another path; a commit's id stands before."""
    parts = iter(said.decode("utf-8", "surrogateescape").split("\0"))
    commit = ""
    for part in parts:
        if not part.startswith(":"):
            commit = part
            continue
        _, _, old_id, new_id, status = part.split(" ")
        source = next(parts)
        yield commit, Change(status[0], old_id, new_id, source, next(parts) if status[0] in "RC" else source)
