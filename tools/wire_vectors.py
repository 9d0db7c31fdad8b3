"""Test vectors of gnomon.wire's seal, for docs/wire-format.md: fixed inputs, and what they are sealed to."""

import json

from gnomon.wire.keys import SUITES, Key, SuiteName, written
from gnomon.wire.seal import sealed
from gnomon.wire.session import Session, session_key

SECRET = bytes(range(32))
SESSION_ID = bytes(range(0xA0, 0xB0))
MESSAGES: tuple[tuple[int, int, bytes, tuple[bytes, ...]], ...] = (
    (1, 1_800_000_000_000_000, b"", (b"ping",)),
    (258, 1_800_000_000_123_456, b"channel", (b"a head", b"", bytes(range(40)))),
)
"""Counter, microseconds, context and frames."""


def vectors() -> list[dict[str, object]]:
    """One a suite and message, bytes in hex."""
    return [_vector(suite, *message) for suite in SUITES for message in MESSAGES]


def vectors_block() -> str:
    """The vectors as a block of Markdown."""
    rows = ",\n".join(json.dumps(vector, indent=1) for vector in vectors())
    return f"```json\n[\n{rows}\n]\n```"


def _vector(
    suite: SuiteName, counter: int, sent_us: int, context: bytes, frames: tuple[bytes, ...]
) -> dict[str, object]:
    key = Key.of(SECRET, suite)
    message = sealed(Session(key, SESSION_ID), counter, sent_us, frames, context)
    return {
        "key": written(key),
        "key id": key.id.hex(),
        "session id": SESSION_ID.hex(),
        "session key": session_key(key, SESSION_ID).hex(),
        "counter": counter,
        "sent": sent_us,
        "context": context.hex(),
        "frames": [frame.hex() for frame in frames],
        "sealed": [bytes(frame).hex() for frame in message],
    }
