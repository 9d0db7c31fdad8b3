"""Requests and answers over TLS, and what is not one: dropped, counted, and the next one is served."""

import asyncio
import contextlib
import logging
import math
import os
import socket
import ssl
import threading
import time
from struct import Struct as Layout

import numpy as np
import pytest
import zmq

from gnomon.wire.asyncio import Context
from gnomon.wire.codec import Codec
from gnomon.wire.errors import KeyWrong, Timeout, WireError
from gnomon.wire.limits import Limits
from gnomon.wire.poller import Poller
from gnomon.wire.tls.client import _connect
from tests.wire.tls.conftest import CLIENT

OPENING = Layout(">QII")
WELCOME = b"GNOMON\x01\x00"
LIMITS = Limits(message_bytes=2_000_000, buffers=10, buffer_bytes=1_000_000, head_bytes=100_000)


def _eventually(true):
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def talk(places):
    """Makes a TLS connection by hand that was let in: `talk(endpoint)`."""
    opened = []

    def made(endpoint):
        context = ssl.create_default_context(cafile=places.authority.ca)
        context.load_cert_chain(places.client)
        context.set_alpn_protocols(["gnomon.wire/1"])
        raw = socket.create_connection(("127.0.0.1", int(endpoint.rpartition(":")[2])))
        raw.settimeout(10)
        opened.append(context.wrap_socket(raw, server_hostname="localhost"))
        assert opened[-1].recv(8) == WELCOME
        return opened[-1]

    yield made
    for each in opened:
        each.close()


def _frames(*frames, number=1):
    head, *others = frames
    lengths = b"".join(len(frame).to_bytes(8, "big") for frame in others)
    return OPENING.pack(number, len(others), len(head)) + lengths + b"".join(frames)


def _serves(ask, endpoint):
    client = ask(endpoint)
    client.send_obj("good", timeout_s=5)
    assert client.recv_obj(timeout_s=5) == ["good", CLIENT]


def test_arrays_both_ways(serve, ask):
    """Empty, small, and larger than what a connection holds."""
    _, endpoint = serve()
    client = ask(endpoint)
    for size in (0, 1, 1000, 100_000, 5_000_000):
        array = np.arange(size, dtype=np.float32)

        client.send_obj([array, array], timeout_s=10)
        one, other = client.recv_obj(timeout_s=10)[0]

        assert (one == array).all()
        assert (other == array).all()


@pytest.mark.parametrize("copy", [True, False])
def test_an_answer_is_sent_while_the_server_goes_on(places, open_context, ask, copy):
    """With a copy, it is as it was, whatever the server does to the array next."""
    server = open_context(places.serving()).socket(zmq.REP)
    client = ask(server.bind("tls://127.0.0.1:*"))
    array = np.zeros(10_000_000)
    threading.Thread(target=client.send_obj, args=(1,), kwargs={"timeout_s": 10}).start()
    assert server.recv_obj(timeout_s=10) == 1

    server.send_obj(array, copy=copy)
    if copy:
        array[:] = 1
    received = []
    reading = threading.Thread(target=lambda: received.append(client.recv_obj(timeout_s=20)))
    reading.start()
    with pytest.raises(Timeout):
        server.recv_obj(timeout_s=1)
    reading.join(20)

    assert not received[0].any()


BAD = [
    (OPENING.pack(1, 0, 100_001), "too-large"),
    (OPENING.pack(1, 0, 2**32 - 1), "too-large"),
    (OPENING.pack(1, 11, 1), "too-many-buffers"),
    (OPENING.pack(1, 2**32 - 1, 1), "too-many-buffers"),
    (OPENING.pack(1, 1, 1) + (1_000_001).to_bytes(8, "big"), "too-large"),
    (OPENING.pack(1, 1, 1) + (2**64 - 1).to_bytes(8, "big"), "too-large"),
    (OPENING.pack(1, 3, 1) + (1_000_000).to_bytes(8, "big") * 3, "too-large"),
    (_frames(b""), "truncated"),
    (_frames(b"\x80\x04K\x01."), "version"),
    (_frames(b"\x01" * 100, b"x"), "unknown-type"),
    (_frames(Codec().encode({"a": 1})[0][:-1]), "truncated"),
    (_frames(Codec().encode({"a": 1})[0], b"one too many"), "bad-buffer"),
]


