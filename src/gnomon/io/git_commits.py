"""Commits -> when they were made, and what they come from."""

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from gnomon.io import days
from gnomon.io.git_objects import Absent, Objects

MAX_BYTES = 10_000_000
_COMMITTER = re.compile(rb"^committer .*> (\d{1,12}) [+-]\d{4}$", re.MULTILINE)
_PARENT = re.compile(rb"^parent ([0-9a-f]{40}(?:[0-9a-f]{24})?)$", re.MULTILINE)


class Commit(Struct, frozen=True, kw_only=True):
    """What a commit says of itself: nobody vouches for its date."""

    id: str
    parents: tuple[str, ...]
    date: str
    """ISO 8601 day in UTC on which it was committed; "" if it does not say."""


def commits(objects: Objects, ids: Iterable[str]) -> Iterator[tuple[str, Commit | Absent]]:
    """Each commit, in that order, or why it can't be read. Raises GitFailed."""
    for name, data in objects.read(ids, "commit", MAX_BYTES):
        yield name, data if isinstance(data, Absent) else _commit(name, data)


def _commit(name: str, data: bytes) -> Commit:
    head = data.partition(b"\n\n")[0]
    match = _COMMITTER.search(head)
    parents = tuple(parent.decode() for parent in _PARENT.findall(head))
    return Commit(id=name, parents=parents, date=days.of_seconds(int(match[1])) if match else "")
