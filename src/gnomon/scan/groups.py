"""Sets that grow together: what was joined with one another, directly or through others."""

from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class Groups(Generic[T]):
    """Disjoint groups of values."""

    def __init__(self) -> None:
        self._group: dict[T, set[T]] = {}

    def join(self, one: T, other: T) -> None:
        """Puts two values, and all that was joined with either, into one group."""
        mine, theirs = self.of(one), self.of(other)
        if mine is theirs:
            return
        smaller, larger = sorted((mine, theirs), key=len)
        larger |= smaller
        self._group.update(dict.fromkeys(smaller, larger))

    def of(self, one: T) -> set[T]:
        """The group of a value: at least itself. It is one object for all of its members."""
        return self._group.setdefault(one, {one})
