"""What was sealed is opened once, as it was, soon, by who has the key, where it belongs; everything else is refused."""

import mmap
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnomon.wire.errors import EncodeError, KeyMissing, Refused
from gnomon.wire.keys import SUITES, Key, KeyRing
from gnomon.wire.seal import MAX_FRAMES, MAX_SESSIONS, Opened, Receiver, Sender, binding
from gnomon.wire.suites import MAX_FRAME_BYTES

KEYS = {suite: Key.of(bytes(range(32)), suite) for suite in SUITES}
EACH = pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
SECOND = 1_000_000_000


class Clock:
    """A clock that stands until it is moved, in nanoseconds."""

    def __init__(self) -> None:
        self.now = 1_800_000_000 * SECOND

    def __call__(self) -> int:
        """Now."""
        return self.now


def ring(*keys: Key) -> KeyRing:
    """A ring of these keys."""
    return KeyRing(keys=keys)


def reason(receiver: Receiver, frames, context: bytes = b"") -> str:
    """Why it was refused."""
    with pytest.raises(Refused) as caught:
        receiver.open(frames, context)
    return caught.value.reason


def plain(opened: Opened) -> list[bytes]:
    """The frames as bytes."""
    return [bytes(frame) for frame in opened.frames]


@EACH
@given(frames=st.lists(st.binary(max_size=300), min_size=1, max_size=6), context=st.binary(max_size=40))
@settings(max_examples=60, deadline=None)
def test_frames_come_back_as_they_were(key, frames, context):
    """Whatever they hold, and however many."""
    opened = Receiver(ring(key)).open(Sender(key).seal(frames, context), context)

    assert plain(opened) == frames
    assert (opened.counter, opened.missed, opened.key_id) == (1, 0, key.id.hex())


@EACH
def test_every_flipped_bit_is_refused_and_none_does_harm(key):
    """Each bit of each frame, one by one; the message itself is taken after all of them."""
    receiver = Receiver(ring(key))
    message = [bytes(frame) for frame in Sender(key).seal([b"head", b"first frame", b"x"], b"context")]

    for place, frame in enumerate(message):
        for bit in range(8 * len(frame)):
            changed = bytearray(frame)
            changed[bit // 8] ^= 1 << bit % 8
            assert reason(receiver, [*message[:place], bytes(changed), *message[place + 1 :]], b"context")

    assert plain(receiver.open(message, b"context")) == [b"head", b"first frame", b"x"]


@EACH
def test_every_shortened_or_lengthened_frame_is_refused(key):
    """At any length, down to nothing."""
    receiver = Receiver(ring(key))
    message = [bytes(frame) for frame in Sender(key).seal([b"head", b"first"])]

    for place, frame in enumerate(message):
        for shorter in [*(frame[:size] for size in range(len(frame))), frame + b"\0", b"\0" + frame]:
            assert reason(receiver, [*message[:place], shorter, *message[place + 1 :]])


@EACH
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda m: [], "truncated"),
        (lambda m: [b""], "unauthenticated"),
        (lambda m: [m[0][:1]], "version"),
        (lambda m: [m[0][:60]], "truncated"),
        (lambda m: m[:-1], "frame-mismatch"),
        (lambda m: [*m, b""], "frame-mismatch"),
        (lambda m: [*m, m[-1]], "frame-mismatch"),
        (lambda m: [m[0], m[2], m[1]], "bad-tag"),
        (lambda m: [m[0], m[1], m[1]], "bad-tag"),
        (lambda m: [m[1], m[0], m[2]], "unauthenticated"),
        (lambda m: [m[0], m[1][:-1], m[2]], "frame-mismatch"),
        (lambda m: [m[0][:-1], m[1], m[2]], "frame-mismatch"),
        (lambda m: [b"\x80\x05K\x01.", m[1], m[2]], "unauthenticated"),
        (lambda m: [m[0][:1] + b"\x02" + m[0][2:], m[1], m[2]], "version"),
        (lambda m: [m[0][:3] + b"\x01" + m[0][4:], m[1], m[2]], "malformed"),
        (lambda m: [m[0][:8] + bytes(8) + m[0][16:], m[1], m[2]], "unknown-key"),
        (lambda m: [m[0][:16] + bytes(16) + m[0][32:], m[1], m[2]], "bad-tag"),
    ],
)  # fmt: skip
def test_a_message_of_another_shape_is_refused_for_what_it_is(key, change, expected):
    """Missing, extra, swapped, foreign frames, another version, key or session."""
    message = [bytes(frame) for frame in Sender(key).seal([b"head", b"same size", b"SAME SIZE"])]

    assert reason(Receiver(ring(key)), change(message)) == expected


