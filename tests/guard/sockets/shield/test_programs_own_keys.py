"""A program that authenticates by itself keeps its keys and its authenticator, and no socket is open to everybody."""

import pytest

PARTS = """
import sys, tempfile, threading
import zmq, zmq.auth
from zmq.auth.thread import ThreadAuthenticator
from zmq.utils.monitor import recv_monitor_message

public, secret = zmq.curve_keypair()
client_public, client_secret = zmq.curve_keypair()

monitored = []

def watched(socket):
    monitored.append((socket, socket.get_monitor_socket()))
    return monitored[-1][1]

def leave(context):
    for socket, watch in monitored:
        socket.disable_monitor()  # as long as somebody reads, or libzmq's thread would wait for that
        watch.close()
    monitored.clear()
    context.destroy(0)

def curve_server(context, domain=b""):
    socket = context.socket(zmq.PULL)
    socket.curve_secretkey, socket.curve_server = secret, True
    if domain:
        socket.zap_domain = domain
    return socket, socket.bind_to_random_port("tcp://127.0.0.1")

def curve_client(context, port, public=client_public, private=client_secret, server=public, patience_ms=30_000):
    socket = context.socket(zmq.PUSH)
    socket.linger, socket.handshake_ivl = 0, patience_ms
    socket.curve_publickey, socket.curve_secretkey, socket.curve_serverkey = public, private, server
    watch = watched(socket)
    socket.connect(f"tcp://127.0.0.1:{port}")
    return socket, watch

def succeeds(watch):
    while watch.poll(20_000):
        event = zmq.Event(recv_monitor_message(watch)["event"])
        if "HANDSHAKE" in event.name or event is zmq.EVENT_DISCONNECTED:
            return event is zmq.EVENT_HANDSHAKE_SUCCEEDED
    raise TimeoutError

def shielded(context):
    socket, client = context.socket(zmq.PULL), context.socket(zmq.PUSH)
    client.linger = 0
    client.connect(f"tcp://127.0.0.1:{socket.bind_to_random_port('tcp://127.0.0.1')}")
    client.send(b"shielded")
    frame = socket.recv(copy=False)
    assert frame.bytes == b"shielded" and len(frame.get("User-Id")) == 16
    socket.close()
    client.close()

def listing(context):
    authenticator = ThreadAuthenticator(context)
    authenticator.start()
    folder = tempfile.mkdtemp()
    with open(folder + "/client.key", "w") as file:
        file.write('curve\\n    public-key = "' + client_public.decode() + '"\\n')
    authenticator.configure_curve(domain="*", location=folder)
    return authenticator

context = zmq.Context()
"""
PROGRAMS = {
    "its own list is the one that counts for its own sockets": """
authenticator = listing(context)
server, port = curve_server(context)
socket, watch = curve_client(context, port)
assert succeeds(watch)
socket.send(b"own")
assert server.recv() == b"own"
stranger, watch = curve_client(context, port, *zmq.curve_keypair())
assert not succeeds(watch)
shielded(context)
authenticator.stop()
""",
    "an authenticator that starts after the first shielded bind": """
shielded(context)
authenticator = listing(context)
server, port = curve_server(context)
socket, watch = curve_client(context, port)
assert succeeds(watch)
stranger, watch = curve_client(context, port, *zmq.curve_keypair())
assert not succeeds(watch)
authenticator.stop()
shielded(context)
""",
    "an authenticator that is made again": """
def bound(socket):
    while True:
        try:
            socket.bind("inproc://zeromq.zap.01")
        except zmq.ZMQError as error:
            assert error.errno == zmq.EADDRINUSE  # libzmq's thread closes the one before, soon
        else:
            return

for _ in range(3):
    authenticator = context.socket(zmq.REP)
    bound(authenticator)
    server, port = curve_server(context, b"own")
    socket, watch = curve_client(context, port, patience_ms=1_000)
    request = authenticator.recv_multipart()
    assert request[2:6] == [b"own", b"127.0.0.1", b"", b"CURVE"]
    authenticator.send_multipart([b"1.0", request[1], b"200", b"", b"somebody", b""])
    while not succeeds(watch):
        pass
    socket.send(b"own")
    assert server.recv(copy=False).get("User-Id") == "somebody"
    authenticator.close()
""",
    "nobody is let in as long as there is no authenticator": """
server, port = curve_server(context)
socket, watch = curve_client(context, port, patience_ms=1_000)
socket.send(b"own")
assert not succeeds(watch)
authenticator = listing(context)
assert server.recv() == b"own"
authenticator.stop()
""",
    "names and passwords": """
authenticator = ThreadAuthenticator(context)
authenticator.start()
authenticator.configure_plain(domain="*", passwords={"user": "right"})
server = context.socket(zmq.PULL)
server.plain_server = True
port = server.bind_to_random_port("tcp://127.0.0.1")
for password, let_in in ((b"right", True), (b"wrong", False)):
    socket = context.socket(zmq.PUSH)
    socket.linger = 0
    socket.plain_username, socket.plain_password = b"user", password
    watch = watched(socket)
    socket.connect(f"tcp://127.0.0.1:{port}")
    assert succeeds(watch) is let_in
authenticator.stop()
""",
    "a domain of its own, for addresses alone, counts beside the keys": """
for address, let_in in (("127.0.0.1", True), ("127.0.0.2", False)):
    inside = zmq.Context()
    authenticator = ThreadAuthenticator(inside)
    authenticator.start()
    authenticator.allow(address)
    server = inside.socket(zmq.PULL)
    server.zap_domain = b"inside"
    port = server.bind_to_random_port("tcp://127.0.0.1")
    assert server.zap_domain == b"inside"
    socket = inside.socket(zmq.PUSH)
    socket.linger = 0
    watch = watched(socket)
    socket.connect(f"tcp://127.0.0.1:{port}")
    assert succeeds(watch) is let_in
    authenticator.stop()
    leave(inside)
""",
}
STREAM = """
import socket, zmq
context = zmq.Context()
stream = context.socket(zmq.STREAM)
port = stream.bind_to_random_port("tcp://127.0.0.1")
with socket.create_connection(("127.0.0.1", port)) as connection:
    connection.sendall(b"GET /")
    received = [stream.recv_multipart()[1] for _ in range(2)]
print(received)
context.destroy(0)
"""
MULTICAST = """
import zmq
context = zmq.Context()
socket = context.socket(zmq.PUB)
try:
    socket.connect("epgm://127.0.0.1;239.192.1.1:5555")
except Exception as error:
    print(type(error).__name__, error)
context.destroy(0)
"""


