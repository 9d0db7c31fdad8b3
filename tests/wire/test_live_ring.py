"""Keys are read again when it is time or somebody misses one, and no failure takes those away that are there."""

import pytest

from gnomon.wire import key_files
from gnomon.wire.errors import KeyMissing
from gnomon.wire.keys import Key, KeyRing, written
from gnomon.wire.live_ring import ASKED_AGAIN_S, READ_EVERY_S, LiveRing, given, live

OLD, NEW = KeyRing(keys=(Key.new(),)), KeyRing(keys=(Key.new(),))


class Source:
    """A place that keys are read from, and the clock beside it."""

    def __init__(self):
        self.holds = OLD
        self.read = 0
        self.now = 1_000.0

    def __call__(self):
        """What is there now."""
        self.read += 1
        if isinstance(self.holds, Exception):
            raise self.holds
        return self.holds

    def clock(self):
        """Seconds."""
        return self.now


@pytest.fixture
def source():
    """A `Source`."""
    return Source()


@pytest.fixture
def ring(source):
    """The ring that is read from it."""
    return LiveRing(source, clock=source.clock)


def test_a_ring_that_was_given_stays_what_it_is(source):
    """There is nothing to be read."""
    ring = LiveRing(OLD, clock=source.clock)
    source.now += 1_000

    assert not ring.rereads
    assert (ring.reload(), ring.look()) == (False, False)
    assert ring.ring is OLD


def test_what_is_the_same_is_not_replaced(ring, source):
    """An equal ring is the one that was there, so that nobody begins anew for it."""
    source.holds = KeyRing(keys=OLD.keys)

    assert not ring.reload()
    assert ring.ring is OLD


def test_another_ring_is_taken_as_a_whole(ring, source):
    """And told."""
    source.holds = NEW

    assert ring.rereads
    assert ring.reload()
    assert ring.ring is NEW


def test_others_can_not_keep_us_reading(ring, source):
    """However often they show an unknown key, it is at most one reading a second."""
    source.now += ASKED_AGAIN_S
    for _ in range(100):
        ring.look()

    assert source.read == 2


def test_reading_goes_on_by_itself(ring, source):
    """Every ten seconds; within one if a message had a key that is missing."""
    source.now += READ_EVERY_S - 1
    ring.pulse()
    assert source.read == 1

    ring.missing = True
    ring.pulse()
    assert (source.read, ring.missing) == (2, False)

    source.now += READ_EVERY_S
    ring.pulse()
    assert source.read == 3


@pytest.mark.parametrize("problem", [KeyMissing("there are no keys in /x"), OSError("gone"), RuntimeError("anything")])
def test_a_source_that_fails_takes_no_key_away(ring, source, caplog, problem):
    """Who asks for it is told by an exception; otherwise it is logged, and the keys from before are used."""
    source.holds = problem
    source.now += READ_EVERY_S

    assert not ring.look()
    assert str(problem) in caplog.text
    with pytest.raises(type(problem)):
        ring.reload()
    assert ring.ring is OLD


def test_keys_as_users_give_them_are_a_live_ring(source, monkeypatch):
    """A ring, a function, or nothing for those of the variable, which everybody in the process has then."""
    monkeypatch.setattr(key_files, "_READ", [])
    monkeypatch.setenv("GNOMON_KEYS", written(NEW.keys[0]))

    assert (given(OLD).ring, given(OLD).rereads) == (OLD, False)
    assert (given(source).ring, given(source).rereads) == (OLD, True)
    assert (given(None).ring, given(None).ring) == (NEW, NEW)


def test_keys_in_any_form_are_a_live_ring():
    """One that is live already is shared, not copied."""
    ring = LiveRing(OLD)

    assert live(ring) is ring
    assert live(OLD).ring is OLD
    assert live(OLD.keys[0]).ring == OLD
