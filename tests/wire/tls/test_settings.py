"""What can't be meant is an error where it is written."""

import pytest
import zmq

from gnomon.wire.asyncio import Context as AsyncContext
from gnomon.wire.context import Context
from gnomon.wire.errors import KeyMissing, WireError
from gnomon.wire.keys import Key, KeyRing
from gnomon.wire.tls.settings import Tls


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"clients": "a.example"}, TypeError, "tuple"),
        ({"clients": ("*", "a.example")}, ValueError, "let everybody in"),
        ({"clients": ("*.example",)}, ValueError, "in full"),
        ({"connections": 0}, ValueError, "connections"),
        ({"message_s": 0}, ValueError, "message_s"),
        ({"idle_s": -1}, ValueError, "idle_s"),
    ],
)
def test_settings_are_checked(options, error, words):
    """By name."""
    with pytest.raises(error, match=words):
        Tls(certificate="a", ca="b", **options)


def test_a_context_needs_its_settings():
    """Certificates and no keys for mode tls, and for no other one."""
    tls = Tls(certificate="a", ca="b")
    with pytest.raises(KeyMissing, match="needs certificates"):
        Context(mode="tls")
    with pytest.raises(WireError, match="no keys"):
        Context(mode="tls", tls=tls, keys=KeyRing(keys=(Key.new(),)))
    with pytest.raises(WireError, match="not for 'curve'"):
        Context(mode="curve", tls=tls, keys=KeyRing(keys=(Key.new(),)))


def test_endpoints_of_other_modes_are_told_apart():
    """In mode curve, tls:// is told to be another mode's."""
    with Context(keys=KeyRing(keys=(Key.new(),))) as context, pytest.raises(WireError, match="is for mode 'tls'"):
        context.socket(zmq.REQ).connect("tls://127.0.0.1:1")


def test_an_unknown_kind_of_socket():
    """Is an error as in other modes."""
    tls = Tls(certificate="a", ca="b")
    with Context(mode="tls", tls=tls) as context, pytest.raises(WireError, match="for 99 use"):
        context.socket(99)


@pytest.mark.parametrize("made", [Context, AsyncContext])
def test_nothing_public_leads_to_a_socket_of_libzmq_s(made):
    """Which there is none of: what the other modes' sockets do with theirs is done by methods of its own."""
    with made(mode="tls", tls=Tls(certificate="a", ca="b")) as context:
        of = type(context.socket(zmq.REQ))
    waiting = [name for name in dir(of) if not name.startswith("_")]
    assert len(waiting) > 10

    seen, used = set(), set()
    while waiting:
        name = waiting.pop()
        found = getattr(of, name, None)
        code = getattr(getattr(found, "fget", found), "__code__", None)
        if code is not None and name not in seen:
            seen.add(name)
            used |= {(name, each) for each in code.co_names if each in {"_raw", "_send", "_receive"}}
            waiting += code.co_names

    assert used == set()