@pytest.mark.parametrize("case", PROGRAMS)
def test_own_authentication_works_as_before(stage, keys, case):
    """Beside the shield, in one context."""
    program = stage.start(f"{PARTS}{PROGRAMS[case]}\nleave(context)\nprint('done')\n", keys=keys)

    assert program.output() == "done\n"


def test_what_is_left_to_the_program_is_told(stage, keys):
    """Each bind and connect, with what it is authenticated by; and who was turned away for want of an authenticator."""
    case = "nobody is let in as long as there is no authenticator"
    program = stage.start(f"{PARTS}{PROGRAMS[case]}\nleave(context)\n", keys=keys)
    program.output()
    left = program.events("shield-left")

    assert [(event["role"], event["mechanism"]) for event in left] == [("bind", "CURVE"), ("connect", "CURVE")]
    refused = program.event("shield-refused")
    assert (refused["peer"], refused["reason"]) == ("127.0.0.1", "no authenticator")


def test_sockets_that_speak_another_protocol_are_left_and_told(stage, keys):
    """A STREAM socket is plain TCP."""
    program = stage.start(STREAM, keys=keys)

    assert program.output() == "[b'', b'GET /']\n"
    assert program.events("shield-left")[0]["mechanism"] == "STREAM"


def test_a_transport_that_can_have_no_keys_is_refused(stage, keys):
    """Multicast, for one."""
    assert stage.start(MULTICAST, keys=keys).output().startswith("ShieldError epgm:// can't carry the keys of --curve")
