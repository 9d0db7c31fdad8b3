"""Whoever has the key may still be broken, or lie: what is no message of a declared type is dropped, in every mode.

The sender is one of our own sockets whose codec sends the frames that it is given: connection, envelope and seal
are right, and everything behind them is wrong.
"""

import dataclasses
import pickle
import struct
import time
from typing import Any

import numpy as np
import pytest
import zmq
from msgspec.msgpack import Ext, decode, encode
from numpy.typing import NDArray

from gnomon.wire.codec import Codec
from gnomon.wire.limits import Limits

FIRED = []
MODES = ("curve", "sealed", "local")
PATTERNS = {
    "pipeline": (zmq.PUSH, zmq.PULL),
    "publish": (zmq.PUB, zmq.SUB),
    "pair": (zmq.PAIR, zmq.PAIR),
    "request": (zmq.REQ, zmq.REP),
    "route": (zmq.DEALER, zmq.ROUTER),
}
ANSWERS = {"reply": (zmq.REQ, zmq.REP), "routed": (zmq.DEALER, zmq.ROUTER)}
LIMITS = Limits(head_bytes=20_000, buffer_bytes=200_000, message_bytes=300_000, buffers=4, depth=10, inline_bytes=100)


def fire():
    """What the marker would call: sets a variable, harmlessly."""
    FIRED.append("unpickled")


class Marker:
    """An object whose pickle shows when it is loaded."""

    def __reduce__(self):
        return fire, ()


@dataclasses.dataclass
class Record:
    """A message with a large array, a small one, and a plain value."""

    number: int
    name: str
    large: NDArray[np.int32]
    small: np.ndarray
    extra: Any = None


def _other_record():
    @dataclasses.dataclass
    class Record:
        """Another message of the same name."""

        number: int
        name: int
        large: np.ndarray
        small: np.ndarray
        extra: Any = None

    Record.__qualname__ = "Record"
    return Record


OTHER = _other_record()


class Raw:
    """A codec that sends what it is given, and takes whatever comes."""

    limits = Limits()

    def encode(self, frames, as_type=None):
        """The frames as they are."""
        assert as_type is None
        return list(frames)

    def decode(self, frames):
        """The frames as they are."""
        return [bytes(frame) for frame in frames]


GOOD = Codec(Record, limits=LIMITS)
RECORD = Record(1, "one", np.arange(20_000, dtype=np.int32), np.ones((2, 3), np.float32), {"k": [1, None]})
HEAD, LARGE = (bytes(frame) for frame in GOOD.encode(RECORD))
PREFIX, (FIELDS, NUMBERS) = HEAD[:5], decode(HEAD[5:])
PICKLE = pickle.dumps(Marker())


def _with(place, value):
    return PREFIX + encode([[*FIELDS[:place], value, *FIELDS[place + 1 :]], NUMBERS])


def _described(place, **changes):
    """The head with another description of an array: code, place of its frame, dimensions, zero, shape."""
    data = FIELDS[place].data
    code, frame, dimensions, zero = struct.unpack_from("<BBHI", data)
    shape = changes.get("shape", struct.unpack_from(f"<{dimensions}Q", data, 8))
    described = struct.pack("<BBHI", changes.get("code", code), frame, changes.get("dimensions", len(shape)), zero)
    rest = data[8 + 8 * dimensions :]
    return _with(place, Ext(FIELDS[place].code, described + struct.pack(f"<{len(shape)}Q", *shape) + rest))


def _deep(levels):
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


