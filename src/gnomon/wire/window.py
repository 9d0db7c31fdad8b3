"""Which counters of a session were received: each is taken once, and not too long after later ones."""


class Window:
    """The replay window of one session, beginning at the first counter that was received.

    `size` is how many counters behind the newest may still come late; 0 takes them in order alone. Not for several
    threads at once.
    """

    __slots__ = ("_mask", "_newest", "_seen")

    def __init__(self, size: int) -> None:
        if size < 0:
            raise ValueError("a window has a size of 0 or more")
        self._mask = (1 << size) - 1
        self._newest = -1
        self._seen = 0
        """Bit i: counter newest - 1 - i is there, or was there before the first one that we saw."""

    def refuses(self, counter: int) -> str:
        """Why the counter must not be taken: "replayed", "too-old" or, if it may be, nothing. Changes nothing."""
        behind = self._newest - counter
        if behind < 0:
            return ""
        if behind == 0:
            return "replayed"
        bit = 1 << (behind - 1)
        if bit > self._mask:
            return "too-old"
        return "replayed" if self._seen & bit else ""

    def take(self, counter: int) -> int:
        """Notes a counter that is not refused. How many more are missing now: -1 for one that came late after all.

        So the sum over a session is the number of counters that were passed over and did not come, yet or ever.
        """
        ahead = counter - self._newest
        if ahead <= 0:
            self._seen |= 1 << (-ahead - 1)
            return -1
        if self._newest < 0:
            self._newest, self._seen = counter, self._mask  # what came before the first one is not ours to judge
            return 0
        # A jump beyond the window would be a shift by as many bits: whoever has the key could take all memory with it.
        shift = min(ahead, self._mask.bit_length() + 1)
        self._seen = ((self._seen << 1 | 1) << (shift - 1)) & self._mask
        self._newest = counter
        return ahead - 1
