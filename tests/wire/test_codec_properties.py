"""Whatever is received, decoding gives a value of a declared type or refuses; nothing else is raised."""

import contextlib
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gnomon.wire.codec import Codec
from gnomon.wire.errors import Refused
from gnomon.wire.limits import Limits
from tests.wire.messages import MESSAGES, TYPES, Request, Sampling, equal, of_type

LIMITS = Limits(inline_bytes=30, depth=20)
CODEC = Codec(*TYPES, limits=LIMITS)
SENT = [[bytes(frame) for frame in CODEC.encode(message)] for message in MESSAGES]
PLAIN = Codec(limits=LIMITS)
QUICK = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))

plain_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(max_size=60),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.integers(0, 2**63), inner, max_size=4),
    max_leaves=20,
)


def decoded(frames: list[bytes]) -> None:
    """Raises if something comes out that it should not."""
    with contextlib.suppress(Refused):
        value = CODEC.decode(frames)
        assert type(value) in TYPES
        assert of_type(value, type(value))


@QUICK
@given(plain_values)
def test_plain_values_come_back(value):
    """Whatever they are made of."""
    assert PLAIN.decode(PLAIN.encode(value)) == value


@QUICK
@given(
    st.text(),
    st.lists(st.integers(-(2**40), 2**40), max_size=70),
    st.builds(Sampling, st.floats(allow_nan=False), st.lists(st.text()).map(tuple), st.none() | st.integers(0, 9)),
    st.none() | st.datetimes(),
    st.dictionaries(st.text(), plain_values, max_size=3),
)
def test_requests_come_back(request_id, ids, sampling, arrived, extra):
    """Token ids too that don't fit in 32 bits, which go as any list."""
    message = Request(request_id, ids, sampling, arrived, extra)

    back = CODEC.decode(CODEC.encode(message))

    assert of_type(back, Request)
    assert equal(message, back)


@pytest.mark.parametrize("frames", SENT, ids=[type(message).__name__ for message in MESSAGES])
def test_any_flipped_bit_gives_a_declared_type_or_is_refused(frames):
    """Each bit of each frame: only a seal can tell that a number is another one, but it stays a number."""
    for at, frame in enumerate(frames):
        for bit in range(8 * len(frame)):
            changed = bytearray(frame)
            changed[bit // 8] ^= 1 << bit % 8
            decoded([*frames[:at], bytes(changed), *frames[at + 1 :]])


@pytest.mark.parametrize("frames", SENT, ids=[type(message).__name__ for message in MESSAGES])
def test_a_message_that_is_cut_off_is_refused(frames):
    """Wherever, and with any frame missing, doubled or added."""
    for length in range(len(frames[0])):
        with pytest.raises(Refused):
            CODEC.decode([frames[0][:length], *frames[1:]])
    wrong = [[*frames, b""], [frames[0], b"", *frames[1:]], []]
    wrong += [[*frames[:at], *frames[at + 1 :]] for at in range(len(frames))]
    for each in wrong:
        with pytest.raises(Refused):
            CODEC.decode(each)


@QUICK
@given(st.sampled_from(SENT), st.binary(max_size=200), st.lists(st.binary(max_size=20), max_size=3))
def test_junk_behind_a_type_is_refused_or_of_that_type(frames, body, buffers):
    """Also with any buffers."""
    decoded([frames[0][:5] + body, *buffers])
    decoded([body, *buffers])
    decoded([*frames, *buffers])


@QUICK
@given(st.data())
def test_mangled_messages_are_refused_or_of_a_declared_type(data):
    """Pieces cut out, doubled and overwritten; frames in another order."""
    frames = data.draw(st.permutations(data.draw(st.sampled_from(SENT))))
    mangled = []
    for frame in frames:
        start = data.draw(st.integers(0, len(frame)))
        end = data.draw(st.integers(start, min(len(frame), start + 9)))
        mangled.append(
            frame[:start] + data.draw(st.binary(max_size=4)) + frame[data.draw(st.sampled_from((start, end))) :]
        )
    decoded(mangled)


@pytest.mark.parametrize("opening", [b"\x91", b"\x81\xa1a", b"\xdd\0\0\0\1", b"\x92\x93\2"])
def test_deep_nesting_is_refused_in_a_thread_with_a_small_stack(opening):
    """Before anything recurses, for every type, behind each part of it."""
    outcomes: list[BaseException | object] = []

    def attack() -> None:
        for codec, frames in ((PLAIN, PLAIN.encode(None)), *((CODEC, frames) for frames in SENT)):
            for cut in range(5, len(frames[0])):
                try:
                    codec.decode([bytes(frames[0][:cut]) + opening * 20_000, *frames[1:]])
                except Refused as refused:
                    outcomes.append(refused)
                else:
                    outcomes.append("taken")

    before = threading.stack_size(128 * 1024)
    try:
        thread = threading.Thread(target=attack)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)

    assert outcomes
    assert all(isinstance(outcome, Refused) for outcome in outcomes)
