"""Keys are what they were written as, and show their secret to nobody."""

import base64
import traceback

import msgspec
import pytest
import zmq
from hypothesis import given, settings
from hypothesis import strategies as st
from zmq.utils import z85

from gnomon.wire.errors import KeyMissing, KeyWrong, WireError
from gnomon.wire.keys import SUITES, CurvePair, CurvePublic, Key, KeyRing, Secret, expired, parsed, written

SECRET = bytes(range(100, 132))
SHOWN = (repr(SECRET)[2:-1], SECRET.hex(), base64.urlsafe_b64encode(SECRET).decode()[:20])
"""What of the secret would be seen, however it was shown."""


def hides(text: str) -> bool:
    """True if the text holds nothing of the secret."""
    return not any(shown in text for shown in SHOWN)


@pytest.mark.parametrize("suite", SUITES)
@settings(deadline=None)
@given(secret=st.binary(min_size=32, max_size=32), start=st.integers(0, 10**11), end=st.integers(0, 10**11))
def test_a_key_is_what_it_was_written_as(suite, secret, start, end):
    """On one line, without blanks, so that a variable, a file and an argument can hold it."""
    key = msgspec.structs.replace(Key.of(secret, suite), seals_from=start, accepted_until=end)

    assert parsed(written(key)) == key
    assert written(key).split() == [written(key)]


@settings(deadline=None)
@given(secret=st.binary(min_size=32, max_size=32), end=st.integers(0, 10**11))
def test_a_pair_is_what_it_was_written_as(secret, end):
    """And so is its public half."""
    pair = CurvePair.of(secret)
    pair = CurvePair(public=msgspec.structs.replace(pair.public, accepted_until=end), secret=pair.secret)

    assert parsed(written(pair)) == pair
    assert parsed(written(pair.public)) == pair.public


def test_a_pair_is_one_of_libzmqs():
    """CURVE's keys are those of Curve25519; libzmq finds the same public half."""
    pair = CurvePair.new()

    assert zmq.curve_public(z85.encode(pair.secret.reveal())) == z85.encode(pair.public.public)


def test_an_id_follows_from_the_key():
    """16 hex digits, another for each secret and each suite."""
    ids = {Key.of(SECRET, suite).id.hex() for suite in SUITES} | {Key.of(bytes(32)).id.hex()}

    assert len(ids) == 4
    assert {len(each) for each in ids} == {16}
    assert Key.of(SECRET).id == Key.of(SECRET).id


def test_new_keys_are_all_different():
    """They are the system's random bytes."""
    assert len({Key.new().id for _ in range(100)} | {CurvePair.new().id for _ in range(100)}) == 200


@pytest.mark.parametrize("key", [*(Key.of(SECRET, suite) for suite in SUITES), CurvePair.of(SECRET)])
def test_a_secret_is_shown_by_nothing(key):
    """Not repr, str, format, a container, an encoder, nor a traceback through it."""
    shown = [repr(key), str(key), f"{key}", f"{key!r:>400}", repr([key]), repr(key.secret), f"{key.secret}"]
    shown += traceback.format_exception(ValueError(key))

    assert all(hides(text) for text in shown)
    assert not hides(written(key))
    for encode in (msgspec.json.encode, msgspec.msgpack.encode):
        with pytest.raises(TypeError):
            encode(key)


@settings(deadline=None)
@given(at=st.integers(0, 200), put=st.text(max_size=3))
def test_a_damaged_line_is_refused_without_being_quoted(at, put):
    """Wherever it is damaged, unless it says the same key with other times."""
    line = written(Key.of(SECRET))
    changed = line[:at] + put + line[at + 1 :]
    try:
        outcome = parsed(changed)
    except KeyWrong as error:
        outcome = "".join(traceback.format_exception(error))

    if isinstance(outcome, str):
        assert hides(outcome)
    else:
        assert (outcome.secret, outcome.suite) == (Secret(SECRET), "aes-256-gmac")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda parts: parts[:5], "should be"),
        (lambda parts: ["gnomon-key-2", *parts[1:]], "should be"),
        (lambda parts: [parts[0], "rot13", *parts[2:]], "of a kind"),
        (lambda parts: [*parts[:2], "abc", *parts[3:]], "16 hex digits"),
        (lambda parts: [*parts[:2], parts[2].upper() + "G", *parts[3:]], "16 hex digits"),
        (lambda parts: [*parts[:2], "0" * 16, *parts[3:]], "does not belong to its secret"),
        (lambda parts: [parts[0], "hmac-sha256", *parts[2:]], "does not belong to its secret"),
        (lambda parts: [parts[0], "curve-secret", *parts[2:]], "does not belong to its secret"),
        (lambda parts: [parts[0], "curve-public", *parts[2:]], "does not belong to its bytes"),
        (lambda parts: [*parts[:3], "-1", *parts[4:]], "seconds since 1970"),
        (lambda parts: [*parts[:3], "1" * 13, *parts[4:]], "seconds since 1970"),
        (lambda parts: [*parts[:5], parts[5][:-1]], "damaged"),
        (lambda parts: [*parts[:5], parts[5][:-1] + "="], "damaged"),
        (lambda parts: [*parts[:5], parts[5] + "AA"], "damaged"),
        (lambda parts: [*parts[:5], "é" * 43], "damaged"),
        (lambda parts: [*parts[:5], "!" + parts[5]], "damaged"),
        (lambda parts: ["\x1c" + parts[0], *parts[1:]], "this is no key"),  # what str.strip() would take off
        (lambda parts: [*parts[:5], parts[5] + "\xa0"], "damaged"),
    ],
)  # fmt: skip
def test_a_line_that_is_no_key_is_told_as_what_it_is(change, problem):
    """And never in its own words."""
    with pytest.raises(KeyWrong, match=problem) as caught:
        parsed(".".join(change(written(Key.of(SECRET)).split("."))))

    assert hides(str(caught.value))


