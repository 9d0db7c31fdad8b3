"""The ring of keys that is in force now: it is replaced as a whole, while sockets and threads use it."""

import time
from collections.abc import Callable
from threading import Lock
from typing import Final

from gnomon.wire.key_files import process_ring
from gnomon.wire.keys import Key, KeyRing
from gnomon.wire.stats import Complaints

ASKED_AGAIN_S: Final = 1.0
"""Least time between two readings that others cause: a stranger can't keep us reading."""
READ_EVERY_S: Final = 10.0
"""How long a key that was taken away may still be used where nothing else makes us read."""


class LiveRing:
    """A ring, or what reads one: then it is read again from time to time, and when a key is missing. For all threads.

    `ring` is an attribute that is set as a whole. What needs two looks at it keeps what it got by the first.
    """

    def __init__(self, keys: KeyRing | Callable[[], KeyRing], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._read: Callable[[], KeyRing] | None = None if isinstance(keys, KeyRing) else keys
        self._clock = clock
        self._lock = Lock()
        self._complaints = Complaints()
        self.missing = False
        """Somebody showed a key that is not on the ring; set by whoever may not read files."""
        self.ring = keys if isinstance(keys, KeyRing) else keys()
        self._read_at = clock()

    @property
    def rereads(self) -> bool:
        """False for a ring that stays what it is."""
        return self._read is not None

    def reload(self) -> bool:
        """Reads the keys again. True if they are others now. Raises what reading raises; then the old ones stay."""
        if self._read is None:
            return False
        with self._lock:
            self._read_at, self.missing = self._clock(), False
            ring = self._read()
            if ring == self.ring:
                return False
            self.ring = ring
            return True

    def look(self, after_s: float = ASKED_AGAIN_S) -> bool:
        """As `reload`, but at most once in `after_s`, and a source that can't be read is only logged."""
        if self._read is None or self._clock() - self._read_at < after_s:
            return False
        try:
            return self.reload()
        except Exception as error:  # noqa: BLE001 (the user's own function may raise anything, and must stop nobody)
            self._complaints.say(f"the keys can't be read again, those from before are used: {error}")
            return False

    def pulse(self) -> None:
        """To be called about once a second: reads again if it is time, or somebody missed a key."""
        self.look(ASKED_AGAIN_S if self.missing else READ_EVERY_S)


def given(keys: KeyRing | Callable[[], KeyRing] | None) -> LiveRing:
    """The ring of keys as users give them: for None, those of the variable GNOMON_KEYS.

    Raises KeyMissing and KeyWrong, and what a function of theirs raises.
    """
    return LiveRing(process_ring() if keys is None else keys)


def live(keys: Key | KeyRing | LiveRing) -> LiveRing:
    """The ring that is in force, of keys in any form."""
    if isinstance(keys, LiveRing):
        return keys
    return LiveRing(KeyRing(keys=(keys,)) if isinstance(keys, Key) else keys)
