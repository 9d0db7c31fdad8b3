"""Programs that know nothing of the shield talk as before, and encrypted, when both are under it."""

import pytest

SERVERS = {
    "PUSH": """
import zmq
with zmq.Context() as context, context.socket(zmq.PULL) as socket:
    print(socket.bind_to_random_port("tcp://127.0.0.1"))
    frames = [socket.recv(copy=False) for _ in range(3)]
    print([frame.bytes for frame in frames], {frame.get("User-Id") for frame in frames})
""",
    "REQ": """
import zmq
with zmq.Context() as context, context.socket(zmq.REP) as socket:
    print(socket.bind_to_random_port("tcp://127.0.0.1"))
    for _ in range(3):
        request = socket.recv_pyobj()
        socket.send_pyobj(request * 2)
    socket.recv_pyobj()
""",
    "DEALER": """
import zmq
with zmq.Context() as context, context.socket(zmq.ROUTER) as socket:
    print(socket.bind_to_random_port("tcp://127.0.0.1"))
    for _ in range(3):
        peer, request = socket.recv_multipart()
        socket.send_multipart([peer, request + request])
    socket.recv_multipart()
""",
    "SUB": """
import zmq
with zmq.Context() as context, context.socket(zmq.XPUB) as socket:
    print(socket.bind_to_random_port("tcp://127.0.0.1"))
    assert socket.recv() == bytes([1]) + b"topic"
    for number in range(3):
        socket.send_multipart([b"topic", b"%d" % number])
    assert socket.recv() == bytes([0]) + b"topic"
""",
}
CLIENTS = {
    "PUSH": """
import sys, zmq
with zmq.Context() as context, context.socket(zmq.PUSH) as socket:
    socket.connect("tcp://127.0.0.1:" + sys.argv[1])
    for number in range(3):
        socket.send(b"%d" % number)
""",
    "REQ": """
import sys, zmq
with zmq.Context() as context, context.socket(zmq.REQ) as socket:
    socket.connect("tcp://127.0.0.1:" + sys.argv[1])
    for number in range(3):
        socket.send_pyobj([number])
        print(socket.recv_pyobj())
    socket.send_pyobj("end")
""",
    "DEALER": """
import sys, zmq
with zmq.Context() as context, context.socket(zmq.DEALER) as socket:
    socket.connect("tcp://127.0.0.1:" + sys.argv[1])
    for number in range(3):
        socket.send(b"%d" % number)
        print(socket.recv())
    socket.send(b"end")
""",
    "SUB": """
import sys, zmq
with zmq.Context() as context, context.socket(zmq.SUB) as socket:
    socket.connect("tcp://127.0.0.1:" + sys.argv[1])
    socket.subscribe("topic")
    for _ in range(3):
        print(socket.recv_multipart())
    socket.unsubscribe("topic")
""",
}
ANSWERS = {
    "PUSH": "",
    "REQ": "[0, 0]\n[1, 1]\n[2, 2]\n",
    "DEALER": "b'00'\nb'11'\nb'22'\n",
    "SUB": "[b'topic', b'0']\n[b'topic', b'1']\n[b'topic', b'2']\n",
}
ASYNCIO_SERVER = """
import asyncio, zmq, zmq.asyncio

async def main():
    context = zmq.asyncio.Context.instance()
    socket = context.socket(zmq.ROUTER)
    print(socket.bind_to_random_port("tcp://127.0.0.1"))
    while (message := await socket.recv_multipart())[1] != b"end":
        await socket.send_multipart(message)
    socket.close()
    context.term()

asyncio.run(main())
"""
ASYNCIO_CLIENT = """
import asyncio, sys, zmq, zmq.asyncio

async def main():
    context = zmq.asyncio.Context()
    socket = context.socket(zmq.DEALER)
    with socket.connect("tcp://127.0.0.1:" + sys.argv[1]):
        await socket.send(b"question")
        print(await socket.recv())
        await socket.send(b"end")
        socket.close()
    context.term()

asyncio.run(main())
"""
SHADOWED = """
import asyncio, zmq, zmq.asyncio

async def main():
    context = zmq.Context()
    plain = context.socket(zmq.PULL)
    socket = zmq.asyncio.Socket.from_socket(plain)
    port = socket.bind_to_random_port("tcp://127.0.0.1")
    second = zmq.Context.shadow(context.underlying).socket(zmq.PUSH)
    second.connect(f"tcp://127.0.0.1:{port}")
    second.send(b"hello")
    print(await socket.recv())
    for each in (second, socket, plain):
        each.close()
    context.term()

asyncio.run(main())
"""
BOTH_ENDS = """
import zmq
with zmq.Context() as context:
    first, middle, last = (context.socket(kind) for kind in (zmq.DEALER, zmq.DEALER, zmq.DEALER))
    port = last.bind_to_random_port("tcp://127.0.0.1")
    middle.connect(f"tcp://127.0.0.1:{port}")
    port = middle.bind_to_random_port("tcp://127.0.0.1")
    middle.bind("ipc://" + __file__ + ".ipc")
    middle.bind("inproc://middle")
    first.connect(f"tcp://127.0.0.1:{port}")
    first.send(b"tcp")
    print(middle.recv())
    first.disconnect(first.last_endpoint)
    first.connect("ipc://" + __file__ + ".ipc")
    first.send(b"ipc")
    print(middle.recv())
    first.disconnect(first.last_endpoint)
    first.connect("inproc://middle")
    first.send(b"inproc")
    print(middle.recv())
    last.send(b"back")
    print(middle.recv())
    print(middle.mechanism, middle.curve_server)
    for socket in (first, middle, last):
        socket.close(0)
"""
PROXY = """
import zmq, zmq.devices
device = zmq.devices.ThreadProxy(zmq.PULL, zmq.PUSH)
into, out = (device.bind_in_to_random_port("tcp://127.0.0.1"), device.bind_out_to_random_port("tcp://127.0.0.1"))
device.start()
context = zmq.Context.instance()
with context.socket(zmq.PUSH) as push, context.socket(zmq.PULL) as pull:
    push.connect(f"tcp://127.0.0.1:{into}")
    pull.connect(f"tcp://127.0.0.1:{out}")
    push.send(b"through")
    frame = pull.recv(copy=False)
    print(frame.bytes)
"""


