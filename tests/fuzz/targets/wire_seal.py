"""Any frames are opened once, or refused; without the key nothing but what was sealed is ever opened.

The first byte chooses the suite, and whether the frames come from a stranger, or from a holder of the key who fills in
what it likes and tags that: what lies behind the first tag would never be reached otherwise.
"""

import pytest

from gnomon.wire.errors import Refused
from gnomon.wire.keys import SUITES, Key, KeyRing
from gnomon.wire.seal import Receiver, sealed
from gnomon.wire.session import Session
from gnomon.wire.suites import nonce_of

_NOW_US = 1_800_000_000_000_000
_KEYS = [Key.of(bytes(range(32)), suite) for suite in SUITES]
_SESSIONS = [Session(key, b"sixteen bytes id") for key in _KEYS]
_CONTEXT = b"context"
_PLAIN = ([b""], [b"head"], [b"head", b"frame", b""], [b"h" * 300, b"x" * 100, b"y" * 100])
_SEALED = {
    tuple(bytes(frame) for frame in sealed(session, counter, _NOW_US + counter, frames, _CONTEXT)): frames
    for session in _SESSIONS
    for counter, frames in enumerate(_PLAIN, 1)
}
_START, _ENTRY, _TAG = 56, 24, 16


def _packed(choice: int, frames: tuple[bytes, ...]) -> bytes:
    return bytes([choice]) + b"".join(len(frame).to_bytes(2, "big") + frame for frame in frames)


def _unpacked(data: bytes) -> list[bytes]:
    frames, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 2], "big")
        frames.append(data[at + 2 : at + 2 + size])
        at += 2 + size
    return frames


def _choices(message: tuple[bytes, ...]) -> range:
    """A stranger, and both holders of the key, with the message's own suite."""
    return range(message[0][2] - 1, 9, 3)


SEEDS = tuple(_packed(choice, message) for message in _SEALED for choice in _choices(message))


def once(data: bytes) -> None:
    """Refused, or opened and then a replay; a stranger gets nothing opened but a message as it was sealed."""
    choice, frames = data[:1] or b"\0", _unpacked(data[1:])
    which, kind = choice[0] % 3, choice[0] // 3 % 3
    if kind:
        frames = _tagged(_KEYS[which], frames, lengths=kind == 2)
    receiver = Receiver(KeyRing(keys=tuple(_KEYS)), max_age_s=60, clock=lambda: _NOW_US * 1000)
    try:
        opened = receiver.open(frames, _CONTEXT)
    except Refused:
        assert receiver._sessions == {}
        return
    assert kind or [bytes(frame) for frame in opened.frames] == _SEALED[tuple(frames)]
    with pytest.raises(Refused, match="replayed"):
        receiver.open(frames, _CONTEXT)


def _tagged(key: Key, frames: list[bytes], *, lengths: bool) -> list[bytes]:
    """The frames, as somebody with the key would tag them; with `lengths`, those are right and tagged too."""
    first, *others = frames or [b""]
    count = len(others)
    if len(first) < _START + _ENTRY * count + _TAG:
        return frames
    suite = Session(key, first[16:32]).suite
    counter = int.from_bytes(first[32:40], "big")
    start, head = first[:_START], first[_START + _ENTRY * count : -_TAG]
    if lengths:
        start = start[:4] + count.to_bytes(4, "big") + start[8:48] + len(head).to_bytes(4, "big") + start[52:]
    bodies, entries = [], first[_START : _START + _ENTRY * count]
    if lengths:
        entries = b""
        for index, frame in enumerate(others, 1):
            body, tag = suite.seal(nonce_of(index, counter), frame)
            bodies.append(bytes(body))
            entries += len(frame).to_bytes(8, "big") + tag
    return [suite.seal_head(nonce_of(0, counter), start + entries, head, _CONTEXT), *(bodies or others)]