@pytest.mark.parametrize("key", [CurvePair.of(SECRET), CurvePair.of(SECRET).public])
def test_a_curve_key_does_not_begin_later(key):
    """A time that would be ignored is refused: who wrote it meant to keep somebody out until then."""
    *parts, until, content = written(key).split(".")

    with pytest.raises(KeyWrong, match=f"{key.id.hex()} has a time to begin at"):
        parsed(".".join([*parts[:-1], "1800000000", until, content]))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Secret(SECRET[:31]),
        lambda: Key.of(b"password"),
        lambda: Key(id=bytes(8), secret=Secret(SECRET)),
        lambda: Key.of(SECRET, "none"),
        lambda: CurvePublic(id=CurvePublic.of(SECRET).id, public=bytes(32)),
        lambda: CurvePublic.of(SECRET[:5]),
        lambda: CurvePair(public=CurvePublic.of(bytes(32)), secret=Secret(SECRET)),
    ],
)
def test_no_key_holds_what_does_not_belong_together(make):
    """However it was made."""
    with pytest.raises(KeyWrong) as caught:
        make()

    assert hides(str(caught.value))


def test_secrets_are_equal_when_their_bytes_are():
    """And never to anything else."""
    assert Secret(SECRET) == Secret(bytearray(SECRET))
    assert Secret(SECRET) != Secret(bytes(32))
    assert Secret(SECRET) != SECRET
    assert len({Secret(SECRET), Secret(SECRET)}) == 1


def test_a_ring_sorts_what_it_is_given():
    """Text with one key a line, or between blanks."""
    key, pair, peer = Key.new(), CurvePair.new(), CurvePair.new().public
    ring = KeyRing.from_text(f"{written(key)}\n{written(pair)}  {written(peer)}\n")

    assert ring == KeyRing(keys=(key,), pair=pair, peers=(peer,))
    assert ring.get(key.id) == key
    assert ring.get(bytes(8)) is None
    assert ring.peer(peer.id) == peer


def test_a_ring_says_which_key_is_missing():
    """By its id, and which ones there are."""
    key, peer = Key.new(), CurvePair.new().public

    with pytest.raises(KeyMissing, match=f"{'0' * 16}.*there are: {peer.id.hex()}"):
        KeyRing(peers=(peer,)).peer(bytes(8))
    with pytest.raises(KeyMissing, match="there is none"):
        KeyRing().sealing(0)
    with pytest.raises(KeyMissing, match=f"in force, there are: {key.id.hex()}"):
        KeyRing(keys=(msgspec.structs.replace(key, seals_from=10),)).sealing(9)
    with pytest.raises(KeyMissing, match="holds no key"):
        KeyRing.from_text(" \n")


def test_a_ring_has_each_key_once_and_one_pair():
    """Two of an id, or two pairs, are a mistake."""
    key, one, two = Key.new(), CurvePair.new(), CurvePair.new()
    for make in (lambda: KeyRing.of([key, key]), lambda: KeyRing.of([one.public] * 2), lambda: KeyRing.of([one, two])):
        with pytest.raises(WireError, match=r"twice|2 CURVE pairs"):
            make()


def test_the_key_that_took_over_last_seals():
    """Those that have ended or not begun don't."""
    keys = [
        msgspec.structs.replace(Key.new(), seals_from=start, accepted_until=end)
        for start, end in ((0, 0), (100, 0), (200, 300), (400, 0))
    ]
    ring = KeyRing(keys=tuple(keys))

    assert [keys.index(ring.sealing(now)) for now in (50, 100, 199, 200, 299.9, 300, 400)] == [0, 1, 1, 2, 2, 1, 3]


def test_peers_end_too():
    """At their time, not before."""
    peer = msgspec.structs.replace(CurvePair.new().public, accepted_until=100)
    ring = KeyRing(peers=(peer,))

    assert ring.accepted_peers(99.9) == (peer,)
    assert ring.accepted_peers(100) == ()
    assert not expired(CurvePair.new().public, 1e12)