BODIES = {
    "nothing": ([b""], {"truncated"}),
    "junk": ([b"junk" * 30, LARGE], {"version"}),
    "a pickle": ([PICKLE], {"version"}),
    "a pickle behind a type": ([PREFIX + PICKLE, LARGE], {"malformed", "wrong-type"}),
    "a pickle as a buffer": ([HEAD, PICKLE], {"bad-buffer"}),
    "cut off": ([HEAD[:-3], LARGE], {"truncated"}),
    "something behind it": ([HEAD + b"\0", LARGE], {"malformed"}),
    "another version": ([b"\2" + HEAD[1:], LARGE], {"version"}),
    "another schema": (Codec(OTHER).encode(OTHER(1, 2, np.ones(1), np.ones(1))), {"unknown-type"}),
    "no registered type": (Codec().encode({"number": 1}), {"unknown-type"}),
    "a text for a number": ([_with(0, "1"), LARGE], {"wrong-type"}),
    "a number for an array": ([_with(3, 7), LARGE], {"wrong-type"}),
    "a field too few": ([PREFIX + encode([FIELDS[:2], NUMBERS]), LARGE], {"wrong-type"}),
    "nested too deep": ([_with(4, _deep(200)), LARGE], {"too-deep"}),
    "no such dtype": ([_described(2, code=250), LARGE], {"bad-buffer", "wrong-type"}),
    "another dtype": ([_described(2, code=FIELDS[3].data[0]), LARGE], {"bad-buffer"}),
    "a shape of more": ([_described(2, shape=(20_001,)), LARGE], {"bad-buffer"}),
    "a shape of less": ([_described(2, shape=(19_999,)), LARGE], {"bad-buffer"}),
    "a shape that overflows": ([_described(2, shape=(2**33, 2**31)), LARGE], {"bad-buffer"}),
    "more dimensions than told": ([_described(2, dimensions=3), LARGE], {"bad-buffer"}),
    "a small shape of more": ([_described(3, shape=(2, 4)), LARGE], {"bad-buffer"}),
    "small arrays cut off": ([PREFIX + encode([FIELDS, NUMBERS[:-8]]), LARGE], {"bad-buffer"}),
    "small arrays of nobody": ([PREFIX + encode([FIELDS, NUMBERS + bytes(8)]), LARGE], {"bad-buffer"}),
    "no small arrays": ([PREFIX + encode([FIELDS]), LARGE], {"wrong-type"}),
    "a text of 4 GB": ([PREFIX + b"\x92\x95\x01\xdb\xff\xff\xff\xff", LARGE], {"truncated"}),
    "a list of 2^32 items": ([PREFIX + b"\x92\xdd\xff\xff\xff\xff\x01", LARGE], {"truncated", "wrong-type"}),
    "no buffer": ([HEAD], {"bad-buffer"}),
    "a buffer that is not used": ([HEAD, LARGE, LARGE], {"bad-buffer"}),
    "a buffer cut off": ([HEAD, LARGE[:-1]], {"bad-buffer"}),
    "a buffer that is longer": ([HEAD, LARGE + b"\0"], {"bad-buffer"}),
    "too many buffers": ([HEAD, *[LARGE[:10]] * 5], {"too-many-buffers"}),
    "too many bytes": ([HEAD, *[LARGE] * 4], {"too-large"}),
    "a head too large": ([PREFIX + encode("x" * 30_000)], {"too-large"}),
}


def _joined(open_context, address, mode, sends, receives):
    """(sender of raw frames, receiver of records); the receiver binds."""
    told = []
    receiver = open_context(mode, codec=GOOD, on_refused=told.append).socket(receives)
    sender = open_context(mode, codec=Raw()).socket(sends)
    sender.connect(receiver.bind(address(mode)))
    return sender, receiver, told


def _is_record(obj):
    return type(obj) is Record and obj.name == "one" and (obj.large == RECORD.large).all()


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("mode", MODES)
def test_nothing_wrong_is_delivered_to_who_listens(open_context, address, mode, pattern):
    """Each is refused for its reason, told to who asks; the good one behind all of them arrives, and nothing runs."""
    sends, receives = PATTERNS[pattern]
    sender, receiver, told = _joined(open_context, address, mode, sends, receives)
    if receives == zmq.SUB:
        _subscribed(sender, receiver)
    for frames, _ in BODIES.values():
        sender.send_obj(frames, timeout_s=10)
        sender._channel.give_up()
    sender.send_obj([HEAD, LARGE], timeout_s=10)

    assert _is_record(receiver.recv_obj(timeout_s=10))
    assert len(told) == len(BODIES)
    for refused, (name, (_, reasons)) in zip(told, BODIES.items(), strict=True):
        assert refused.reason in reasons, name
    assert sum(receiver.stats.refused.values()) == len(BODIES)
    assert FIRED == []


def _subscribed(sender, receiver):
    """Until the subscription has reached the publisher: what was sent before is for nobody."""
    receiver.subscribe("")
    deadline = time.monotonic() + 10
    while not receiver.poll(20):
        sender.send_obj([HEAD, LARGE])
        assert time.monotonic() < deadline
    while receiver.poll(100):
        receiver.recv_obj()


@pytest.mark.parametrize("pattern", ANSWERS)
@pytest.mark.parametrize("mode", MODES)
def test_nothing_wrong_is_delivered_as_an_answer(open_context, address, mode, pattern):
    """A server that answers with junk is counted as well; who asked can ask again."""
    asks, answers = ANSWERS[pattern]
    told = []
    server = open_context(mode, codec=Raw()).socket(answers)
    client = open_context(mode, codec=GOOD, on_refused=told.append).socket(asks)
    client.connect(server.bind(address(mode)))
    for frames in (*(frames for frames, _ in BODIES.values()), [HEAD, LARGE]):
        client.send_obj(RECORD, timeout_s=10)
        request = server.recv_from(timeout_s=10)
        server.send_obj(frames, to=request.peer if answers == zmq.ROUTER else None)
        if frames == [HEAD, LARGE]:
            break
        deadline, before = time.monotonic() + 10, len(told)
        while len(told) == before:
            assert client.poll(20) == 0
            assert time.monotonic() < deadline
        client._channel.give_up()

    assert _is_record(client.recv_obj(timeout_s=10))
    for refused, (name, (_, reasons)) in zip(told, BODIES.items(), strict=True):
        assert refused.reason in reasons, name
    assert FIRED == []
