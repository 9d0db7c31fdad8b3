"""Messages as plain bytes: what one end dumps, the other loads once; everything else is refused before it is parsed."""

import contextlib
import dataclasses
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import zmq
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gnomon.wire import key_files
from gnomon.wire.channel import Channel
from gnomon.wire.codec import Codec
from gnomon.wire.errors import EncodeError, KeyMissing, KeyWrong, Refused
from gnomon.wire.joined import joined
from gnomon.wire.key_files import save_key
from gnomon.wire.keys import SUITES, CurvePair, Key, KeyRing, written
from gnomon.wire.limits import Limits
from gnomon.wire.live_ring import ASKED_AGAIN_S, LiveRing
from gnomon.wire.messages import Messages, _End
from gnomon.wire.seal import Receiver, Sender, purpose
from gnomon.wire.stats import MessageStats
from tests.wire.messages import MESSAGES, TYPES, equal, of_type

KEY = Key.new()
RING = KeyRing(keys=(KEY,))
LIMITS = Limits(inline_bytes=30, depth=20)
CODEC = Codec(*TYPES, limits=LIMITS)
CONTEXT = purpose(b"messages", b"")


@dataclasses.dataclass
class Reply:
    """A message."""

    text: str


def ends(**options):
    """(who dumps, who loads): two Messages that are alike."""
    options.setdefault("keys", RING)
    return Messages(**options), Messages(**options)


def reason(messages, data):
    """Why `loads` refuses."""
    with pytest.raises(Refused) as refused:
        messages.loads(data)
    return refused.value.reason


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize("message", MESSAGES, ids=[type(message).__name__ for message in MESSAGES])
def test_every_kind_of_message_comes_back(suite, message):
    """Under each suite, with buffers of every size."""
    sender, receiver = ends(codec=CODEC, keys=KeyRing(keys=(Key.new(suite),)))

    data = sender.dumps(message)
    back = receiver.loads(data)

    assert type(data) is bytes
    assert of_type(back, type(message))
    assert equal(message, back)


@pytest.mark.parametrize("form", [bytes, bytearray, memoryview, lambda data: memoryview(bytearray(data))])
def test_bytes_in_any_form_are_taken_where_they_lie(form):
    """Arrays are views of what was given, in order in memory, and nobody can write into them."""
    sender, receiver = ends()
    sent = {"f8": np.arange(20_000, dtype=np.float64), "c16": np.arange(9_999, dtype=np.complex128), "n": 1}

    data = form(sender.dumps(sent))
    back = receiver.loads(data)

    assert equal(sent, back)
    for array in (back["f8"], back["c16"]):
        assert np.shares_memory(array, np.frombuffer(data, np.uint8))
        assert array.flags.aligned
        assert not array.flags.writeable


def test_what_a_class_does_not_tell_is_named():
    """As for the codec itself."""
    sender, receiver = ends(codec=Codec(tuple[int, str], Reply))

    assert receiver.loads(sender.dumps((1, "a"), as_type=tuple[int, str])) == (1, "a")
    with pytest.raises(EncodeError, match=r"Reply\.text: is of type object"):
        sender.dumps(Reply(object()))


def test_a_message_is_taken_once():
    """By each end; the other one does not know."""
    sender, receiver = ends()
    other = Messages(keys=RING)
    data = sender.dumps("once")

    assert receiver.loads(data) == "once"
    assert reason(receiver, data) == "replayed"
    assert other.loads(data) == "once"


def test_what_an_end_sealed_itself_it_opens_too():
    """Once: threads of one process send to one another. Where that must not be, each direction has a channel."""
    messages = Messages(keys=RING)
    data = messages.dumps("to myself")

    assert messages.loads(data) == "to myself"
    assert reason(messages, data) == "replayed"


def test_messages_come_in_any_order():
    """Also those that were sent before the first one that came, as far as the window goes."""
    sender, receiver = ends(window=2_000)
    sent = [sender.dumps(number) for number in range(2_001)]

    assert [receiver.loads(data) for data in reversed(sent)] == list(reversed(range(2_001)))
    assert {reason(receiver, data) for data in sent} == {"replayed"}


def test_what_is_further_behind_than_the_window_is_refused():
    """A window of nothing takes order alone."""
    sender, receiver = ends(window=0)
    first, second, third = (sender.dumps(number) for number in range(3))

    assert receiver.loads(first) == 0
    assert receiver.loads(third) == 2
    assert reason(receiver, second) == "too-old"


