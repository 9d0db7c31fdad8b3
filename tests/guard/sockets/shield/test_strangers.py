"""Who has no key on the list gets nothing through to a shielded server, which goes on serving those who have."""

import contextlib
import socket

import zmq
from zmq.utils.monitor import recv_monitor_message

from gnomon.wire.key_files import ring_from_folder, save_key
from tests.guard.sockets.shield.programs import DEADLINE_S

SERVER = """
import zmq
with zmq.Context() as context, context.socket(zmq.PULL) as socket:
    print(socket.bind_to_random_port("tcp://127.0.0.1"))
    print(socket.recv())
"""
STEADY = """
import zmq
with zmq.Context() as context, context.socket(zmq.PULL) as socket:
    print(socket.bind_to_random_port("tcp://127.0.0.1"))
    while socket.recv() != b"from the list":
        pass
"""
SENDER = """
import sys, zmq
with zmq.Context() as context, context.socket(zmq.PUSH) as socket:
    socket.connect("tcp://127.0.0.1:" + sys.argv[1])
    socket.send(b"from the list")
"""
REFUSED = """
import sys, zmq
from zmq.utils.monitor import recv_monitor_message
context = zmq.Context()
socket = context.socket(zmq.PUSH)
socket.linger = 0
failed = zmq.EVENT_HANDSHAKE_FAILED_AUTH | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
monitor = socket.get_monitor_socket(failed | zmq.EVENT_DISCONNECTED | zmq.EVENT_HANDSHAKE_SUCCEEDED)
socket.connect("tcp://127.0.0.1:" + sys.argv[1])
socket.send(b"from a stranger")
assert monitor.poll(20_000)
print(recv_monitor_message(monitor)["event"] == zmq.EVENT_HANDSHAKE_SUCCEEDED)
socket.disable_monitor()
context.destroy()
"""


@contextlib.contextmanager
def attempt(port, options=()):
    """A message on its way from plain pyzmq, after its handshake has ended, with whether that succeeded."""
    context = zmq.Context()
    with context.socket(zmq.PUSH) as sender:
        sender.linger = 0
        for option, value in options:
            sender.set(option, value)
        monitor = sender.get_monitor_socket()
        sender.connect(f"tcp://127.0.0.1:{port}")
        sender.send(b"from a stranger")
        while True:
            assert monitor.poll(DEADLINE_S * 1000)
            event = zmq.Event(recv_monitor_message(monitor)["event"])
            if "HANDSHAKE" in event.name or event is zmq.EVENT_DISCONNECTED:
                break
        yield event is zmq.EVENT_HANDSHAKE_SUCCEEDED
        sender.disable_monitor()
        monitor.close()
    context.term()


def test_plain_clients_get_nothing_through(stage, keys):
    """Their messages never arrive; the first that does is from somebody on the list."""
    server = stage.start(SERVER, keys=keys)
    port = server.line()
    with attempt(port) as succeeded:
        stage.start(SENDER, port, keys=keys).output()

        assert not succeeded
        assert server.output() == "b'from the list'\n"


def test_who_knows_the_servers_public_key_and_is_not_listed_is_refused(stage, pairs):
    """With an event that says who, and which key."""
    server = stage.start(SERVER, keys=pairs["server"])
    port = server.line()

    assert stage.start(REFUSED, port, keys=pairs["stranger"]).output() == "False\n"
    stage.start(SENDER, port, keys=pairs["client"]).output()
    assert server.output() == "b'from the list'\n"
    assert server.event("shield-refused") == {
        "event": "shield-refused",
        "peer": "127.0.0.1",
        "key": pairs["ids"]["stranger"],
    }


def test_another_shared_key_is_refused(stage, keys, other_keys):
    """It has another server in mind, so that the handshake does not come to the question of who it is."""
    server = stage.start(SERVER, keys=keys)
    port = server.line()

    assert stage.start(REFUSED, port, keys=other_keys).output() == "False\n"
    stage.start(SENDER, port, keys=keys).output()
    assert server.output() == "b'from the list'\n"


def test_the_secret_of_one_client_is_no_key_to_another_server(stage, pairs, keys):
    """Nor does a client that insists on one server's public key talk to another."""
    server = stage.start(SERVER, keys=keys)
    port = server.line()

    assert stage.start(REFUSED, port, keys=pairs["client"]).output() == "False\n"
    stage.start(SENDER, port, keys=keys).output()
    assert server.output() == "b'from the list'\n"


def test_nothing_leaves_in_clear_for_a_server_without_keys(stage, keys):
    """A shielded client says that it wants CURVE, and nothing but that, to a server that knows no keys."""
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(DEADLINE_S)
        client = stage.start(SENDER, listener.getsockname()[1], keys=keys)
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(DEADLINE_S)
            # A greeting of ZMTP 3.1 with mechanism NULL: https://rfc.zeromq.org/spec/37/
            connection.sendall(b"\xff" + bytes(8) + b"\x7f\x03\x01")
            while sum(map(len, heard)) < 64:
                heard.append(connection.recv(65_536))
                assert heard[-1]
            connection.sendall(b"NULL" + bytes(16 + 32))
            while chunk := connection.recv(65_536):
                heard.append(chunk)
        client.end()

    assert b"CURVE" in b"".join(heard)
    assert b"from the list" not in b"".join(heard)
    assert len(b"".join(heard)) == 64


def test_a_plain_server_gets_nothing_from_a_shielded_client(stage, keys):
    """Real pyzmq without keys: no handshake succeeds, and no message comes."""
    context = zmq.Context()
    with context.socket(zmq.PULL) as server:
        port = server.bind_to_random_port("tcp://127.0.0.1")
        stranger = stage.start(REFUSED, port, keys=keys)

        assert stranger.output() == "False\n"
        assert server.poll(0) == 0
    context.term()


def test_noise_on_the_port_does_not_stop_the_server(stage, keys):
    """Bytes that are no handshake, halves of one, and connections that say nothing."""
    server = stage.start(SERVER, keys=keys)
    port = int(server.line())
    with contextlib.ExitStack() as silent:
        for noise in (b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 300, b"\xff" + bytes(8) + b"\x7f\x03\x01CURVE", b""):
            connection = silent.enter_context(socket.create_connection(("127.0.0.1", port)))
            connection.sendall(noise)
        stage.start(SENDER, port, keys=keys).output()

        assert server.output() == "b'from the list'\n"


def test_keys_that_come_into_the_folder_are_found_when_they_are_shown(stage, pairs):
    """A server's list is read again when a key is not on it, so that a new client needs no restart."""
    server = stage.start(STEADY, keys=pairs["server"])
    port = server.line()
    assert stage.start(REFUSED, port, keys=pairs["stranger"]).output() == "False\n"
    save_key(ring_from_folder(pairs["stranger"]).pair.public, pairs["server"])
    while stage.start(REFUSED, port, keys=pairs["stranger"]).output() == "False\n":
        pass  # the list is read at most once a second
    stage.start(SENDER, port, keys=pairs["stranger"]).output()

    server.output()


def test_many_strangers_are_all_told(stage, pairs):
    """None of them ends the thread that answers."""
    server = stage.start(SERVER, keys=pairs["server"])
    port = server.line()
    strangers = [stage.start(REFUSED, port, keys=pairs["stranger"]) for _ in range(4)]

    assert [stranger.output() for stranger in strangers] == ["False\n"] * 4
    stage.start(SENDER, port, keys=pairs["client"]).output()
    assert server.output() == "b'from the list'\n"
    assert len(server.events("shield-refused")) == 4