@pytest.mark.parametrize(("sent", "reason"), BAD)
def test_what_breaks_the_limits_or_the_format_ends_its_connection(serve, ask, talk, sent, reason):
    """It is counted and called out; nothing is allocated for it, and others are served."""
    refused = []
    server, endpoint = serve(codec=Codec(limits=LIMITS), on_refused=refused.append)
    stranger = talk(endpoint)

    stranger.sendall(sent)

    assert stranger.recv(100) == b""
    _eventually(lambda: server.stats.refused == {reason: 1})
    assert [each.reason for each in refused] == [reason]
    _serves(ask, endpoint)


@pytest.mark.parametrize("cut", [1, 15, 16, 20, 30])
def test_a_peer_that_dies_within_a_message(serve, ask, talk, cut):
    """At any place: it is counted as truncated, and that is all."""
    server, endpoint = serve()
    stranger = talk(endpoint)
    stranger.sendall(_frames(bytes(8), bytes(8))[:cut])
    stranger.shutdown(socket.SHUT_RDWR)

    _eventually(lambda: server.stats.refused == {"truncated": 1})
    _serves(ask, endpoint)


def test_a_peer_that_sends_a_message_too_slowly(serve, ask, places, talk):
    """A byte now and then keeps nothing open; others are served meanwhile."""
    server, endpoint = serve(places.serving(message_s=0.5))
    stranger = talk(endpoint)
    began = time.monotonic()
    stranger.sendall(OPENING.pack(1, 0, 90_000))
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        while not server.stats.refused:
            stranger.sendall(b"\0")
            _serves(ask, endpoint)
            assert time.monotonic() - began < 10

    _eventually(lambda: server.stats.refused == {"truncated": 1})


def test_handshakes_that_never_end(serve, ask, places):
    """They are given handshake_s; with more than a few of them, the oldest goes first."""
    server, endpoint = serve(handshake_s=30)
    address = ("127.0.0.1", int(endpoint.rpartition(":")[2]))
    silent = [socket.create_connection(address) for _ in range(70)]

    _serves(ask, endpoint)
    _eventually(lambda: server.stats.strangers >= 6)

    for each in silent:
        each.close()


def test_a_handshake_has_its_time(serve, caplog):
    """Who says nothing is turned away after it."""
    server, endpoint = serve(handshake_s=0.3)
    with socket.create_connection(("127.0.0.1", int(endpoint.rpartition(":")[2]))) as silent:
        silent.settimeout(10)
        assert silent.recv(1) == b""

    assert server.stats.strangers == 1
    assert "did not answer in time" in caplog.text


def test_an_answer_that_is_not_taken(serve, ask, places, talk):
    """Has its time too; the server goes on meanwhile."""
    server, endpoint = serve(places.serving(message_s=1))
    stranger = talk(endpoint)
    stranger.sendall(_frames(*Codec().encode("x" * 15_000_000)))

    _eventually(lambda: server.stats.received == 1)
    _serves(ask, endpoint)
    _eventually(lambda: server.stats.undeliverable == 1)


def test_as_many_connections_as_there_is_room_for(serve, ask, places, talk):
    """One more waits until another one ends, and says why."""
    server, endpoint = serve(places.serving(connections=2))
    first, _ = talk(endpoint), talk(endpoint)
    client = ask(endpoint)
    with pytest.raises(Timeout, match="all its connections are in use"):
        client.send_obj(1, timeout_s=1)

    first.close()

    client.send_obj(1, timeout_s=10)
    assert client.recv_obj(timeout_s=5) == [1, CLIENT]
    assert server.stats.strangers == 0