@pytest.mark.parametrize("wrong", [{"max_age_s": 0}, {"max_age_s": float("inf")}, {"window": -1}])
def test_what_can_not_be_is_told_where_it_is_written(wrong):
    """Not with the first message."""
    with pytest.raises(ValueError, match=r"max_age_s|window"):
        Messages(**wrong)


@pytest.mark.parametrize("wrong", [None, "text", 1, memoryview(b"abcd")[::2]])
def test_what_is_no_bytes_is_a_mistake_of_the_caller(wrong):
    """As for pickle."""
    with pytest.raises(TypeError):
        Messages(keys=RING).loads(wrong)


def test_a_message_of_another_channel_is_refused():
    """Of another name, and of a socket with the same name, in either direction."""
    sender, receiver = ends(channel="requests")
    push, pull = (
        Channel(kind, Codec(), Limits(), ring=RING, name=b"requests", max_age_s=300, window=0)
        for kind in (zmq.PUSH, zmq.PULL)
    )

    assert reason(Messages(keys=RING, channel="replies"), sender.dumps(1)) == "wrong-context"
    assert reason(Messages(keys=RING), sender.dumps(1)) == "wrong-context"
    assert reason(receiver, joined(push.pack(1))) == "wrong-context"
    with pytest.raises(Refused, match="wrong-context"):
        pull.unpack([sender.dumps(1)])
    assert receiver.loads(sender.dumps("sent")) == "sent"


def test_a_message_by_another_key_is_refused():
    """By its id; and by its tag, if it says that it was ours."""
    sender, receiver = Messages(keys=KeyRing(keys=(Key.new(),))), Messages(keys=RING)
    data = sender.dumps("forged")

    assert reason(receiver, data) == "unknown-key"
    assert reason(receiver, data[:8] + KEY.id + data[16:]) == "bad-tag"


def test_a_key_is_no_longer_accepted_after_its_time():
    """Nor is anything sealed with it."""
    secret = KEY.secret
    now = time.time()
    data = Messages(keys=RING).dumps("late")
    retired = KeyRing(keys=(Key(id=KEY.id, secret=secret, accepted_until=int(now) - 10),))

    assert reason(Messages(keys=retired), data) == "expired"
    with pytest.raises(KeyMissing, match=f"{KEY.id.hex()} \\(retired\\)"):
        Messages(keys=retired).dumps("later")


@pytest.mark.parametrize(("seconds", "taken"), [(-70, False), (-40, True), (40, True), (70, False)])
def test_a_message_that_is_too_old_is_refused(seconds, taken):
    """Or from a future that is further away than clocks may be apart."""
    receiver = Messages(keys=RING, max_age_s=60)
    sealed = Sender(KEY, clock=lambda: time.time_ns() + seconds * 10**9).seal(Codec().encode("x"), CONTEXT)

    if taken:
        assert receiver.loads(joined(sealed)) == "x"
    else:
        assert reason(receiver, joined(sealed)) == "expired"


def test_what_is_sealed_but_no_message_is_refused_as_by_sockets():
    """Who has the key can seal anything: another type, another body."""
    receiver = Messages(codec=Codec(Reply), keys=RING)
    sealed = Sender(KEY).seal([b"\x01junk of a head"], CONTEXT)

    assert reason(receiver, joined(sealed)) == "unknown-type"
    assert reason(receiver, Messages(codec=Codec(int), keys=RING).dumps(1)) == "unknown-type"
    assert receiver.stats == MessageStats(sent=0, received=0, refused={"unknown-type": 2})


def test_what_happened_is_counted():
    """By reason, where something was refused."""
    messages = Messages(keys=RING)
    assert messages.stats == MessageStats(sent=0, received=0, refused={})

    data = messages.dumps(1)
    messages.loads(data)
    for _ in range(3):
        reason(messages, data)
    reason(messages, b"no message")

    assert messages.stats == MessageStats(sent=1, received=1, refused={"replayed": 3, "unauthenticated": 1})


