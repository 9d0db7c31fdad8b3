"""A marker that is sent to a port never fires, the server goes on, and an event says what, where and from whom."""

import hashlib
import pickle
import subprocess
import sys

import pytest

zmq = pytest.importorskip("zmq")

MESSAGES = """
import dataclasses
@dataclasses.dataclass
class Request:
    number: int
"""
MARKER = """
fired = []
def fire():
    fired.append(1)
class Marker:
    def __reduce__(self):
        return fire, ()
"""

SERVER = """
import pickle, sys, zmq, marker
def make(kind):
    socket = zmq.Context.instance().socket(kind)
    print(socket.bind_to_random_port("tcp://127.0.0.1"), flush=True)
    return socket
{serve}
serve(int(sys.argv[1]))
print("fired" if marker.fired else "not fired", flush=True)
zmq.Context.instance().destroy(linger=0)
"""
PULL = """
def serve(count):
    socket = make(zmq.PULL)
    for _ in range(count):
        print(socket.recv_pyobj().number, flush=True)
"""
POLLED = """
def serve(count):
    socket = make(zmq.PULL)
    while count:
        if socket.poll(10_000):
            print(pickle.loads(socket.recv(zmq.NOBLOCK)).number, flush=True)
            count -= 1
"""
ROUTER = """
def serve(count):
    socket = make(zmq.ROUTER)
    for _ in range(count):
        identity, body = socket.recv_multipart()
        print(pickle.loads(body).number, flush=True)
"""
TAGGED = """
def serve(count):
    socket = make(zmq.PULL)
    for _ in range(count):
        message = socket.recv()
        print(pickle.loads(message[1:]).number, flush=True)
"""
ASYNC = """
import asyncio, zmq.asyncio
async def run(count):
    socket = zmq.asyncio.Context.instance().socket(zmq.PULL)
    print(socket.bind_to_random_port("tcp://127.0.0.1"), flush=True)
    for _ in range(count):
        print((await socket.recv_pyobj()).number, flush=True)
    socket.close(0)
def serve(count):
    asyncio.run(run(count))
"""
SERVERS = {
    "recv_pyobj": (PULL, zmq.PUSH),
    "poll": (POLLED, zmq.PUSH),
    "ROUTER": (ROUTER, zmq.DEALER),
    "asyncio": (ASYNC, zmq.PUSH),
    "a tag before the pickle": (TAGGED, zmq.PUSH),
}


@pytest.mark.parametrize("kind", SERVERS)
def test_a_marker_is_dropped_and_the_server_goes_on(ground, kind):
    """Good, marker, good: the server answers both good ones, and the event has name, sites, peer, size and digest."""
    program, sender = _written(ground, kind)
    tag = b"t" if "tag" in kind else b""
    learned, _ = _served(ground, program, sender, [1, 2], learning=True, tag=tag)
    assert learned == ["1", "2", "not fired"]

    out, bad = _served(ground, program, sender, [3, None, 4], tag=tag)
    bad = tag + bad

    [event] = ground.events()
    assert out == ["3", "4", "not fired"]
    assert (event["event"], event["outcome"], event["peer"]) == ("dropped", "drop", "127.0.0.1")
    assert (event["module"], event["name"]) == ("marker", "fire")
    assert event["socket"] in {"server.py:make", "server.py:run"}
    assert event["site"].startswith("server.py:")
    if kind == "ROUTER":  # the first frame of its messages is an identity that libzmq chose
        assert event["size"] > len(bad)
    else:
        assert (event["size"], event["sha256"]) == (len(bad), hashlib.sha256(bad).hexdigest())


def test_a_refused_load_that_raises_is_told_with_the_sender(ground):
    """With outcome `raise` the program sees UnpicklingError, and the event says from whom the message came."""
    program, sender = _written(ground, "recv_pyobj")
    _served(ground, program, sender, [1], learning=True)
    ground.edit(lambda table: [site.update(outcome="raise") for site in table["sites"]])

    out, bad = _served(ground, program, sender, [None])

    [event] = ground.events()
    assert out == []
    assert (event["event"], event["outcome"], event["peer"]) == ("refused", "raise", "127.0.0.1")
    assert event["sha256"] == hashlib.sha256(bad).hexdigest()


def _written(ground, kind):
    serve, sender = SERVERS[kind]
    ground.write("messages.py", MESSAGES)
    ground.write("marker.py", MARKER)
    return ground.write("server.py", SERVER.format(serve=serve)), sender


def _served(ground, program, kind, numbers, *, learning=False, tag=b""):
    """What the server printed when it was sent these, None standing for the marker; and the marker's bytes."""
    good, bad = _messages(ground)
    if learning:
        ground.policy.unlink(missing_ok=True)
    count = sum(number is not None for number in numbers) or 1
    context = zmq.Context()
    try:
        with ground.running(("learn", "-o") if learning else ("-p",), program, str(count)) as process:
            port = process.stdout.readline().strip()
            socket = context.socket(kind)
            socket.connect(f"tcp://127.0.0.1:{port}")
            for number in numbers:
                socket.send(tag + (bad if number is None else good[number]))
            out, _ = process.communicate(timeout=60)
    finally:
        context.destroy(linger=0)
    return out.splitlines(), bad


def _messages(ground):
    """Requests 0 to 9 and the marker, as a client with the server's modules pickles them."""
    text = (
        "import pickle, sys, messages, marker\n"
        "pickle.dump([[pickle.dumps(messages.Request(n)) for n in range(10)], pickle.dumps(marker.Marker())],"
        " sys.stdout.buffer)\n"
    )
    made = subprocess.run([sys.executable, "-c", text], cwd=ground.folder, capture_output=True, check=True)
    return pickle.loads(made.stdout)