def test_many_clients_at_once(serve, ask):
    """Each gets its own answers."""
    server, endpoint = serve()
    problems = []

    def run(number):
        client = ask(endpoint)
        for count in range(20):
            client.send_obj([number, count], timeout_s=30)
            if client.recv_obj(timeout_s=30) != [[number, count], CLIENT]:
                problems.append(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert problems == []
    assert (server.stats.received, server.stats.connections) == (400, 20)


def test_clients_are_let_in_while_the_server_computes(places, open_context, ask):
    """Though nobody is in a call: a client learns of its certificate at once, not when the server has time."""
    server = open_context(places.serving()).socket(zmq.REP)
    endpoint = server.bind("tls://127.0.0.1:*")

    client = ask(endpoint)
    client.send_obj(1, timeout_s=5)

    _eventually(lambda: server.stats.connections == 1)
    assert server.recv_obj(timeout_s=5) == 1


def test_a_request_after_a_timeout(places, open_context, ask):
    """The late answer is never taken for the next one's: its connection is gone."""
    server = open_context(places.serving()).socket(zmq.REP)
    client = ask(server.bind("tls://127.0.0.1:*"))
    client.send_obj(1, timeout_s=5)
    assert server.recv_obj(timeout_s=5) == 1
    with pytest.raises(Timeout, match="nothing was received within"):
        client.recv_obj(timeout_s=0.1)

    server.send_obj(-1)
    client.send_obj(2, timeout_s=5)
    assert server.recv_obj(timeout_s=5) == 2
    server.send_obj(-2)

    assert client.recv_obj(timeout_s=5) == -2


def test_a_request_that_is_not_answered(places, open_context, ask):
    """The server receives the next one: the first client may ask again."""
    server = open_context(places.serving()).socket(zmq.REP)
    endpoint = server.bind("tls://127.0.0.1:*")
    first, second = ask(endpoint), ask(endpoint)
    for number, client in enumerate((first, second)):
        client.send_obj(number, timeout_s=5)
        assert server.recv_obj(timeout_s=5) == number
    server.send_obj("to the second")
    assert second.recv_obj(timeout_s=5) == "to the second"

    with pytest.raises(Timeout):
        first.recv_obj(timeout_s=0.1)
    first.send_obj(3, timeout_s=5)
    assert server.recv_obj(timeout_s=5) == 3


def test_a_server_that_dies_before_it_answers(places, open_context, ask):
    """The client is told at once, without a bound on its wait; a server at the same place is asked next."""
    context = open_context(places.serving())
    server = context.socket(zmq.REP)
    endpoint = server.bind("tls://127.0.0.1:*")
    client = ask(endpoint)
    client.send_obj(1, timeout_s=5)
    assert server.recv_obj(timeout_s=5) == 1

    server.close()

    with pytest.raises(Timeout, match=f"no answer from {endpoint}: it ended the connection"):
        client.recv_obj()
    again = context.socket(zmq.REP)
    again.bind(endpoint)
    client.send_obj(2, timeout_s=5)
    assert again.recv_obj(timeout_s=5) == 2


def test_a_server_that_dies_while_its_client_waits(places, open_context, ask):
    """The client is told at once."""
    server = open_context(places.serving()).socket(zmq.REP)
    client = ask(server.bind("tls://127.0.0.1:*"))
    client.send_obj(1, timeout_s=5)
    assert server.recv_obj(timeout_s=5) == 1
    closing = threading.Timer(0.05, server.close)
    closing.start()

    with pytest.raises(Timeout, match="it ended the connection"):
        client.recv_obj()
    closing.join()


def test_a_server_that_was_started_again_between_two_requests(places, open_context, ask):
    """Is not noticed by the client."""
    context = open_context(places.serving())
    server = context.socket(zmq.REP)
    endpoint = server.bind("tls://127.0.0.1:*")
    client = ask(endpoint)
    for number in range(3):
        client.send_obj(number, timeout_s=5)
        assert server.recv_obj(timeout_s=5) == number
        server.send_obj(number)
        assert client.recv_obj(timeout_s=5) == number
        server.close()
        server = context.socket(zmq.REP)
        server.bind(endpoint)

    assert client.stats.connections == 3


def test_a_connection_that_is_not_used_is_made_anew(serve, ask, places):
    """By whoever is first: the client after half of the time, or the server."""
    server, endpoint = serve(places.serving(idle_s=0.3))
    patient = ask(endpoint)
    for number in range(2):
        patient.send_obj(number, timeout_s=5)
        assert patient.recv_obj(timeout_s=5) == [number, CLIENT]
        _eventually(lambda number=number: server.stats.disconnections == number + 1)

    hasty = ask(endpoint, places.asking(idle_s=0.1))
    hasty.send_obj(1, timeout_s=5)
    assert hasty.recv_obj(timeout_s=5) == [1, CLIENT]
    threading.Event().wait(0.06)
    hasty.send_obj(2, timeout_s=5)
    assert hasty.recv_obj(timeout_s=5) == [2, CLIENT]
    assert hasty.stats.connections == 2


def test_each_end_says_what_it_can_t_do(places, open_context):
    """In step, one place to connect to, and only what means something over TLS."""
    server, client = open_context(places.serving()).socket(zmq.REP), open_context(places.asking()).socket(zmq.REQ)
    for wrong in (
        lambda: client.send_obj(1),
        server.recv_obj,
        lambda: client.bind("tls://127.0.0.1:*"),
        lambda: server.connect("tls://127.0.0.1:1"),
        lambda: client.connect("tcp://127.0.0.1:1"),
        lambda: client.connect("tls://127.0.0.1:*"),
        lambda: client.connect("tls://127.0.0.1"),
        lambda: client.connect("tls://:1"),
        lambda: client.connect("tls://a:x1"),
        lambda: server.bind("tls://a:65536"),
        lambda: server.bind("tls://127.0.0.9999:1"),
        lambda: server.bind("tls://192.0.2.1:1"),
        lambda: client.setsockopt(zmq.SNDHWM, 1),
        lambda: client.getsockopt(zmq.SNDHWM),
        lambda: client.subscribe(""),
        lambda: server.send_obj(1),
    ):
        with pytest.raises(WireError):
            wrong()
    client.connect("tls://127.0.0.1:1")
    with pytest.raises(WireError, match="this socket connects to"):
        client.connect("tls://127.0.0.1:2")
    with pytest.raises(WireError, match="asks before it receives"):
        client.recv_obj()


def test_options(places, open_context):
    """Times as pyzmq has them, and how long closing waits."""
    server = open_context(places.serving()).socket(zmq.REP)
    server.bind("tls://127.0.0.1:*")
    server.setsockopt(zmq.RCVTIMEO, 20)
    server.setsockopt(zmq.LINGER, 0)
    assert (server.linger, server.rcvtimeo, server.sndtimeo) == (0, 20, -1)
    with pytest.raises(Timeout):
        server.recv_obj()
    client = open_context(places.asking()).socket(zmq.REQ)
    client.connect("tls://127.0.0.1:1")
    client.setsockopt(zmq.SNDTIMEO, 20)
    with pytest.raises(Timeout):
        client.send_pyobj(1)


def test_polling(places, open_context, ask):
    """POLLIN for a message that was accepted, POLLOUT for whoever's turn it is."""
    server = open_context(places.serving()).socket(zmq.REP)
    client = ask(server.bind("tls://127.0.0.1:*"))
    assert (server.poll(0), server.poll(0, zmq.POLLOUT), client.poll(0)) == (0, 0, 0)

    assert client.poll(5000, zmq.POLLOUT) == zmq.POLLOUT
    client.send_obj(1, timeout_s=5)
    assert client.poll(0, zmq.POLLOUT) == 0
    assert server.poll(5000, zmq.POLLIN | zmq.POLLOUT) & zmq.POLLIN
    assert server.recv_obj(timeout_s=0) == 1
    assert server.poll(0, zmq.POLLIN | zmq.POLLOUT) == zmq.POLLOUT
    server.send_obj(2)

    assert client.poll(5000) == zmq.POLLIN
    assert client.recv_obj(timeout_s=0) == 2


def test_several_sockets_are_waited_for_at_once(places, open_context, ask):
    """By the Poller that the other modes' sockets have."""
    server = open_context(places.serving()).socket(zmq.REP)
    client, unused = ask(server.bind("tls://127.0.0.1:*")), open_context(places.asking()).socket(zmq.REQ)
    poller = Poller()
    poller.register(server, zmq.POLLIN)
    poller.register(client, zmq.POLLIN)
    poller.register(unused, zmq.POLLIN)
    assert poller.poll(0) == []
    client.send_obj(1, timeout_s=5)

    assert poller.poll(5000) == [(server, zmq.POLLIN)]
    assert server.recv_obj(timeout_s=0) == 1
    server.send_obj(2)

    assert poller.poll(5000) == [(client, zmq.POLLIN)]
    assert client.recv_obj(timeout_s=0) == 2
    poller.register(client, zmq.POLLOUT)
    assert poller.poll(0) == [(client, zmq.POLLOUT)]
    client.enlist(zmq.Poller(), zmq.POLLOUT)
    for each in (server, client, unused):
        each.enlist(zmq.Poller(), zmq.POLLIN)  # as above, where nothing had come yet: that is a matter of luck


def test_several_places_and_ipv6(places, open_context, ask):
    """A server may bind more than one."""
    server = open_context(places.serving()).socket(zmq.REP)
    endpoints = [server.bind("tls://*:*").replace("0.0.0.0", "127.0.0.1"), server.bind("tls://[::1]:0")]
    for number, endpoint in enumerate(endpoints):
        client = ask(endpoint, server="localhost")
        client.send_obj(number, timeout_s=5)
        assert server.recv_obj(timeout_s=5) == number
        server.send_obj(number)
        assert client.recv_obj(timeout_s=5) == number


def test_closing_wakes_who_waits(places, open_context):
    """In either end, with an error; within a second."""
    contexts = [open_context(places.serving()), open_context(places.asking())]
    server, client = contexts[0].socket(zmq.REP), contexts[1].socket(zmq.REQ)
    client.connect(server.bind("tls://127.0.0.1:*"))
    client.send_obj(1, timeout_s=5)
    assert server.recv_obj(timeout_s=5) == 1
    told = []

    def wait(socket):
        try:
            socket.recv_obj()
        except WireError as error:
            told.append(str(error))

    threads = [threading.Thread(target=wait, args=(socket,)) for socket in (server, client)]
    for thread in threads:
        thread.start()
    _eventually(lambda: server._waiting and client._waiting)

    for context in reversed(contexts):
        context.close()

    for thread in threads:
        thread.join(5)
    assert told == ["the context was closed"] * 2
    assert server.closed
    with pytest.raises(WireError, match="closed"):
        contexts[0].socket(zmq.REP)


def test_closing_delivers_what_is_under_way(places, open_context, ask):
    """For as long as linger says."""
    server = open_context(places.serving()).socket(zmq.REP)
    client = ask(server.bind("tls://127.0.0.1:*"))
    client.send_obj(1, timeout_s=5)
    assert server.recv_obj(timeout_s=5) == 1
    received = []
    reading = threading.Thread(target=lambda: received.append(client.recv_obj(timeout_s=20)))
    server.send_obj(np.ones(5_000_000))
    reading.start()

    server.close(linger=10_000)

    reading.join(20)
    assert received[0].all()


def test_a_socket_that_is_forgotten_is_closed(places, open_context):
    """Its port is free again, and its thread ends."""
    import gc

    context = open_context(places.serving())
    server = context.socket(zmq.REP)
    endpoint = server.bind("tls://127.0.0.1:*")
    del server
    gc.collect()

    context.socket(zmq.REP).bind(endpoint)


@pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")
def test_a_forked_child_does_not_use_its_parent_s_sockets(serve, ask, places, open_context):
    """Each use is an error; its end disturbs the parent not at all."""
    server, endpoint = serve()
    client = ask(endpoint)
    client.send_obj(1, timeout_s=5)
    assert client.recv_obj(timeout_s=5) == [1, CLIENT]
    reading, writing = os.pipe()

    child = os.fork()
    if child == 0:
        told = []
        for use in (lambda: client.send_obj(1), client.recv_obj, server.recv_obj, server.poll):
            try:
                use()
            except WireError as error:
                told.append("before fork" in str(error))
        client.close()
        server.close()
        os.write(writing, repr(told).encode())
        os._exit(0)
    _, status = os.waitpid(child, 0)

    assert (status, os.read(reading, 100)) == (0, b"[True, True, True, True]")
    os.close(reading)
    os.close(writing)
    client.send_obj(2, timeout_s=5)
    assert client.recv_obj(timeout_s=5) == [2, CLIENT]
    assert (client.stats.connections, server.stats.connections) == (1, 1)


def test_no_room_for_connections(serve, ask, monkeypatch, caplog):
    """A system without descriptors is told and tried again, not asked without a pause."""
    _, endpoint = serve()
    real, problems = socket.socket.accept, [OSError(24, "Too many open files"), BlockingIOError(11, "gone again")]

    def accept(self):
        if problems:
            raise problems.pop()
        return real(self)

    monkeypatch.setattr(socket.socket, "accept", accept)

    _serves(ask, endpoint)
    assert "no connection can be accepted: Too many open files" in caplog.text


def test_whatever_goes_wrong_with_a_connection_the_others_are_served(serve, ask, monkeypatch, caplog):
    """It is dropped and told."""
    _, endpoint = serve()
    real, problems = ssl.cert_time_to_seconds, [RuntimeError("nobody thought of that")]

    def seconds(text):
        if problems:
            raise problems.pop()
        return real(text)

    monkeypatch.setattr(ssl, "cert_time_to_seconds", seconds)

    with pytest.raises(Timeout):
        _serves(ask, endpoint)
    _serves(ask, endpoint)
    assert "was dropped: RuntimeError: nobody thought of that" in caplog.text


def test_a_frame_for_which_there_is_no_memory(serve, ask, talk, monkeypatch):
    """Is too large."""
    server, endpoint = serve()
    stranger = talk(endpoint)

    def full(*_):
        raise OSError(12, "Cannot allocate memory")

    with monkeypatch.context() as patched:
        patched.setattr("mmap.mmap", full)
        stranger.sendall(OPENING.pack(1, 0, 10_000_000))
        _eventually(lambda: server.stats.refused == {"too-large": 1})

    _serves(ask, endpoint)


@pytest.fixture
def half(places):
    """Servers that let clients in and then do as they are told: `half(act)` is (endpoint, connections that came)."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=places.authority.ca)
    context.load_cert_chain(places.server)
    context.set_alpn_protocols(["gnomon.wire/1"])
    with contextlib.ExitStack() as stack:

        def made(act):
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            listener.settimeout(0.05)
            came, ended = [], threading.Event()

            def serve():
                while not ended.is_set():
                    with contextlib.suppress(OSError):
                        raw, _ = listener.accept()
                        raw.settimeout(10)
                        with context.wrap_socket(raw, server_side=True) as server:
                            came.append(server)
                            act(server)

            thread = threading.Thread(target=serve, daemon=True)
            thread.start()
            stack.callback(thread.join, 20)
            stack.callback(ended.set)
            return f"tls://127.0.0.1:{listener.getsockname()[1]}", came

        yield made


def test_a_request_that_can_not_be_sent_whole(ask, half):
    """It is sent once more on a new connection, since nobody has all of it; then the client is told."""

    def act(server):
        server.sendall(WELCOME)
        server.recv(16)

    endpoint, came = half(act)
    with pytest.raises(Timeout, match="it ended the connection"):
        ask(endpoint).send_obj(np.zeros(10_000_000), timeout_s=10)

    assert len(came) == 2


def test_a_request_that_is_not_taken_in_its_time(ask, places, half):
    """Is not sent again."""
    ended = threading.Event()

    def act(server):
        server.sendall(WELCOME)
        ended.wait(20)

    endpoint, came = half(act)
    with pytest.raises(Timeout, match="it did not answer in time"):
        ask(endpoint, places.asking(message_s=0.3)).send_obj(np.zeros(10_000_000), timeout_s=20)
    ended.set()

    assert len(came) == 1


def _answers(make):
    """Acts as a server that answers with what `make` makes of the request's number."""

    def act(server):
        server.sendall(WELCOME)
        head = b""
        while len(head) < OPENING.size:
            head += server.recv(OPENING.size - len(head))
        number, _, size = OPENING.unpack(head)
        while size:
            size -= len(server.recv(size))
        server.sendall(make(number))

    return act


GOOD = Codec().encode("good")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda number: _frames(b"\x80\x04K\x01.", number=number), "version"),
        (lambda number: OPENING.pack(number, 0, 2**32 - 1), "too-large"),
        (lambda number: _frames(*GOOD, number=number + 1), "wrong-context"),
        (lambda number: _frames(*GOOD, number=number)[:-1], "truncated"),
        (lambda _: b"", ""),
    ],
)
def test_an_answer_that_can_t_be_read(ask, half, make, reason):
    """Of another format, too large, to another request, cut off, or none: the client is told that none will come."""
    client = ask(half(_answers(make))[0])
    client.send_obj(1, timeout_s=10)

    with pytest.raises(Timeout, match="there will be no answer"):
        client.recv_obj()
    assert client.stats.refused == ({reason: 1} if reason else {})