class TestKeys:
    """Where keys come from, and when they are read."""

    def test_nothing_is_read_before_the_first_use(self, monkeypatch):
        """So that a module can be imported before there are keys. Further Messages have them too."""
        monkeypatch.setattr(key_files, "_READ", [])
        monkeypatch.delenv("GNOMON_KEYS", raising=False)
        messages = Messages()

        with pytest.raises(KeyMissing, match="GNOMON_KEYS is not set"):
            messages.dumps(1)
        with pytest.raises(KeyMissing, match="GNOMON_KEYS is not set"):
            messages.loads(b"")
        monkeypatch.setenv("GNOMON_KEYS", written(KEY))
        assert Messages().loads(messages.dumps(1)) == 1
        assert "GNOMON_KEYS" not in os.environ

    def test_a_ring_without_a_shared_key_is_of_no_use(self):
        """CURVE pairs are for connections."""
        with pytest.raises(KeyMissing, match="gnomon keys new"):
            Messages(keys=KeyRing.of([CurvePair.new()])).loads(b"")

    def test_who_only_receives_needs_no_key_to_seal_with(self):
        """It may have the next one alone, which is accepted before its time."""
        later = Key.new(seals_from=int(time.time()) + 1_000)
        receiver = Messages(keys=KeyRing(keys=(later,)))

        sealed = Sender(later, clock=lambda: (later.seals_from + 1) * 10**9)
        data = joined(sealed.seal(Codec().encode("early"), CONTEXT))
        assert reason(receiver, data) == "expired"  # its clock is ahead
        with pytest.raises(KeyMissing, match="not yet"):
            receiver.dumps(1)

    def test_what_the_function_raises_is_raised_at_the_first_use(self):
        """Later, the keys from before stay."""
        held = [KeyMissing("nothing there")]

        def keys():
            if isinstance(held[0], Exception):
                raise held[0]
            return held[0]

        messages = Messages(keys=keys)
        with pytest.raises(KeyMissing, match="nothing there"):
            messages.reload_keys()
        held[0] = RING
        assert not messages.reload_keys()
        held[0] = KeyWrong("damaged")
        with pytest.raises(KeyWrong, match="damaged"):
            messages.reload_keys()
        assert messages.loads(messages.dumps(1)) == 1

    def test_a_new_key_is_used_once_it_was_read(self):
        """And one that is gone no longer."""
        old, new = Key.new(), Key.new()
        held = [KeyRing(keys=(old,))]
        messages = Messages(keys=lambda: held[0])
        before = messages.dumps("before")
        held[0] = KeyRing(keys=(new,))

        assert messages.reload_keys()
        assert reason(messages, before) == "unknown-key"
        assert messages.dumps("after")[8:16] == new.id
        assert Messages(keys=held[0]).loads(messages.dumps("after")) == "after"

    def test_the_first_message_by_a_new_key_is_not_lost(self):
        """If the last reading is a second ago, it is opened as soon as the key was read."""
        new, now, held = Key.new(), [0.0], [RING]
        live = LiveRing(lambda: held[0], clock=lambda: now[0])
        end = _End(live, Receiver(live))
        sealed = Sender(new).seal([b"sent"], CONTEXT)
        now[0] += ASKED_AGAIN_S

        with pytest.raises(Refused, match="unknown-key"):
            end.opened(sealed, CONTEXT)
        held[0] = KeyRing(keys=(KEY, new))
        with pytest.raises(Refused, match="unknown-key"):
            end.opened(sealed, CONTEXT)
        now[0] += ASKED_AGAIN_S
        assert end.opened(sealed, CONTEXT) == [b"sent"]

    def test_a_message_by_a_key_that_is_missing_makes_it_read(self):
        """At most once a second: nothing is lost of what comes after that."""
        new = Key.new()
        held = [RING]
        messages, other = Messages(keys=lambda: held[0]), Messages(keys=KeyRing(keys=(new,)))
        assert reason(messages, other.dumps("early")) == "unknown-key"
        held[0] = KeyRing(keys=(KEY, new))
        deadline = time.monotonic() + 10
        back, data = None, other.dumps("sent")
        while back is None and time.monotonic() < deadline:
            with contextlib.suppress(Refused):
                back = messages.loads(data)

        assert back == "sent"
        assert set(messages.stats.refused) == {"unknown-key"}


