"""Questions of libzmq's into answers: what is not plainly allowed is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnomon.guard.sockets.zap import DOMAIN, LOCAL_DOMAIN, not_yet, parsed, reply, verdict

KEY = bytes(range(32))


def judge(public):
    """Knows one key."""
    return "known" if public == KEY else None


def request(domain=DOMAIN, mechanism=b"CURVE", credentials=(KEY,), version=b"1.0"):
    """The frames of a question."""
    return [version, b"7", domain, b"10.0.0.1", b"identity", mechanism, *credentials]


@pytest.mark.parametrize(
    ("frames", "user"),
    [
        (request(), "known"),
        (request(DOMAIN + b"/theirs"), "known"),
        (request(credentials=(bytes(32),)), None),
        (request(credentials=(KEY, KEY)), None),
        (request(credentials=()), None),
        (request(mechanism=b"NULL", credentials=()), None),
        (request(mechanism=b"NULL"), None),
        (request(mechanism=b"PLAIN", credentials=(b"known", b"known")), None),
        (request(LOCAL_DOMAIN, b"NULL", ()), ""),
        (request(LOCAL_DOMAIN), None),
    ],
)
def test_listed_keys_and_paths_are_let_in_and_nobody_else(frames, user):
    """Whatever else is shown."""
    assert verdict(parsed(frames), judge) == user


@pytest.mark.parametrize("frames", [[], [b"1.0"], request()[:5], request(version=b"2.0"), request(version=b"")])
def test_what_is_no_question_is_none(frames):
    """Frames are missing, or it is of a version that we don't know."""
    assert parsed(frames) is None


@pytest.mark.parametrize("domain", [b"", b"global", b"gnomon.wire", b"gnomon.guard2", b"gnomon.guard.ipc/x"])
def test_sockets_of_the_programs_own_are_its_authenticators_affair(domain):
    """The question is handed on as it came."""
    asked = request(domain)

    assert not parsed(asked).is_ours
    assert parsed(asked).for_program == asked


def test_where_the_program_had_a_domain_it_is_asked_too():
    """In its own words: the address is all that it knew of the client."""
    asked = parsed(request(DOMAIN + b"/inside"))

    assert asked.is_ours
    assert asked.for_program == [b"1.0", b"7", b"inside", b"10.0.0.1", b"identity", b"NULL"]
    assert parsed(request()).for_program is None
    assert parsed(request(LOCAL_DOMAIN)).for_program is None


def test_answers_carry_the_number_of_the_question():
    """And who it is, if they let in."""
    assert reply(b"7", "known") == [b"1.0", b"7", b"200", b"OK", b"known", b""]
    assert reply(b"7", None)[1:3] == [b"7", b"400"]
    assert not_yet(b"7")[1:3] == [b"7", b"300"]


@given(st.lists(st.binary(max_size=40), max_size=9))
def test_no_question_is_an_error(frames):
    """Any frames are refused or none of ours, unless they show the key."""
    asked = parsed(frames)

    assert asked is None or verdict(asked, judge) is None or KEY in frames or asked.domain == LOCAL_DOMAIN
