"""Two hosts and a stranger, each a network namespace of its own: keys, wrong keys, and a link that goes down."""

import pytest

from gnomon.wire.keys import Key, written
from tests.wire.hosts import Hosts, ask, line, why_not

_REASON = why_not()
pytestmark = [
    pytest.mark.skipif(bool(_REASON), reason=_REASON),
    pytest.mark.parametrize("mode", ["curve", "sealed"]),
]

SERVER = """
import sys, numpy, zmq
from gnomon.wire import Context, Timeout
with Context(mode=sys.argv[1]) as context:
    socket = context.socket(zmq.REP)
    print(socket.bind("tcp://*:*").rpartition(":")[2], flush=True)
    while True:
        try:
            request = socket.recv_obj(timeout_s=60)
        except Timeout:
            break
        if isinstance(request, str) and request == "stats":
            stats = socket.stats
            socket.send_obj({"received": stats.received, "strangers": stats.strangers, "refused": stats.refused})
        else:
            socket.send_obj(request)
"""
CLIENT = """
import sys, time, numpy, zmq
from gnomon.wire import Context, WireError
mode, endpoint, *requests = sys.argv[1:]
with Context(mode=mode, linger_s=0) as context:
    socket = context.socket(zmq.REQ)
    socket.connect(endpoint)
    began = time.monotonic()
    try:
        socket.send_obj(numpy.arange(300_000), timeout_s=10)
        print(int(socket.recv_obj(timeout_s=10).sum()))
        socket.send_obj("stats", timeout_s=10)
        print(socket.recv_obj(timeout_s=10))
    except WireError as error:
        print(type(error).__name__, error)
    print("in time" if time.monotonic() - began < 10 else "late")
"""
STRANGER = """
import socket, sys, time, zmq
host, port = sys.argv[1:]
context = zmq.Context()
for kind in (zmq.DEALER, zmq.REQ, zmq.PUSH):
    stranger = context.socket(kind)
    stranger.linger = 0
    stranger.connect(f"tcp://{host}:{port}")
    for frames in ([b""], [b"junk"], [b"", b"x" * 100], [b"x" * 70_000]):
        try:
            stranger.send_multipart(frames, zmq.NOBLOCK)
        except zmq.ZMQError:
            pass
for text in (b"GET / HTTP/1.1\\r\\n\\r\\n", b"\\xff" + bytes(8) + b"\\x7f\\x03", bytes(200)):
    with socket.create_connection((host, int(port)), timeout=5) as plain:
        plain.sendall(text)
time.sleep(0.5)
context.destroy(linger=0)
print("done")
"""
STAYS = """
import sys, zmq
from gnomon.wire import Context, Timeout, WireError
mode, endpoint = sys.argv[1:]
with Context(mode=mode, linger_s=0) as context:
    socket = context.socket(zmq.REQ)
    socket.setsockopt(zmq.HEARTBEAT_IVL, 200)
    socket.setsockopt(zmq.HEARTBEAT_TIMEOUT, 600)
    socket.connect(endpoint)
    for told in sys.stdin:
        try:
            socket.send_obj(told.strip(), timeout_s=1)
            print("answered", socket.recv_obj(timeout_s=1), flush=True)
        except Timeout:
            print("timeout", flush=True)
"""


@pytest.fixture(scope="module")
def hosts():
    """A server's host with two others."""
    made = Hosts(2)
    yield made
    made.close()


@pytest.fixture
def serving(hosts, mode):
    """(port of a server in the middle, its key as the environment of a program)."""
    environment = {"GNOMON_KEYS": written(Key.new())}
    server = hosts.middle.start(SERVER, mode, environment=environment)
    yield int(line(server)), environment
    server.kill()


def test_two_hosts_with_the_same_key(hosts, serving, mode):
    """A request with an array, and its answer."""
    port, environment = serving

    told = hosts.others[0].run(CLIENT, mode, f"tcp://10.77.1.1:{port}", environment=environment)

    assert told.splitlines() == [
        str(sum(range(300_000))),
        str({"received": 2, "strangers": 0, "refused": {}}),
        "in time",
    ]


def test_a_client_with_another_key_is_told_so(hosts, serving, mode):
    """Within ten seconds, with the endpoint and the id of its key; the server goes on with those that have the key."""
    port, environment = serving
    wrong = Key.new()
    endpoint = f"tcp://10.77.1.1:{port}"

    told = hosts.others[0].run(CLIENT, mode, endpoint, environment={"GNOMON_KEYS": written(wrong)})

    *_, error, when = told.splitlines()  # behind what was logged
    assert error.startswith(f"KeyWrong REQ: {endpoint} ")
    assert f"key {wrong.id.hex()}" in error
    assert when == "in time"
    after = hosts.others[0].run(CLIENT, mode, endpoint, environment=environment).splitlines()[1]
    assert "'received': 2" in after
    assert "'strangers': 0" not in after


def test_a_stranger_delivers_nothing(hosts, serving, mode):
    """From a third host, by ZeroMQ and by anything else; the client beside it is answered."""
    port, environment = serving

    assert hosts.others[1].run(STRANGER, "10.77.2.1", port) == "done\n"

    stats = hosts.others[0].run(CLIENT, mode, f"tcp://10.77.1.1:{port}", environment=environment).splitlines()[1]
    assert "'received': 2" in stats
    assert "'refused': {}" in stats
    assert "'strangers': 0" not in stats


def test_a_link_that_goes_down_and_comes_back(hosts, serving, mode):
    """While it is down each wait ends in time, and nothing hangs; then the same socket goes on by itself."""
    port, environment = serving
    client = hosts.others[0].start(STAYS, mode, f"tcp://10.77.1.1:{port}", environment=environment)
    assert ask(client, "first") == "answered first"

    hosts.others[0].switch("down")
    try:
        assert [ask(client, "lost") for _ in range(3)] == ["timeout"] * 3
    finally:
        hosts.others[0].switch("up")

    for attempt in range(20):
        if (said := ask(client, f"again {attempt}")) != "timeout":
            break
    assert said == f"answered again {attempt}"
    assert ask(client, "last") == "answered last"
