"""Sets of shingles that differ, searchable: which of them share code with another is told by those that few have."""

from collections import Counter
from collections.abc import Iterable, Iterator
from heapq import nsmallest
from itertools import chain

MOST_LOOKED_UP = 4_000
"""Holders of shingles that one question reads, those of the rarest shingles first."""
MOST_COMPARED = 120
"""Sets that one question is held against where that was not all: those with most of the shingles that were read."""
_NOBODY: set[int] = set()


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

    def like(self, shingles: frozenset[int], least: float) -> Iterator[tuple[int, float]]:
        """Number and similarity, `least` (above 0) to 1, of every set that is so much like it.

        Of very many, those that share most of the shingles that few have: so the cost of a question has a bound.
        """
        held = [self._holders.get(shingle, _NOBODY) for shingle in shingles]
        is_whole = sum(map(len, held)) <= MOST_LOOKED_UP
        counts = Counter(chain.from_iterable(held if is_whole else _rarest(held)))
        size = len(shingles)
        if is_whole:
            for number, shared in counts.items():
                if shared >= least * min(size, len(self._sets[number])):
                    yield number, shared / min(size, len(self._sets[number]))
            return
        for number, _ in nsmallest(MOST_COMPARED, counts.items(), key=lambda entry: (-entry[1], entry[0])):
            other = self._sets[number]
            similarity = len(shingles & other) / min(size, len(other))
            if similarity >= least:
                yield number, similarity


def _rarest(held: Iterable[set[int]]) -> Iterator[set[int]]:
    """Those of the rarest shingles, one at least."""
    left = MOST_LOOKED_UP
    for number, holders in enumerate(sorted(held, key=len)):
        left -= len(holders)
        if left < 0 and number:
            return
        yield holders