@EACH
def test_frames_of_two_messages_dont_mix(key):
    """Not even of one session and of the same length."""
    sender, receiver = Sender(key), Receiver(ring(key))
    one, two = sender.seal([b"head", b"frame one"]), sender.seal([b"head", b"frame two"])

    assert reason(receiver, [one[0], two[1]]) == "bad-tag"
    assert reason(receiver, [two[0], one[1]]) == "bad-tag"


@EACH
def test_a_replay_is_refused(key):
    """At once, later, and after newer ones."""
    sender, receiver = Sender(key), Receiver(ring(key))
    messages = [sender.seal([b"%d" % number]) for number in range(3)]
    for message in messages:
        receiver.open(message)

    assert [reason(receiver, message) for message in messages] == ["replayed"] * 3


def test_a_late_message_is_taken_once_within_the_window_and_never_outside():
    """ZeroMQ reorders when a connection was lost and made anew; an attacker can do no more than that."""
    key = KEYS["aes-256-gmac"]
    sender, receiver, strict = Sender(key), Receiver(ring(key), window=2), Receiver(ring(key), window=0)
    messages = [sender.seal([b"%d" % number]) for number in range(5)]

    assert [receiver.open(messages[place]).missed for place in (0, 4, 3)] == [0, 3, -1]
    assert reason(receiver, messages[3]) == "replayed"
    assert reason(receiver, messages[1]) == "too-old"
    assert [strict.open(messages[place]).missed for place in (0, 2)] == [0, 1]
    assert reason(strict, messages[1]) == "too-old"


def test_a_gap_is_counted():
    """As a subscriber sees it."""
    key = KEYS["aes-256-gmac"]
    sender, receiver = Sender(key), Receiver(ring(key))
    messages = [sender.seal([b""]) for _ in range(10)]

    assert sum(receiver.open(messages[place]).missed for place in (2, 3, 9)) == 5


@pytest.mark.parametrize("asked", SUITES)
@pytest.mark.parametrize("used", SUITES)
def test_no_message_chooses_its_suite(used, asked):
    """Neither with a key of the same secret for another suite, nor by naming another one."""
    message = [bytes(frame) for frame in Sender(KEYS[used]).seal([b"head", b"x"])]
    renamed = [message[0][:2] + bytes([SUITES.index(asked) + 1]) + message[0][3:], message[1]]
    known = Receiver(ring(KEYS[used]))
    known.open(Sender(KEYS[used]).seal([b""]))

    if used != asked:
        assert reason(Receiver(ring(KEYS[asked])), message) == "unknown-key"
        assert reason(Receiver(ring(KEYS[used])), renamed) == "suite"
        assert reason(Receiver(ring(KEYS[asked])), renamed) == "unknown-key"


def test_a_known_session_can_not_change_its_suite():
    """Its key was for another one from the beginning."""
    key = KEYS["aes-256-gcm"]
    sender, receiver = Sender(key), Receiver(ring(key))
    receiver.open(sender.seal([b"x"]))
    message = sender.seal([b"x"])

    assert reason(receiver, [message[0][:2] + b"\x01" + message[0][3:]]) == "suite"


@EACH
def test_a_strangers_message_is_refused(key):
    """Whose key is not on the ring, or who only claims the id of one that is."""
    stranger = Key.of(bytes(32), key.suite)
    message = Sender(stranger).seal([b"x"])
    claimed = message[0][:8] + key.id + message[0][16:]

    assert reason(Receiver(ring(key)), message) == "unknown-key"
    assert reason(Receiver(ring(key)), [claimed]) == "bad-tag"


@EACH
def test_a_message_of_ones_own_that_was_sent_back_is_refused(key):
    """Both ends have the same key, so only the sender itself can tell."""
    here, there = Sender(key), Sender(key)
    receiver = Receiver(ring(key), own=here)

    assert reason(receiver, here.seal([b"x"])) == "replayed"
    assert plain(receiver.open(there.seal([b"y"]))) == [b"y"]


@EACH
def test_a_reply_belongs_to_its_request(key):
    """The one who asked has the binding from what it sent, the one who answers from what it opened."""
    client, server = Sender(key), Sender(key)
    first, second = client.seal([b"first?"]), client.seal([b"second?"])
    asked = Receiver(ring(key)).open(first)
    reply = server.seal([b"first!"], asked.binding)

    assert asked.binding == binding(first)
    assert reason(Receiver(ring(key)), reply, binding(second)) == "wrong-context"
    assert reason(Receiver(ring(key)), reply) == "wrong-context"
    assert plain(Receiver(ring(key)).open(reply, binding(first))) == [b"first!"]