def test_a_server_of_another_version(ask, half):
    """Is an error, not a wait."""
    with pytest.raises(KeyWrong, match="another version"):
        ask(half(lambda server: server.sendall(b"GNOMON\x02\x00"))[0]).send_obj(1, timeout_s=10)


def test_a_connection_that_breaks_while_nobody_asks(ask, half):
    """Is left for a new one."""
    client = ask(half(_answers(lambda number: _frames(*GOOD, number=number)))[0])
    for _ in range(2):
        client.send_obj(1, timeout_s=10)
        assert client.recv_obj(timeout_s=10) == "good"

    assert client.stats.connections == 2


def test_a_host_that_does_not_answer(ask):
    """Connecting has its time too."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, contextlib.ExitStack() as stack:
        for _ in range(3):  # as many as it takes until the system lets the next one wait
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        client = ask(f"tls://127.0.0.1:{listener.getsockname()[1]}", handshake_s=0.6)
        with pytest.raises(Timeout, match="it did not answer in time"):
            client.send_obj(1, timeout_s=1)


def test_a_name_that_takes_too_long_to_look_up(ask, monkeypatch):
    """The user's time is kept, though looking up can't be broken off."""
    real, ended = socket.getaddrinfo, threading.Event()

    def slow(host, port, **options):
        if host == "slow.example" and not options["flags"]:
            ended.wait(20)
        return real(host, port, **options)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    client = ask("tls://slow.example:1", handshake_s=0.6)

    with pytest.raises(Timeout, match="it did not answer in time"):
        client.send_obj(1, timeout_s=1)
    ended.set()


def test_a_connection_to_oneself_is_none():
    """TCP makes one where nobody listens at a port that is given to us."""
    with socket.socket() as raw:
        raw.bind(("127.0.0.1", 0))
        with pytest.raises(ConnectionRefusedError):
            list(_connect(raw, raw.getsockname(), math.inf))


@pytest.mark.parametrize("name", ["a" * 70, ".example", ""])
def test_a_name_that_can_t_be_one(ask, name):
    """Is an error that says so."""
    with pytest.raises(WireError, match="can't be the name of a host"):
        ask("tls://127.0.0.1:1", server=name)


def test_sockets_that_are_disowned(places, open_context):
    """As in a forked child: used no more, and nothing is said to the other end."""
    server = open_context(places.serving(), made=Context).socket(zmq.REP)
    client = open_context(places.asking(), made=Context).socket(zmq.REQ)
    unused = open_context(places.asking(), made=Context).socket(zmq.REQ)
    unused.connect("tls://127.0.0.1:1")

    async def run():
        client.connect(server.bind("tls://127.0.0.1:*"))
        await client.send_obj(1, timeout_s=5)
        assert await server.recv_obj(timeout_s=5) == 1
        for each in (client, server, unused):
            each.disown()
            each.close()
            with pytest.raises(WireError, match="before fork"):
                await each.recv_obj()

    asyncio.run(run())


def test_a_socket_that_is_forgotten_by_its_own_thread(places, open_context):
    """Such as by a handler of its log: the thread ends it."""
    context = open_context(places.serving())
    held = [context.socket(zmq.REP)]
    endpoint = held[0].bind("tls://127.0.0.1:*")

    class Handler(logging.Handler):
        def emit(self, record):
            held.clear()

    handler = Handler()
    logging.getLogger("gnomon.wire").addHandler(handler)
    with _raw(endpoint) as stranger:
        stranger.sendall(b"junk, not TLS")
        _eventually(lambda: not held)
    logging.getLogger("gnomon.wire").removeHandler(handler)

    _eventually(lambda: _free(context, endpoint))


def _free(context, endpoint):
    try:
        context.socket(zmq.REP).bind(endpoint)
    except WireError:
        return False
    return True


def _raw(endpoint):
    return socket.create_connection(("127.0.0.1", int(endpoint.rpartition(":")[2])))


def test_clients_that_are_gone_before_they_are_accepted(places, open_context, ask):
    """Are nobody's trouble."""
    server = open_context(places.serving(), made=Context).socket(zmq.REP)
    endpoint = server.bind("tls://127.0.0.1:*")
    for _ in range(5):
        with _raw(endpoint) as raw:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, Layout("ii").pack(1, 0))

    async def run():
        with pytest.raises(Timeout):
            await server.recv_obj(timeout_s=0.1)

    asyncio.run(run())
    assert server.stats.connections == 0
