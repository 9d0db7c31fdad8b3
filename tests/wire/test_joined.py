"""Sealed frames as one run of bytes: exactly what was joined is taken apart again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnomon.wire.errors import Refused
from gnomon.wire.joined import ALIGNMENT, joined, split
from gnomon.wire.keys import SUITES, Key
from gnomon.wire.limits import Limits
from gnomon.wire.seal import Sender

frames = st.lists(st.binary(max_size=70), min_size=1, max_size=6)


@settings(deadline=None)
@given(st.sampled_from(SUITES), frames, st.integers(0, 17))
def test_what_was_joined_is_split_as_it_was(suite, plain, offset):
    """Into views of the bytes, wherever these lie; each frame behind the first begins at a multiple of 16 in them."""
    sealed = Sender(Key.new(suite)).seal(plain)
    lying = bytearray(offset) + joined(sealed)

    back = split(memoryview(lying)[offset:], Limits())

    assert [bytes(frame) for frame in back] == [bytes(frame) for frame in sealed]
    at = 0
    for frame in back:
        at += -at % ALIGNMENT
        assert frame.obj is lying
        assert lying[offset + at : offset + at + len(frame)] == bytes(frame)
        at += len(frame)


def test_bytes_of_one_frame_are_that_frame():
    """Nothing is made of them."""
    (frame,) = Sender(Key.new()).seal([b"head"])

    assert joined([frame]) == frame
    assert split(frame, Limits())[0] is frame


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "unauthenticated"),
        (b"\x80\x05", "unauthenticated"),
        (b"G", "version"),
        (b"G\2" + bytes(100), "version"),
        (b"G\1" + bytes(69), "truncated"),
        (b"G\1" + bytes(71), "frame-mismatch"),
        (b"G\1\0\0\0\0\0\1" + bytes(64), "truncated"),
    ],
)
def test_what_can_not_be_a_message_is_told_by_its_kind(data, reason):
    """Before a key is looked for."""
    with pytest.raises(Refused) as refused:
        split(data, Limits())

    assert refused.value.reason == reason