@EACH
def test_a_context_with_the_same_checksum_is_still_another(key):
    """The checksum in clear is for the message's reason alone; the tag is what binds."""
    one, two = b"plumless", b"buckeroo"  # the same CRC-32
    message = Sender(key).seal([b"x"], one)

    assert reason(Receiver(ring(key)), message, two) == "bad-tag"


@EACH
def test_head_and_context_dont_run_into_one_another(key):
    """What is moved from the end of the head to the beginning of the context makes another message."""
    message = Sender(key).seal([b"ab"], b"c")
    receiver = Receiver(ring(key))

    assert reason(receiver, [message[0][:-17] + message[0][-16:]], b"bc") in {"frame-mismatch", "wrong-context"}


@pytest.mark.parametrize(("seconds", "expected"), [(0, ""), (59, ""), (61, "expired"), (-59, ""), (-61, "expired")])
def test_a_message_is_taken_for_a_limited_time(seconds, expected):
    """So long as a receiver that begins anew can be made to take it again, and no longer."""
    key, clock = KEYS["aes-256-gmac"], Clock()
    message = Sender(key, clock=clock).seal([b"x"])
    clock.now += seconds * SECOND
    receiver = Receiver(ring(key), max_age_s=60, clock=clock)

    if expected:
        assert reason(receiver, message) == expected
    else:
        assert plain(receiver.open(message)) == [b"x"]


def test_a_receiver_that_begins_anew_takes_again_what_is_young_enough():
    """The limit of a scheme without an answer, as the documentation states it."""
    key, clock = KEYS["aes-256-gmac"], Clock()
    message = Sender(key, clock=clock).seal([b"x"])

    assert plain(Receiver(ring(key), max_age_s=60, clock=clock).open(message)) == [b"x"]
    assert plain(Receiver(ring(key), max_age_s=60, clock=clock).open(message)) == [b"x"]
    clock.now += 61 * SECOND
    assert reason(Receiver(ring(key), max_age_s=60, clock=clock), message) == "expired"


@pytest.mark.parametrize("age", [0, -1, float("inf"), float("nan")])
def test_no_receiver_takes_messages_of_any_age(age):
    """The bound can't be given up."""
    with pytest.raises(ValueError, match="max_age_s"):
        Receiver(ring(), max_age_s=age)


def test_keys_overlap_while_they_are_replaced():
    """The new one takes over at its time in running senders, the old one ends at its own in running receivers."""
    clock = Clock()
    start = clock.now // SECOND
    old = Key(id=KEYS["aes-256-gmac"].id, secret=KEYS["aes-256-gmac"].secret, accepted_until=start + 200)
    new = Key.of(bytes(32), "aes-256-gcm", seals_from=start + 100)
    both = ring(old, new)
    sender, receiver = Sender(both, clock=clock), Receiver(both, max_age_s=1000, clock=clock)
    with_old = [sender.seal([b"old"]) for _ in range(2)]
    clock.now += 100 * SECOND
    with_new = sender.seal([b"new"])

    assert [receiver.open(each).key_id for each in (with_old[0], with_new)] == [old.id.hex(), new.id.hex()]
    clock.now += 100 * SECOND
    assert reason(receiver, with_old[1]) == "expired"
    assert reason(Receiver(both, max_age_s=1000, clock=clock), with_old[1]) == "expired"
    assert receiver.open(sender.seal([b"new"])).key_id == new.id.hex()