class TestForgery:
    """What was changed is refused, whatever was changed; and nothing is kept of it."""

    PLAIN = Codec(limits=Limits(inline_bytes=8))
    SENT = ("text", b"buffer of 23 bytes long", [b"one more than eight", b"another one of them..", b"tiny"], {"n": 1})

    def test_each_flipped_bit_is_refused(self):
        """Each bit of each message, the zeros between buffers among them."""
        sender, receiver = ends(codec=self.PLAIN)
        for value in self.SENT:
            data = sender.dumps(value)
            for bit in range(8 * len(data)):
                changed = bytearray(data)
                changed[bit // 8] ^= 1 << bit % 8
                reason(receiver, changed)
            assert receiver.loads(data) == value

    def test_each_truncation_and_extension_is_refused(self):
        """Down to nothing."""
        sender, receiver = ends(codec=self.PLAIN)
        for value in self.SENT:
            data = sender.dumps(value)
            for length in range(len(data)):
                assert reason(receiver, data[:length]) in {"truncated", "unauthenticated", "version", "frame-mismatch"}
            for more in (b"\0", b"\0" * 16, data):
                assert reason(receiver, data + more) == "frame-mismatch"
                assert reason(receiver, more + data) in {"unauthenticated", "frame-mismatch"}
            assert receiver.loads(data) == value

    @settings(max_examples=300, deadline=None)
    @given(st.data())
    def test_splices_are_refused(self, data):
        """Pieces of two messages put together, cut out, doubled or overwritten: the same bytes, or none."""
        sender, receiver = ends(codec=self.PLAIN)
        one, two = (sender.dumps(data.draw(st.sampled_from(self.SENT))) for _ in range(2))
        cuts = [data.draw(st.integers(0, max(len(one), len(two)))) for _ in range(4)]
        spliced = one[: cuts[0]] + data.draw(st.binary(max_size=4)) + two[cuts[1] : cuts[2]] + one[cuts[3] :]
        assume(spliced not in {one, two})

        reason(receiver, spliced)
        assert receiver.stats.received == 0

    def test_zeros_between_buffers_are_zeros(self):
        """They carry no tag, so nothing may be said in them."""
        sender, receiver = ends(codec=self.PLAIN)
        data = bytearray(sender.dumps([b"one more than eight", b"another one of them.."]))
        gap = data.rindex(b"\0", 0, data.index(b"another"))
        data[gap] = 1

        assert reason(receiver, data) == "malformed"

    def test_lengths_that_are_not_true_take_no_memory(self):
        """However many buffers of whatever length it claims to have."""
        sender, receiver = ends()
        data = bytearray(sender.dumps({"a": np.arange(20_000)}))
        claims = [
            (slice(4, 8), (1 << 32) - 1, "too-many-buffers"),
            (slice(4, 8), 1_000, "too-large"),
            (slice(48, 52), (1 << 32) - 1, "truncated"),
            (slice(56, 64), (1 << 64) - 1, "too-large"),
            (slice(56, 64), 999_999_000, "truncated"),
            (slice(56, 64), 159_999, "frame-mismatch"),
        ]
        tracemalloc.start()
        try:
            for place, claim, why in claims:
                changed = bytearray(data)
                changed[place] = claim.to_bytes(place.stop - place.start, "big")
                tracemalloc.reset_peak()
                before, _ = tracemalloc.get_traced_memory()
                assert reason(receiver, changed) == why
                assert tracemalloc.get_traced_memory()[1] - before < 100_000
        finally:
            tracemalloc.stop()

    @pytest.mark.parametrize(
        ("limits", "value", "why"),
        [
            (Limits(head_bytes=100), "x" * 200, "too-large"),
            (Limits(buffer_bytes=100, inline_bytes=50), b"x" * 200, "too-large"),
            (Limits(message_bytes=100), "x" * 200, "too-large"),
            (Limits(message_bytes=150, inline_bytes=50), [b"x" * 90, b"x" * 90], "too-large"),
            (Limits(buffers=1, inline_bytes=50), [b"x" * 90, b"x" * 90], "too-many-buffers"),
            (Limits(depth=3), [[[[1]]]], "too-deep"),
        ],
    )
    def test_limits_hold_for_who_has_the_key(self, limits, value, why):
        """The sender is told by an error of its own, if it has the same."""
        generous = Limits(inline_bytes=50)
        data = Messages(codec=Codec(limits=generous), keys=RING).dumps(value)

        assert reason(Messages(codec=Codec(limits=limits), keys=RING), data) == why
        with pytest.raises(EncodeError):
            Messages(codec=Codec(limits=limits), keys=RING).dumps(value)


def in_threads(count, work):
    """What `work` gave in each of so many threads, which begin together."""
    barrier = threading.Barrier(count)

    def worker(number):
        barrier.wait(10)
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(worker, range(count)))


