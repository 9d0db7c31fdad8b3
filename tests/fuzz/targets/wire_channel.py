"""Any frames that libzmq hands over are a message of the socket's pattern, or are refused.

The first byte chooses the type of socket, and whether messages are sealed there. Frames of a sealed socket are made up
by a stranger, or carry a body that a holder of the key sealed: what lies behind the seal would not be reached
otherwise.
"""

import struct

import zmq

from gnomon.wire.channel import PATTERNS, Channel, Received
from gnomon.wire.codec import Codec
from gnomon.wire.errors import Refused
from gnomon.wire.keys import Key, KeyRing
from gnomon.wire.limits import Limits

_LIMITS = Limits(inline_bytes=60, buffers=20, depth=10)
_RING = KeyRing(keys=(Key.new(),))
"""Another in each run: what an earlier one sealed is kept among the inputs, and would be right."""
_KINDS = [kind for kind, pattern in PATTERNS.items() if pattern.receives]
_SENDER_OF = {zmq.PULL: zmq.PUSH, zmq.SUB: zmq.PUB, zmq.PAIR: zmq.PAIR, zmq.DEALER: zmq.DEALER} | dict.fromkeys(
    (zmq.ROUTER, zmq.REP), zmq.REQ
)


def _channel(kind: int, *, sealed: bool) -> Channel:
    return Channel(
        kind, Codec(limits=_LIMITS), _LIMITS, ring=_RING if sealed else None, name=b"x", max_age_s=60, window=64
    )


def _joined(choice: int, frames: list[bytes]) -> bytes:
    return bytes([choice]) + b"".join(struct.pack("<H", len(bytes(frame))) + bytes(frame) for frame in frames)


def _split(data: bytes) -> list[bytes]:
    frames = []
    while len(data) >= 2:
        length = int.from_bytes(data[:2], "little")
        frames.append(data[2 : 2 + length])
        data = data[2 + length :]
    return frames


def _sent(kind: int, *, sealed: bool) -> list[bytes]:
    sending = _channel(_SENDER_OF.get(kind, zmq.REQ), sealed=sealed)
    frames = [bytes(frame) for frame in sending.pack({"n": [1, b"x" * 100]})]
    if sealed:
        _VALID.add(tuple(frames[-2:]))
    return [b"peer", *frames] if PATTERNS[kind].raw == zmq.ROUTER else frames


_VALID: set[tuple[bytes, ...]] = set()
"""Sealed messages of two frames, without what is around them."""
SEEDS = (
    *(
        _joined(index * 4 + sealed, _sent(kind, sealed=bool(sealed)))
        for index, kind in enumerate(_KINDS)
        for sealed in (0, 1)
    ),
    _joined(2, [b"body", b"x" * 100]),
    _joined(4 * _KINDS.index(zmq.ROUTER) + 3, [b"peer", b"", b"body"]),
)


def once(data: bytes) -> None:
    """A message, or Refused; where messages are sealed, a stranger has none but what was sealed exactly so."""
    choice, frames = (data[:1] or b"\0")[0], _split(data[1:])
    kind, sealed, holder = _KINDS[choice // 4 % len(_KINDS)], bool(choice % 2), choice % 4 > 1
    channel = _channel(kind, sealed=sealed)
    if kind == zmq.REQ:
        asked, *_ = channel.pack("question")
        frames = [bytes(asked), *frames] if holder else frames
    if sealed and holder and frames:
        envelope = frames.index(b"") + 1 if PATTERNS[kind].routes and b"" in frames else 0
        frames = [*frames[:envelope], *_by_a_holder(channel, frames[envelope:] or [b""])]
    try:
        received = channel.unpack(frames)
    except Refused:
        return
    assert isinstance(received, Received)
    assert holder or not sealed or tuple(frames[-2:]) in _VALID
    if kind in {zmq.ROUTER, zmq.REP}:
        answer = channel.pack("answer", to=received.peer if kind == zmq.ROUTER else None)
        assert answer[: len(received.peer.route)] == list(received.peer.route)


def _by_a_holder(channel: Channel, body: list[bytes]) -> list[bytes]:
    other = _channel(channel._kind, sealed=True)
    return [bytes(frame) for frame in other._sealed(list(body), b"")]
