"""Everything gnomon.wire raises on purpose, as one tree.

WireError
├── EncodeError     the sender's object can't be sent: says which field, and why
├── Refused         something that was received is not what it should be: a reason that can be counted, and words
├── KeyMissing      a key that is needed is not there: says where it was looked for
├── KeyWrong        a key is there but not the right one, or may not be used as it lies there
└── Timeout         the other end did not answer in time

Refused alone is the other side's doing. Whoever receives in a loop counts it and goes on to the next message.
"""

from typing import Literal, TypeAlias

Reason: TypeAlias = Literal[
    "truncated",
    "malformed",
    "version",
    "unknown-type",
    "wrong-type",
    "bad-buffer",
    "too-large",
    "too-many-buffers",
    "too-deep",
    "suite",
    "unknown-key",
    "bad-tag",
    "frame-mismatch",
    "wrong-context",
    "replayed",
    "too-old",
    "expired",
    "too-many-senders",
    "unauthenticated",
]
"""Why something was refused. Fixed, so that metrics can be named for them:

truncated           it ends before it should
malformed           it is not of the format at all
version             its format version is another one
unknown-type        its type number is not registered here, or is of another schema
wrong-type          a field is missing, or has a value that its type does not allow
bad-buffer          dtype, shape and length of a buffer don't agree, or it is used twice or never
too-large           the message, or one buffer, has more bytes than the limits allow
too-many-buffers    it has more buffers than the limits allow
too-deep            it is nested deeper than the limits allow
suite               it was made with another suite of ciphers than the key is for
unknown-key         its key id is none of ours
bad-tag             it was changed, or was made with another key
frame-mismatch      number or length of the frames is not what was authenticated
wrong-context       it answers another request
replayed            it was received before
too-old             it is so far behind the newest one that nobody knows whether it was received before
expired             it was sent longer ago than is allowed, or in the future
too-many-senders    it begins one session more than are remembered, so replays of it would not be seen
unauthenticated     it is not sealed where it has to be, or its sender is not on the list
"""


class WireError(Exception):
    """Something that gnomon.wire can't do, or won't."""


class EncodeError(WireError):
    """An object can't be sent. `path` leads from the message to the value: `Batch.items[3].when`."""

    def __init__(self, problem: str, path: str) -> None:
        super().__init__(problem, path)
        self.problem = problem
        self.path = path

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}"


class Refused(WireError):
    """Something received was not taken. `detail` may quote what was received: escape it before showing it."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}"


class KeyMissing(WireError):
    """A key that is needed is not there; the message names its id, or where it was looked for."""


class KeyWrong(WireError):
    """A key can't be used: the other end has another one, or too many people can read it."""


class Timeout(WireError):
    """The other end did not answer in time."""