def test_a_sender_whose_keys_all_ended_says_so():
    """It names the ids that there are."""
    clock = Clock()
    key = Key(id=KEYS["aes-256-gmac"].id, secret=KEYS["aes-256-gmac"].secret, accepted_until=clock.now // SECOND + 10)
    sender = Sender(key, clock=clock)
    clock.now += 10 * SECOND

    with pytest.raises(KeyMissing, match=key.id.hex()):
        sender.seal([b"x"])


def test_other_keys_can_be_given_while_messages_flow():
    """What was received under a key that stays is remembered; what was under one that goes is refused."""
    stays, goes, comes = Key.new(), Key.new(), Key.new()
    receiver = Receiver(ring(stays, goes))
    senders = {key.id: Sender(key) for key in (stays, goes, comes)}
    first = {key.id: senders[key.id].seal([b"x"]) for key in (stays, goes, comes)}
    receiver.open(first[stays.id])
    receiver.open(first[goes.id])
    receiver.use(ring(stays, comes))

    assert reason(receiver, first[stays.id]) == "replayed"
    assert reason(receiver, senders[goes.id].seal([b"y"])) == "unknown-key"
    assert plain(receiver.open(first[comes.id])) == [b"x"]


def test_a_receiver_remembers_a_limited_number_of_sessions():
    """It forgets those that could no longer be replayed, and then takes no further one."""
    key, clock = KEYS["aes-256-gmac"], Clock()
    receiver = Receiver(ring(key), max_age_s=60, clock=clock)
    sender = Sender(key, clock=clock)
    for _ in range(MAX_SESSIONS):
        receiver.open(sender.seal([b"x"]))
        sender.use(key)
    known = sender.seal([b"y"])

    assert reason(receiver, known) == "too-many-senders"
    clock.now += 61 * SECOND
    sender.use(key)
    assert plain(receiver.open(sender.seal([b"z"]))) == [b"z"]
    assert len(receiver._sessions) == 1


def test_a_forgery_leaves_nothing_behind():
    """Whoever has no key can't fill the memory."""
    receiver = Receiver(ring(KEYS["aes-256-gmac"]))
    message = Sender(KEYS["aes-256-gmac"]).seal([b"x"])[0]
    for number in range(1, 100):
        claimed = message[:16] + bytes([message[16] ^ number]) + message[17:]
        assert reason(receiver, [claimed]) == "bad-tag"

    assert receiver._sessions == {}


@EACH
def test_a_forged_frame_does_not_use_up_its_message(key):
    """The counter is taken only when everything verified."""
    receiver = Receiver(ring(key))
    message = Sender(key).seal([b"head", b"frame"])

    assert reason(receiver, [message[0], b"FRAME"]) == "bad-tag"
    assert plain(receiver.open(message)) == [b"head", b"frame"]


@pytest.mark.parametrize("suite", ["aes-256-gmac", "hmac-sha256"])
def test_frames_behind_the_first_are_not_copied(suite):
    """Neither by sealing nor by opening, as long as nothing is encrypted."""
    frame = array("f", range(1000))
    sealed = Sender(KEYS[suite]).seal([b"head", memoryview(frame)])
    received = [bytearray(sealed[0]), bytearray(sealed[1])]
    opened = Receiver(ring(KEYS[suite])).open(received)
    frame[0], received[1][4] = 5.0, 77

    assert memoryview(sealed[1])[:4] == frame.tobytes()[:4]
    assert opened.frames[1][4] == 77


@EACH
@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_any_kind_of_buffer_is_taken(key, kind):
    """On both ends, of any item size."""
    words = memoryview(array("q", [1, 2, 3]))
    sealed = Sender(key).seal([kind(b"head"), words, kind(b"")])
    opened = Receiver(ring(key)).open([kind(frame) for frame in sealed])

    assert plain(opened) == [b"head", words.tobytes(), b""]


def test_a_shape_of_nothing_is_an_empty_frame():
    """Which memoryview itself would not cast."""
    nothing = memoryview(bytes(8)).cast("B", (2, 4))[:0]

    assert plain(Receiver(ring(KEYS["aes-256-gmac"])).open(Sender(KEYS["aes-256-gmac"]).seal([nothing]))) == [b""]


@pytest.mark.parametrize(
    ("frames", "problem"),
    [
        ([], "1 to 65,536 frames"),
        ([b""] * (MAX_FRAMES + 1), "65,537"),
        ([b"", memoryview(bytes(8))[::2]], r"frames\[1\].*plain run of bytes"),
    ],
)
def test_what_has_no_form_is_the_senders_mistake(frames, problem):
    """It is told at once, and by place."""
    with pytest.raises(EncodeError, match=problem):
        Sender(KEYS["aes-256-gmac"]).seal(frames)


def test_frames_of_two_gigabytes_are_the_limit():
    """For the sender an error, for the receiver a refusal, before a byte of them is read."""
    memory = mmap.mmap(-1, MAX_FRAME_BYTES + 1)
    large = memoryview(memory)
    receiver = Receiver(ring(KEYS["aes-256-gmac"]))
    with pytest.raises(EncodeError, match="at most"):
        Sender(KEYS["aes-256-gmac"]).seal([b"", large])
    with pytest.raises(EncodeError, match="one session"):
        Sender(KEYS["aes-256-gcm"]).seal([large[:-1]] * 600)

    assert reason(receiver, [Sender(KEYS["aes-256-gmac"]).seal([b"", b""])[0], large]) == "too-large"
    memory[:2] = b"\x47\x01"
    assert reason(receiver, [large]) == "too-large"
