"""Which counters of a session were received: each is taken once, and not too long after later ones."""

from typing import Literal, TypeAlias

Refusal: TypeAlias = Literal["", "replayed", "too-old"]
_BLOCK = 10
"""Counters are remembered by 2^10: a window of any size costs the same with each message."""
_WITHIN = (1 << _BLOCK) - 1


class Window:
    """The replay window of one session, beginning at the first counter that was received.

    `size` is how many counters behind the newest may still come late; 0 takes them in order alone. With `earlier`,
    those before the first one may come late too. It has a bit for each counter of the window, at most. Not for several
    threads at once.
    """

    __slots__ = ("_earlier", "_first", "_newest", "_seen", "_size")

    def __init__(self, size: int, *, earlier: bool = False) -> None:
        if size < 0:
            raise ValueError("a window has a size of 0 or more")
        self._size = size
        self._earlier = earlier
        self._first = self._newest = -1
        self._seen: dict[int, int] = {}
        """By counter // 1024: bit i is set if counter % 1024 = i was received."""

    def refuses(self, counter: int) -> Refusal:
        """Why the counter must not be taken, or "" if it may be. Changes nothing."""
        behind = self._newest - counter
        if behind < 0:
            return ""
        if behind == 0:
            return "replayed"
        if behind > self._size or counter < self._first:
            return "too-old"
        return "replayed" if self._seen.get(counter >> _BLOCK, 0) >> (counter & _WITHIN) & 1 else ""

    def take(self, counter: int) -> int:
        """Notes a counter that is not refused. How many more are missing now: -1 for one that came late after all.

        So the sum over a session is the number of counters that were passed over and did not come, yet or ever; with
        `earlier`, less those before the first.
        """
        ahead = counter - self._newest
        if ahead > 0:
            if self._first < 0:
                self._first, ahead = 0 if self._earlier else counter, 1
            self._newest = counter
        block = counter >> _BLOCK
        seen = self._seen.get(block)
        if seen is None:
            seen, oldest = 0, (self._newest - self._size) >> _BLOCK
            self._seen = {each: bits for each, bits in self._seen.items() if each >= oldest}
        self._seen[block] = seen | 1 << (counter & _WITHIN)
        return ahead - 1 if ahead > 0 else -1
