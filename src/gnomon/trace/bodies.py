"""Sets of shingles that differ, searchable: which of them share code with another is told by those that few have."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
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
        self._holders: defaultdict[int, set[int]] = defaultdict(set)

    def add(self, shingles: frozenset[int]) -> int:
        """Makes the set searchable; its number, 0 or more, the same one each time."""
        number = self._numbers.setdefault(shingles, len(self._sets))
        if number == len(self._sets):
            self._sets.append(shingles)
        elif shingles and number in self._holders[next(iter(shingles))]:
            return number  # it is searchable already
        for shingle in shingles:
            self._holders[shingle].add(number)
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
        counts: Mapping[int, int] = Counter(chain.from_iterable(held if is_whole else _rarest(held)))
        size = len(shingles)
        if not is_whole:
            counts = {number: len(shingles & self._sets[number]) for number in _most_shared(counts)}
        for number, shared in counts.items():
            smaller = min(size, len(self._sets[number]))
            if shared >= least * smaller:
                yield number, shared / smaller


def _most_shared(counts: Mapping[int, int]) -> Iterable[int]:
    """The MOST_COMPARED numbers that were counted most often; of equal ones the smallest."""
    if len(counts) <= MOST_COMPARED:
        return counts
    fewest = sorted(counts.values(), reverse=True)[MOST_COMPARED - 1]
    more = [number for number, count in counts.items() if count > fewest]
    equal = sorted(number for number, count in counts.items() if count == fewest)
    return [*more, *equal[: MOST_COMPARED - len(more)]]


def _rarest(held: Iterable[set[int]]) -> Iterator[set[int]]:
    """Those of the rarest shingles, one at least."""
    left = MOST_LOOKED_UP
    for number, holders in enumerate(sorted(held, key=len)):
        left -= len(holders)
        if left < 0 and number:
            return
        yield holders
