"""Any bytes are a message of ours, once, or are refused; without the key nothing but what was sealed is ever loaded.

The first byte chooses the suite, and whether the bytes come from a stranger, or from a holder of the key who seals any
frames that it likes: what lies behind the seal would never be reached otherwise.
"""

import pytest

from gnomon.wire.codec import Codec
from gnomon.wire.errors import Refused
from gnomon.wire.joined import joined, split
from gnomon.wire.keys import SUITES, Key, KeyRing
from gnomon.wire.limits import Limits
from gnomon.wire.messages import Messages
from gnomon.wire.seal import Sender, purpose

_LIMITS = Limits(inline_bytes=30, buffers=20, depth=10)
_CODEC = Codec(limits=_LIMITS)
_KEYS = [Key.new(suite) for suite in SUITES]
"""Others in each run: what an earlier one sealed is kept among the inputs, and would be right."""
_SENDERS = [Messages(codec=_CODEC, keys=KeyRing(keys=(key,)), channel="x") for key in _KEYS]
_VALUES = (None, {"n": [1, "text"]}, [b"x" * 31, {"y": b"y" * 48}, b"tiny"])
_SEALED = {sender.dumps(value): value for sender in _SENDERS for value in _VALUES}
SEEDS = (
    *(bytes([0]) + data for data in _SEALED),
    *(bytes([3 + which]) + joined([bytes(frame) for frame in _CODEC.encode(_VALUES[2])]) for which in range(3)),
    bytes([3]) + b"\x01head" + b"\xff\xff" + b"frame",
)


def once(data: bytes) -> None:
    """Refused, or loaded and then a replay; a stranger gets nothing loaded but a message as it was sealed."""
    choice, message = (data[:1] or b"\0")[0], data[1:]
    holder = choice % 6 > 2
    if holder:
        frames = message.split(b"\xff\xff")
        message = joined(Sender(_KEYS[choice % 3]).seal(frames, purpose(b"messages", b"x")))
        assert [bytes(frame) for frame in split(message, Limits())][1:] == frames[1:] or choice % 3 == 1
    receiver = Messages(codec=_CODEC, keys=KeyRing(keys=tuple(_KEYS)), channel="x")
    try:
        value = receiver.loads(memoryview(message))
    except Refused:
        assert receiver.stats.received == 0
        return
    assert holder or value == _SEALED[message]
    with pytest.raises(Refused, match="replayed"):
        receiver.loads(message)
