"""Which counters of a session were received: each is taken once, and not too long after later ones."""

from typing import Literal, TypeAlias

Refusal: TypeAlias = Literal["", "replayed", "too-old"]
_BLOCK = 10
"""Counters are remembered by 2^10: a window of any size costs the same with each message."""
_WITHIN = (1 << _BLOCK) - 1


class Window:
    """The replay window of one session, beginning at the first counter that was received.

    `size` is how many counters behind the newest may still come late; 0 takes them in order alone. With `earlier`,
    those before the first one may come late too. It has a bit for each counter of the window, at most, and none for
    those that came without a gap up to the newest. Not for several threads at once.
    """

    __slots__ = ("_earlier", "_first", "_run", "_seen", "_size", "newest")

    def __init__(self, size: int, *, earlier: bool = False) -> None:
        if size < 0:
            raise ValueError("a window has a size of 0 or more")
        self._size = size
        self._earlier = earlier
        self.newest = -1
        """The largest counter that was taken; one that is larger is never refused."""
        self._first = self._run = -1
        """From `_run` to the newest, all were received."""
        self._seen: dict[int, int] = {}
        """Of those before, by counter // 1024: bit i is set if counter % 1024 = i was received."""

    def refuses(self, counter: int) -> Refusal:
        """Why the counter must not be taken, or "" if it may be. Changes nothing."""
        behind = self.newest - counter
        if behind < 0:
            return ""
        if behind == 0:
            return "replayed"
        if behind > self._size or counter < self._first:
            return "too-old"
        if counter >= self._run or self._seen.get(counter >> _BLOCK, 0) >> (counter & _WITHIN) & 1:
            return "replayed"
        return ""

    def take(self, counter: int) -> int:
        """Notes a counter that is not refused. How many more are missing now: -1 for one that came late after all.

        So the sum over a session is the number of counters that were passed over and did not come, yet or ever; with
        `earlier`, less those before the first.
        """
        passed = counter - self.newest - 1
        if passed == 0:
            self.newest = counter
            if self._run < 0:
                self._begin(counter)
            return 0
        if passed < 0:
            self._note(counter, counter)
            return -1
        if self._run < 0:
            self._begin(counter)
            passed = 0
        else:
            self._note(min(max(self._run, counter - self._size), self.newest), self.newest)
            self._run = counter
        self.newest = counter
        return passed

    def _begin(self, counter: int) -> None:
        self._first, self._run = 0 if self._earlier else counter, counter

    def _note(self, low: int, high: int) -> None:
        """Sets the bits of these, which came. Blocks that are too old make room for new ones."""
        for block in range(low >> _BLOCK, (high >> _BLOCK) + 1):
            start = block << _BLOCK
            bits = (2 << min(high - start, _WITHIN)) - (1 << max(low - start, 0))
            seen = self._seen.get(block)
            if seen is None:
                seen, oldest = 0, (self.newest - self._size) >> _BLOCK
                self._seen = {each: other for each, other in self._seen.items() if each >= oldest}
            self._seen[block] = seen | bits
