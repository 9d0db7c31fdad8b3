"""Short names for what identifies frames and values, which are told apart by all that they were reached through."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

Name = tuple[object, ...]
_NAMES: dict[Name, Name] = {}
_numbers = count()
_runs: list[int] = []


def named(*parts: object) -> Name:
    """A short name for what the parts identify: the same for equal parts.

    Frames and values are identified by those they were reached through, and these by others again. Compared and hashed
    as they are, such keys cost as much as the tree they unfold to, which doubles with each level.
    """
    return _NAMES.setdefault(parts, (next(_numbers),))


@contextmanager
def naming() -> Iterator[None]:
    """A run in which values are made; after the last one that is under way the names are forgotten."""
    _runs.append(1)
    try:
        yield
    finally:
        _runs.pop()
        if not _runs:
            _NAMES.clear()
