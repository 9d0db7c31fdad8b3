"""Whoever has no key delivers nothing, is counted, and stops nobody."""

import contextlib
import pickle
import socket
import time

import pytest
import zmq

from gnomon.wire.errors import KeyWrong, Timeout
from gnomon.wire.keys import CurvePair, Key, KeyRing
from gnomon.wire.mechanism import derived_pair

FIRED = []
PATTERNS = [
    (zmq.PUSH, zmq.PULL),
    (zmq.PUB, zmq.SUB),
    (zmq.PAIR, zmq.PAIR),
    (zmq.REQ, zmq.REP),
    (zmq.DEALER, zmq.ROUTER),
    (zmq.ROUTER, zmq.DEALER),
]


def fire():
    """What the marker would call: sets a variable, harmlessly."""
    FIRED.append("unpickled")


class Marker:
    """An object whose pickle shows when it is loaded."""

    def __reduce__(self):
        return fire, ()


PICKLE = pickle.dumps(Marker())
JUNK = [[b""], [b"junk"], [PICKLE], [b"", PICKLE], [b"\x01" * 100], [b"G\x01" + bytes(200)], [b"x"] * 50]


def test_the_marker_works():
    """Loading it sets the variable: that it stays unset elsewhere proves something."""
    FIRED.clear()

    pickle.loads(PICKLE)

    assert FIRED.pop() == "unpickled"


def _strangers(thief, kind, endpoint, curve_server):
    """One socket for each way to have no right key."""
    own, wrong = CurvePair.new(), CurvePair.new()
    secret = own.secret.reveal()
    yield thief.client(kind, endpoint)
    yield thief.client(kind, endpoint, greeting=(b"0011223344556677", b"0" * 64))
    yield thief.client(kind, endpoint, greeting=(curve_server[1], b"0" * 64))
    yield thief.client(kind, endpoint, curve=(own.public.public, secret, wrong.public.public))
    # Knows the server's public key, which is no secret.
    yield thief.client(kind, endpoint, curve=(own.public.public, secret, curve_server[0]))


@pytest.mark.parametrize(("sends", "receives"), PATTERNS)
@pytest.mark.parametrize("mode", ["curve", "sealed"])
def test_nothing_of_a_stranger_is_delivered(open_context, thief, ring, mode, sends, receives):
    """Without a key, with a wrong one, with the server's public key alone; the next good message arrives."""
    FIRED.clear()
    server = open_context(mode).socket(receives)
    endpoint = server.bind("tcp://127.0.0.1:*")
    if receives == zmq.SUB:
        server.subscribe("")
    public = derived_pair(ring.keys[0], "server").public.public
    raw = zmq.PUSH if sends == zmq.PUSH else sends
    for stranger in _strangers(thief, raw, endpoint, (public, ring.keys[0].id.hex().encode())):
        for frames in JUNK:
            with contextlib.suppress(zmq.Again, zmq.ZMQError):
                stranger.send_multipart(frames, zmq.NOBLOCK)
    with pytest.raises(Timeout):
        server.recv_obj(timeout_s=1)

    assert server.stats.strangers >= 5
    assert (server.stats.received, server.stats.refused, server.stats.connections) == (0, {}, 0)
    assert FIRED == []
    if receives != zmq.DEALER:
        assert _delivered(open_context(mode).socket(sends), server, endpoint) == "good"


def _delivered(client, server, endpoint):
    client.connect(endpoint)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        client.send_obj("good", timeout_s=10)
        with contextlib.suppress(Timeout):
            return server.recv_obj(timeout_s=0.2)
    return None


@pytest.mark.parametrize("mode", ["curve", "sealed"])
def test_a_server_without_a_key_gets_nothing(open_context, thief, mode):
    """A client sends nothing to somebody who took the server's address: it gets an error instead."""
    server, endpoint = thief.server(zmq.PULL)
    client = open_context(mode).socket(zmq.PUSH)
    client.connect(endpoint)

    with pytest.raises(KeyWrong, match=endpoint):
        client.send_obj("secret", timeout_s=10)

    assert server.poll(200) == 0


@pytest.mark.parametrize("mode", ["curve", "sealed"])
def test_what_is_no_zeromq_is_counted(open_context, mode):
    """Other protocols, and connections that say nothing, don't hold a server up."""
    server = open_context(mode).socket(zmq.PULL)
    endpoint = server.bind("tcp://127.0.0.1:*")
    address = ("127.0.0.1", int(endpoint.rpartition(":")[2]))
    silent = [socket.create_connection(address) for _ in range(5)]
    for text in (b"GET / HTTP/1.1\r\n\r\n", PICKLE, b"\xff" + bytes(8) + b"\x7f\x03", bytes(100)):
        with socket.create_connection(address) as stranger:
            stranger.sendall(text)

    assert _delivered(open_context(mode).socket(zmq.PUSH), server, endpoint) == "good"
    for stranger in silent:
        stranger.close()
    assert server.stats.received == 1


def test_a_key_that_was_taken_off_the_ring_is_a_stranger(open_context):
    """As it is with a key that was never on it."""
    old, new = Key.new(), Key.new()
    server = open_context("sealed", keys=KeyRing(keys=(new,))).socket(zmq.PULL)
    client = open_context("sealed", keys=KeyRing(keys=(old,))).socket(zmq.PUSH)
    client.connect(server.bind("tcp://127.0.0.1:*"))

    with pytest.raises(KeyWrong, match=old.id.hex()):
        client.send_obj(1, timeout_s=10)

    assert server.stats.received == 0
