"""Sets of shingles that differ, searchable: which of them share code with another is told by those that few have."""

from collections import Counter
from collections.abc import Iterator

MOST_LOOKED_UP = 20_000
"""Holders of shingles that one question reads, those of the rarest shingles first."""
MOST_COMPARED = 300
"""Sets that one question is held against where that was not all: those with most of the shingles that were read."""


class Bodies:
    """Shingles of functions and classes, each set once, however many places have it."""

    def __init__(self) -> None:
        self._numbers: dict[frozenset[int], int] = {}
        self._sets: list[frozenset[int]] = []
        self._holders: dict[int, set[int]] = {}

    def add(self, shingles: frozenset[int]) -> int:
        """Makes the set searchable; its number, 0 or more, the same one each time."""
        number = self._numbers.setdefault(shingles, len(self._sets))
        if number == len(self._sets):
            self._sets.append(shingles)
        for shingle in shingles:
            self._holders.setdefault(shingle, set()).add(number)
        return number

    def drop(self, number: int) -> None:
        """Makes the set unsearchable until it is added again."""
        for shingle in self._sets[number]:
            self._holders[shingle].discard(number)

    def like(self, shingles: frozenset[int]) -> Iterator[tuple[int, float]]:
        """Number and similarity, above 0 and at most 1, of every set that shares a shingle.

        Of very many, those that share most of the shingles that few have: so the cost of a question has a bound.
        """
        held = [self._holders.get(shingle, set()) for shingle in shingles]
        counts: Counter[int] = Counter()
        if sum(map(len, held)) <= MOST_LOOKED_UP:
            for holders in held:
                counts.update(holders)
            for number, shared in counts.items():
                yield number, shared / min(len(shingles), len(self._sets[number]))
            return
        left = MOST_LOOKED_UP
        for holders in sorted(held, key=len):
            left -= len(holders)
            if left < 0 and counts:
                break
            counts.update(holders)
        for number, _ in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))[:MOST_COMPARED]:
            other = self._sets[number]
            yield number, len(shingles & other) / min(len(shingles), len(other))
