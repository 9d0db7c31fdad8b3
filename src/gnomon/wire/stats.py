"""What a socket took, dropped and why: counted always, logged at most once a second."""

import logging
import time
from collections import Counter
from collections.abc import Callable

from msgspec import Struct

LOG = logging.getLogger("gnomon.wire")


class Stats(Struct, frozen=True, kw_only=True):
    """What happened on one socket up to now."""

    sent: int
    received: int
    """Messages that were handed over by recv_obj."""
    refused: dict[str, int]
    """Messages that were dropped, by the reason of `Refused`."""
    missed: int
    """Messages that a SUB or PAIR socket never got, as the gaps in their numbers tell; in mode `sealed` alone."""
    undeliverable: int
    """Messages of a ROUTER or REP socket whose receiver is gone, or takes nothing any more."""
    strangers: int
    """Connections that were turned away: no key, a wrong one, or something else than this protocol."""
    connections: int
    """Connections that were made, made again ones too."""
    disconnections: int


class MessageStats(Struct, frozen=True, kw_only=True):
    """What became of the messages of one `Messages`, in one process, up to now."""

    sent: int
    """Messages that `dumps` made."""
    received: int
    """Messages that `loads` handed over."""
    refused: dict[str, int]
    """How often `loads` refused, by the reason of `Refused`."""


class Counts:
    """The running counts of one socket."""

    __slots__ = ("connections", "disconnections", "missed", "received", "refused", "sent", "strangers", "undeliverable")

    def __init__(self) -> None:
        self.refused: Counter[str] = Counter()
        self.sent = self.received = self.missed = self.undeliverable = 0
        # The three below are written by the thread that watches the connections, the others by the socket's own.
        self.strangers = self.connections = self.disconnections = 0

    def snapshot(self) -> Stats:
        """The counts as they are now."""
        return Stats(
            sent=self.sent,
            received=self.received,
            refused=dict(self.refused),
            missed=self.missed,
            undeliverable=self.undeliverable,
            strangers=self.strangers,
            connections=self.connections,
            disconnections=self.disconnections,
        )


class Complaints:
    """A log that bad input can't flood: one line in `interval_s` seconds, with the number of those left out."""

    def __init__(self, interval_s: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval_s = interval_s
        self._clock = clock
        self._next = float("-inf")
        self._silent = 0

    def say(self, text: str) -> None:
        """Log a warning, or only count it. What is not printable ASCII in it is shown as an escape."""
        now = self._clock()
        if now < self._next:
            self._silent += 1
            return
        more = f" (and {self._silent} more like it)" if self._silent else ""
        self._next = now + self._interval_s
        self._silent = 0
        LOG.warning("%s%s", shown(text), more)


def shown(text: str) -> str:
    """The text on one line, cut at 300 characters, all but printable ASCII as escapes: a stranger may have sent it."""
    return "".join(char if " " <= char <= "~" else ascii(char)[1:-1] for char in text[:300])
