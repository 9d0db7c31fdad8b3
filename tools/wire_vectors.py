"""Test vectors of gnomon.wire's seal, for docs/wire-format.md: fixed inputs, and what they are sealed to."""

import json

from gnomon.wire.joined import joined
from gnomon.wire.keys import SUITES, Key, SuiteName, written
from gnomon.wire.seal import purpose, sealed
from gnomon.wire.session import Session, session_key
from gnomon.wire.suites import Buffer

SECRET = bytes(range(32))
SESSION_ID = bytes(range(0xA0, 0xB0))
MESSAGES: tuple[tuple[int, int, bytes, tuple[bytes, ...]], ...] = (
    (1, 1_800_000_000_000_000, b"", (b"ping",)),
    (258, 1_800_000_000_123_456, b"channel", (b"a head", b"", bytes(range(40)))),
)
"""Counter, microseconds, context and frames."""
AS_BYTES: tuple[tuple[SuiteName, str, tuple[bytes, ...]], ...] = (
    ("aes-256-gmac", "", (b"ping",)),
    ("aes-256-gmac", "work", (b"a head", bytes(range(1, 21)), b"", b"\xff" * 16)),
    ("aes-256-gcm", "work", (b"a head", bytes(range(1, 21)))),
)
"""Suite, channel and frames of messages as bytes."""


def vectors() -> list[dict[str, object]]:
    """One a suite and message, bytes in hex."""
    made = [_vector(suite, *message) for suite in SUITES for message in MESSAGES]
    return [{**inputs, "sealed": [bytes(frame).hex() for frame in message]} for inputs, message in made]


def vectors_block() -> str:
    """The vectors as a block of Markdown."""
    return _block(vectors())


def bytes_block() -> str:
    """Those of messages as bytes, likewise."""
    return _block([_as_bytes(counter, *message) for counter, message in enumerate(AS_BYTES, 300)])


def _block(rows: list[dict[str, object]]) -> str:
    shown = ",\n".join(json.dumps(row, indent=1) for row in rows)
    return f"```json\n[\n{shown}\n]\n```"


def _as_bytes(counter: int, suite: SuiteName, channel: str, frames: tuple[bytes, ...]) -> dict[str, object]:
    inputs, message = _vector(suite, counter, 1_800_000_000_000_000, purpose(b"messages", channel.encode()), frames)
    return {"channel": channel, **inputs, "bytes": joined(message).hex()}


def _vector(
    suite: SuiteName, counter: int, sent_us: int, context: bytes, frames: tuple[bytes, ...]
) -> tuple[dict[str, object], list[Buffer]]:
    """(what goes in, the sealed message)."""
    key = Key.of(SECRET, suite)
    inputs: dict[str, object] = {
        "key": written(key),
        "key id": key.id.hex(),
        "session id": SESSION_ID.hex(),
        "session key": session_key(key, SESSION_ID).hex(),
        "counter": counter,
        "sent": sent_us,
        "context": context.hex(),
        "frames": [frame.hex() for frame in frames],
    }
    return inputs, sealed(Session(key, SESSION_ID), counter, sent_us, frames, context)
