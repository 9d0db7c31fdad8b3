"""Answers to libzmq's questions: allowed is only who is plainly on the list."""

import pytest

from gnomon.wire.keys import CurvePair
from gnomon.wire.zap import DOMAIN, answer, refusal

KNOWN = b"k" * 32


def _judge(mechanism, credentials):
    return "0123456789abcdef" if mechanism == b"CURVE" and credentials == [KNOWN] else None


def _request(*, version=b"1.0", domain=DOMAIN, mechanism=b"CURVE", credentials=(KNOWN,)):
    return [version, b"7", domain, b"127.0.0.1", b"", mechanism, *credentials]


def test_a_listed_key_is_let_in_under_its_id():
    """The reply repeats the request's number, says 200 and names the key as user."""
    reply = answer(_request(), _judge)

    assert reply == [b"1.0", b"7", b"200", b"OK", b"0123456789abcdef", b""]
    assert refusal(_request(), reply) == ""


@pytest.mark.parametrize(
    "request_",
    [
        _request(version=b"2.0"),
        _request(domain=b""),
        _request(domain=b"another"),
        _request(mechanism=b"NULL", credentials=()),
        _request(mechanism=b"PLAIN", credentials=(KNOWN,)),
        _request(credentials=(b"x" * 32,)),
        _request(credentials=(KNOWN, KNOWN)),
        _request(credentials=()),
        _request()[:5],
        [b"1.0"],
        [],
    ],
)
def test_everything_else_is_refused(request_):
    """Another version, domain, mechanism or key, and what is not whole, gets 400 and no user."""
    reply = answer(request_, _judge)

    assert reply[2] == b"400"
    assert reply[4] == b""


def test_a_refusal_names_the_key_that_was_shown():
    """By the id that `gnomon keys` shows for it, or the one that was claimed."""
    pair = CurvePair.new()
    unknown = _request(credentials=(pair.public.public,))
    plain = _request(mechanism=b"PLAIN", credentials=(b"00ff00ff00ff00ff", b"proof"))
    null = _request(mechanism=b"NULL", credentials=())

    assert f"127.0.0.1 showed public key {pair.id.hex()}" in refusal(unknown, answer(unknown, _judge))
    assert "showed key 00ff00ff00ff00ff" in refusal(plain, answer(plain, _judge))
    assert "showed a key" in refusal(null, answer(null, _judge))
    assert "incomplete" in refusal([b"1.0"], answer([b"1.0"], _judge))
