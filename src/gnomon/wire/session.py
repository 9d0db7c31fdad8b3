"""A sender's session: a key of its own, and counters that are used once in all processes and threads.

The session's key is HKDF-SHA256 of the long-term key, with the random session id as salt. Nonces are made of the
counter, so what must never happen is that two messages get the same counter under the same session key:

1. Counters are given out under a lock.
2. A forked child has the parent's session in memory. It is told apart by the number of forks, and not used there.
3. After 2^36 blocks the session is spent, long before a counter or a block counter could begin anew.
"""

import os
from threading import Lock
from typing import Final

from gnomon.wire.keys import Key
from gnomon.wire.process import Process
from gnomon.wire.suites import Suite, suite_of

MARK: Final = 0x47
"""First byte of a sealed message; that of the codec's frame 0, of a pickle and of JSON is another."""
VERSION: Final = 1
SESSION_BYTES: Final = 16
MAX_BLOCKS: Final = 1 << 36
"""AES blocks in one session, 1 TiB when encrypting: telling its output from random bits stays below 2^-56."""


class Session:
    """One session of one sender in one process. The id is random; a test vector or a receiver gives it."""

    __slots__ = ("_blocks", "_counter", "_forks", "_lock", "sender", "start", "suite")

    def __init__(self, key: Key, identity: bytes) -> None:
        self.sender = key.id + identity
        """Key id and session id, 24 bytes: whom a receiver keeps a window for."""
        self.suite: Suite = suite_of(key.suite, session_key(key, identity))
        self.start = bytes((MARK, VERSION, self.suite.number, 0, 0, 0, 0, 0)) + self.sender
        """What its messages without further frames begin with."""
        self._forks = Process.forks
        self._lock = Lock()
        self._counter = 0
        self._blocks = 0

    @classmethod
    def new(cls, key: Key) -> "Session":
        """A session that nobody had before."""
        return cls(key, os.urandom(SESSION_BYTES))

    @property
    def here(self) -> bool:
        """False in a child that was forked since, whose parent may be using the same counters."""
        return self._forks == Process.forks

    def take(self, blocks: int) -> int:
        """The next counter, for a message of so many AES blocks; -1 if the session is spent, or not of this process."""
        if self._forks != Process.forks:  # before the lock: a parent's thread may have held it while forking
            return -1
        with self._lock:
            if (blocks := self._blocks + blocks) > MAX_BLOCKS:
                return -1
            self._blocks = blocks
            self._counter = counter = self._counter + 1
            return counter


def session_key(key: Key, identity: bytes) -> bytes:
    """The 32 bytes that one session is sealed with: HKDF-SHA256 (RFC 5869), the suite and the key's id in its info."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    info = b"gnomon.wire 1 session " + key.suite.encode() + b" " + key.id
    return HKDF(algorithm=SHA256(), length=32, salt=identity, info=info).derive(key.secret.reveal())
