"""Which counters of a session were received: each is taken once, and not too long after later ones."""

from typing import Literal, TypeAlias

Refusal: TypeAlias = Literal["", "replayed", "too-old"]


class Window:
    """The replay window of one session, beginning at the first counter that was received.

    `size` is how many counters behind the newest may still come late; 0 takes them in order alone. Not for several
    threads at once.
    """

    __slots__ = ("_first", "_mask", "_newest", "_seen", "_size")

    def __init__(self, size: int) -> None:
        if size < 0:
            raise ValueError("a window has a size of 0 or more")
        self._size = size
        self._mask = (1 << size) - 1
        self._first = self._newest = -1
        self._seen = 0
        """Bit i: counter newest - 1 - i was received."""

    def refuses(self, counter: int) -> Refusal:
        """Why the counter must not be taken, or "" if it may be. Changes nothing."""
        behind = self._newest - counter
        if behind < 0:
            return ""
        if behind == 0:
            return "replayed"
        if behind > self._size or counter < self._first:  # before the shift, which could be one by 2^64 bits
            return "too-old"
        return "replayed" if self._seen >> (behind - 1) & 1 else ""

    def take(self, counter: int) -> int:
        """Notes a counter that is not refused. How many more are missing now: -1 for one that came late after all.

        So the sum over a session is the number of counters that were passed over and did not come, yet or ever.
        """
        if self._first < 0:
            self._first = self._newest = counter
            return 0
        ahead = counter - self._newest
        if ahead == 1:
            self._seen = (self._seen << 1 | 1) & self._mask
            self._newest = counter
            return 0
        if ahead <= 0:
            self._seen |= 1 << (-ahead - 1)
            return -1
        # A jump beyond the window would be a shift by as many bits: one message could ask for all memory.
        shift = min(ahead, self._size + 1)
        self._seen = ((self._seen << 1 | 1) << (shift - 1)) & self._mask
        self._newest = counter
        return ahead - 1