class TestThreads:
    """One Messages for all threads of a process."""

    def test_of_threads_that_have_the_same_message_one_gets_it(self):
        """Whichever; also where the memory is not yet there."""

        def load(_):
            try:
                return receiver.loads(data)
            except Refused as refused:
                return refused.reason

        for number in range(50):
            sender, receiver = ends()
            data = sender.dumps(number)

            assert sorted(in_threads(8, load), key=str) == [number, *["replayed"] * 7]
            assert receiver.stats == MessageStats(sent=0, received=1, refused={"replayed": 7})

    def test_what_threads_seal_is_taken_whoever_opens_it(self):
        """No two have the same number."""
        sender, receiver = ends()
        sealed = in_threads(8, lambda thread: [sender.dumps([thread, number]) for number in range(500)])
        mixed = [data for row in zip(*sealed, strict=True) for data in row]

        opened = in_threads(8, lambda thread: [receiver.loads(data) for data in mixed[thread::8]])

        assert sorted(itertools.chain(*opened)) == [[thread, number] for thread in range(8) for number in range(500)]
        assert (sender.stats.sent, receiver.stats.received) == (4_000, 4_000)

    def test_threads_that_want_the_variable_s_keys_at_once_get_them(self, monkeypatch):
        """It is taken out of the environment by one of them."""
        for _ in range(30):
            monkeypatch.setattr(key_files, "_READ", [])
            monkeypatch.setenv("GNOMON_KEYS", written(KEY))
            sealed = in_threads(8, lambda number: Messages().dumps(number))

            receiver = Messages(keys=RING)
            assert [receiver.loads(data) for data in sealed] == list(range(8))


PROGRAM = """
import multiprocessing, sys
from gnomon.wire import Codec, Messages, Refused, ring_from_folder

MESSAGES = Messages(channel="work", keys=(lambda: ring_from_folder(sys.argv[2])) if sys.argv[2:] else None)

def child(inbox, outbox):
    try:
        outbox.put(MESSAGES.dumps({"got": MESSAGES.loads(inbox.get(timeout=20))}))
    except Exception as error:
        outbox.put(repr(error).encode())

if __name__ == "__main__":
    start = multiprocessing.get_context(sys.argv[1])
    if start.get_start_method() == "fork":
        MESSAGES.loads(MESSAGES.dumps("before"))
    inbox, outbox = start.Queue(), start.Queue()
    processes = [start.Process(target=child, args=(inbox, outbox)) for _ in range(3)]
    for number, process in enumerate(processes):
        process.start()
        inbox.put(MESSAGES.dumps(number))
    answers = [outbox.get(timeout=20) for _ in processes]
    print(sorted(str(MESSAGES.loads(answer)) for answer in answers), len({answer[8:32] for answer in answers}))
    for process in processes:
        process.join(20)
"""


@pytest.mark.parametrize(
    ("start", "source"),
    [("fork", "variable"), ("fork", "folder"), ("spawn", "folder"), ("forkserver", "folder")],
)
def test_children_use_what_a_module_made(tmp_path, start, source):
    """Each with a session of its own, and keys that it read itself, or that its parent had read before the fork."""
    save_key(KEY, tmp_path / "keys")
    (tmp_path / "program.py").write_text(PROGRAM)
    arguments = [start, *([tmp_path / "keys"] if source == "folder" else [])]

    ended = subprocess.run(
        [sys.executable, tmp_path / "program.py", *arguments],
        env=os.environ | ({"GNOMON_KEYS": written(KEY)} if source == "variable" else {}),
        timeout=60,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.stderr, ended.stdout) == ("", "[\"{'got': 0}\", \"{'got': 1}\", \"{'got': 2}\"] 3\n")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")
def test_a_child_waits_for_no_lock_of_its_parent_s_threads():
    """They hold them again and again while it is forked; and its counts are its own."""
    sender, receiver = ends()
    large = {"a": np.arange(20_000)}
    ending = threading.Event()

    def busy():
        while not ending.is_set():
            receiver.loads(sender.dumps(large))

    threads = [threading.Thread(target=busy) for _ in range(2)]
    for thread in threads:
        thread.start()
    statuses = []
    try:
        for _ in range(10):
            child = os.fork()
            if child == 0:
                signal.alarm(20)
                right = receiver.loads(sender.dumps("child")) == "child" and receiver.stats.received == 1
                os._exit(0 if right else 1)
            statuses.append(os.waitpid(child, 0)[1])
    finally:
        ending.set()
        for thread in threads:
            thread.join(20)

    assert statuses == [0] * 10
