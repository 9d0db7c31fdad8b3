"""What is beyond the limits is neither sent nor taken."""

import numpy as np
import pytest

from gnomon.wire.codec import Codec
from gnomon.wire.errors import EncodeError, Refused
from gnomon.wire.limits import Limits

WIDE = Codec(limits=Limits(inline_bytes=0))
VALUE = [np.zeros(100, np.uint8), np.zeros(50, np.uint8)]


@pytest.mark.parametrize(
    ("limits", "reason", "told"),
    [
        (Limits(buffers=1, inline_bytes=0), "too-many-buffers", "it has 2 buffers, more than 1"),
        (Limits(buffer_bytes=99, inline_bytes=0), "too-large", "a buffer has 100 bytes, more than 99"),
        (Limits(message_bytes=150, inline_bytes=0), "too-large", r"it has \d+ bytes, more than 150"),
        (Limits(head_bytes=20, inline_bytes=0), "too-large", r"the head has \d+ bytes, more than 20"),
    ],
)
def test_a_message_beyond_a_limit_is_refused_by_both_ends(limits, reason, told):
    """With the limit that it exceeds."""
    codec = Codec(limits=limits)

    with pytest.raises(EncodeError, match=told):
        codec.encode(VALUE)
    with pytest.raises(Refused, match=told) as refused:
        codec.decode(WIDE.encode(VALUE))
    assert refused.value.reason == reason


def test_a_head_alone_is_held_to_the_message_too():
    """Whichever of both limits is the smaller one."""
    codec = Codec(limits=Limits(message_bytes=30))

    with pytest.raises(Refused, match="more than 30"):
        codec.decode(WIDE.encode("x" * 40))
    with pytest.raises(Refused, match="more than 30"):
        codec.decode([bytearray(WIDE.encode("x" * 40)[0])])


def test_a_small_buffer_is_inline_and_a_large_one_apart():
    """The limit itself is apart."""
    codec = Codec(limits=Limits(inline_bytes=100))

    assert [len(codec.encode(np.zeros(size, np.uint8))) for size in (99, 100)] == [1, 2]
    assert [len(codec.encode(bytes(size))) for size in (99, 100)] == [1, 2]


@pytest.mark.parametrize(
    ("name", "value"),
    [("message_bytes", 0), ("buffer_bytes", 0), ("head_bytes", 0), ("depth", 0), ("depth", 201), ("buffers", -1)],
)
def test_limits_that_nothing_could_keep_are_told(name, value):
    """When they are made."""
    with pytest.raises(ValueError, match=f"{name} (is|and)"):
        Limits(**{name: value})