@pytest.mark.parametrize("pattern", SERVERS)
def test_a_pair_of_programs_works_as_before(stage, keys, pattern):
    """What is sent arrives, and both end by themselves."""
    server = stage.start(SERVERS[pattern], keys=keys)
    client = stage.start(CLIENTS[pattern], server.line(), keys=keys)

    assert client.output() == ANSWERS[pattern]
    server.output()
    assert server.events() == client.events() == []


def test_who_sent_is_the_key_that_was_proved(stage, keys, key):
    """Each message says so, as metadata."""
    server = stage.start(SERVERS["PUSH"], keys=keys)
    stage.start(CLIENTS["PUSH"], server.line(), keys=keys).output()

    assert server.output() == f"[b'0', b'1', b'2'] {{'{key.id.hex()}'}}\n"


def test_a_server_and_its_client_may_have_pairs(stage, pairs):
    """Each its own, and the other's public half."""
    server = stage.start(SERVERS["PUSH"], keys=pairs["server"])
    stage.start(CLIENTS["PUSH"], server.line(), keys=pairs["client"]).output()

    assert server.output() == f"[b'0', b'1', b'2'] {{'{pairs['ids']['client']}'}}\n"


def test_asyncio_works_as_before(stage, keys):
    """With its own kinds of contexts and sockets."""
    server = stage.start(ASYNCIO_SERVER, keys=keys)
    client = stage.start(ASYNCIO_CLIENT, server.line(), keys=keys)

    assert client.output() == "b'question'\n"
    assert server.output() == ""


def test_shadows_of_a_socket_are_one_socket(stage, keys):
    """An asyncio socket made from a plain one binds with keys, and a shadow of the context is the same context."""
    assert stage.start(SHADOWED, keys=keys).output() == "b'hello'\n"


def test_one_socket_may_bind_and_connect_on_several_transports(stage, keys):
    """Keys are for tcp alone, server's and client's, and the program sees no options that it did not set."""
    shown = stage.start(BOTH_ENDS, keys=keys).output().splitlines()

    assert shown == ["b'tcp'", "b'ipc'", "b'inproc'", "b'back'", "0 0"]


def test_a_device_between_two_sockets_works_as_before(stage, keys):
    """Its sockets are made in its thread."""
    assert stage.start(PROXY, keys=keys).output() == "b'through'\n"
