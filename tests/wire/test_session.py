"""No counter is used twice under the same session key: not by threads, forked processes, or in long sessions."""

import os
import signal
import sys
from threading import Thread

import pytest

from gnomon.wire.keys import Key, KeyRing
from gnomon.wire.process import Process
from gnomon.wire.seal import Receiver, Sender, binding
from gnomon.wire.session import MAX_BLOCKS, Session, session_key

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")


def test_a_session_key_is_bound_to_key_suite_and_session():
    """Another of any of them gives another key."""
    secret, session = bytes(range(32)), bytes(16)
    keys = {
        session_key(Key.of(secret), session),
        session_key(Key.of(secret), bytes(15) + b"\x01"),
        session_key(Key.of(secret, "aes-256-gcm"), session),
        session_key(Key.of(bytes(32)), session),
    }

    assert len(keys) == 4
    assert {len(key) for key in keys} == {32}


def test_every_session_is_another():
    """Also of one key."""
    key = Key.new()

    assert len({Session.new(key).sender for _ in range(100)}) == 100


def test_a_spent_session_gives_no_counter_and_the_sender_begins_another():
    """Long before anything could begin anew."""
    key = Key.new()
    session = Session.new(key)

    assert session.take(MAX_BLOCKS) == 1
    assert session.take(1) == -1

    sender, receiver = Sender(key), Receiver(KeyRing.of([key]))
    first = sender.seal([b"a"])
    sender._session.take(MAX_BLOCKS - 1)
    second = sender.seal([b"b"])

    assert binding(first)[:24] != binding(second)[:24]
    assert [receiver.open(each).frames for each in (first, second)] == [[b"a"], [b"b"]]
    assert sender.owns(binding(first)[:24])
    assert sender.owns(binding(second)[:24])
    sender.use(Key.new())
    assert sender.owns(binding(first)[:24])


def test_encrypting_spends_a_session_by_bytes():
    """One block a frame, and one for each 16 bytes."""
    sender = Sender(Key.new("aes-256-gcm"))
    sender.seal([b"x" * 17, b"x" * 16, b""])

    assert sender._session.take(MAX_BLOCKS - 6 + 1) == -1
    assert sender._session.take(MAX_BLOCKS - 6) == 2


def test_threads_never_share_a_counter():
    """Even while the sessions under them are replaced."""
    key = Key.new()
    sender = Sender(key)
    made: list[bytes] = []

    def work() -> None:
        made.extend([binding(sender.seal([b"x"])) for _ in range(3000)])

    threads = [Thread(target=work) for _ in range(4)]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for _ in range(50):
            sender.use(key)
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)

    assert len(made) == 12_000
    assert len(set(made)) == 12_000


@forks
def test_a_fork_in_the_middle_of_a_session_begins_another():
    """Parent and child go on under keys of their own, and both are understood."""
    key = Key.new()
    sender, receiver = Sender(key), Receiver(KeyRing.of([key]))
    before = [sender.seal([b"before"]) for _ in range(3)]

    in_child = _in_child(lambda: [frame for _ in range(3) for frame in sender.seal([b"child"])])
    after = [sender.seal([b"parent"]) for _ in range(3)]

    assert {binding(each)[:24] for each in before} == {binding(each)[:24] for each in after}
    assert len({binding([frame])[:24] for frame in in_child}) == 1
    assert binding(in_child)[:24] != binding(after[0])[:24]
    opened = [receiver.open(each) for each in (*before, *([frame] for frame in in_child), *after)]
    assert [bytes(each.frames[0]) for each in opened] == [b"before"] * 3 + [b"child"] * 3 + [b"parent"] * 3
    assert [each.missed for each in opened] == [0] * 9


@forks
def test_a_childs_child_has_a_session_of_its_own_too():
    """However deep."""
    sender = Sender(Key.new())
    mine = binding(sender.seal([b"x"]))[:24]

    def child() -> list[bytes]:
        return [*_in_child(lambda: [binding(sender.seal([b"x"]))[:24]]), binding(sender.seal([b"x"]))[:24]]

    assert len({mine, *_in_child(child)}) == 3


@forks
def test_a_parent_is_not_ones_own_sender():
    """It may send to its child; what the child sealed itself is its own."""
    sender = Sender(Key.new())
    mine = binding(sender.seal([b"x"]))[:24]

    def child() -> list[bytes]:
        fresh = [sender.owns(mine)]
        own = binding(sender.seal([b"x"]))[:24]
        return [repr([*fresh, sender.owns(mine), sender.owns(own)]).encode()]

    assert sender.owns(mine)
    assert _in_child(child) == [b"[False, False, True]"]


@forks
def test_a_fork_from_within_sealing_lets_nothing_out_under_the_shared_counter():
    """A signal's handler forks while a large frame is authenticated: parent and child return to the same lines."""
    sender = Sender(Key.new())
    large = [b"head", *[memoryview(bytes(1 << 26))] * 4]
    reading, writing = os.pipe()
    forked: list[int] = []

    def handler(_, frame) -> None:
        names = []
        while frame is not None:
            names.append(frame.f_code.co_name)
            frame = frame.f_back
        if "sealed" in names:
            forked.append(os.fork())
        else:
            signal.setitimer(signal.ITIMER_REAL, 0.002)

    previous = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.002)
    mine = b""
    while not forked:
        mine = binding(sender.seal(large))
    if forked[0] == 0:
        os.write(writing, mine)
        os._exit(0)
    signal.signal(signal.SIGALRM, previous)
    os.waitpid(forked[0], 0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        childs = pipe.read()

    assert len(childs) == len(mine) == 32
    assert childs[:24] != mine[:24]


def _in_child(work) -> list[bytes]:
    """What `work` returned in a forked child."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(writing, b"".join(len(each).to_bytes(4, "big") + each for each in work()))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        data = pipe.read()
    os.waitpid(pid, 0)
    parts = []
    while data:
        size = int.from_bytes(data[:4], "big")
        parts.append(data[4 : 4 + size])
        data = data[4 + size :]
    return parts


class Forks:
    """A suite in whose first use this process becomes a forked child."""

    def __init__(self, suite) -> None:
        self.number, self.encrypts, self._suite = suite.number, suite.encrypts, suite

    def seal_head(self, *given) -> bytes:
        """As the suite does."""
        Process.forks += 1
        return self._suite.seal_head(*given)


def test_what_was_sealed_while_forking_does_not_leave_the_child(monkeypatch):
    """It is sealed again, in a session of the child's own."""
    monkeypatch.setattr(Process, "forks", Process.forks)
    sender = Sender(Key.new())
    before = binding(sender.seal([b"x"]))
    sender._session.suite = Forks(sender._session.suite)

    after = binding(sender.seal([b"x"]))

    assert after[:24] != before[:24]
    assert int.from_bytes(after[24:]) == 1
