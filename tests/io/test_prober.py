"""Asking real sockets: every kind of peer, hostile ones, limits of this machine; and what a server notices of it."""

import errno
import resource
import socket
import struct
import sys
import threading
from collections import Counter
from contextlib import ExitStack
from itertools import pairwise

import pytest
import zmq

from gnomon.io.prober import Pace, _Prober, observe
from gnomon.probe.observation import IpcPlace, TcpPlace
from gnomon.probe.zmtp import FIRST_PART, GREETING, MOST_BYTES

QUICK = Pace(timeout_s=0.3)
SIGNATURE = GREETING[:10]
NULL = SIGNATURE + b"\x03\x01NULL" + bytes(48)


def at(port, address="127.0.0.1"):
    """A place on loopback."""
    return TcpPlace(host=address, address=address, port=port)


def seen(port, pace=QUICK):
    """What one port did."""
    [observation] = observe([at(port)], pace)
    return observation


class Sockets:
    """Makes sockets, and holds them until the end of a test."""

    def __init__(self):
        self._context = zmq.Context()
        self._made = []

    def socket(self, kind):
        """A socket of that kind."""
        self._made.append(self._context.socket(kind))
        return self._made[-1]

    def close(self):
        """Close all of them."""
        for each in self._made:
            each.close(linger=0)
        self._context.term()


@pytest.fixture
def context():
    """Sockets that are closed at the end."""
    made = Sockets()
    yield made
    made.close()


@pytest.fixture
def peer():
    """`peer(play)` listens and gives each connection to `play(connection)` in a thread; its port, what was heard."""
    with ExitStack() as stack:

        def make(play):
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            heard = []

            def serve():
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(10)
                    try:
                        play(connection)
                        while data := connection.recv(4096):
                            heard.append(data)
                        heard.append("end")
                    except ConnectionResetError:
                        heard.append("reset")
                    except OSError:
                        heard.append("error")

            thread = threading.Thread(target=serve, daemon=True)
            thread.start()
            stack.callback(thread.join, 10)
            return listener.getsockname()[1], heard, thread

        yield make


@pytest.mark.parametrize(
    "kind", ["PAIR", "PUB", "SUB", "REQ", "REP", "DEALER", "ROUTER", "PULL", "PUSH", "XPUB", "XSUB"]
)
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_every_type_of_an_open_socket(context, kind, address):
    """Type, mechanism, version and identity, by IPv4 and IPv6."""
    asked = context.socket(getattr(zmq, kind))
    asked.ipv6 = True
    asked.identity = b"me"
    port = asked.bind_to_random_port(f"tcp://[{address}]" if ":" in address else f"tcp://{address}")

    [observation] = observe([at(port, address)], QUICK)

    said = observation.said
    assert (observation.state, said.socket_type, said.mechanism, said.admission) == ("zmtp", kind, "NULL", "open")
    assert said.identity_bytes == 2


def test_mechanisms_and_denials(context):
    """CURVE and PLAIN are named, and a ZAP handler's no is heard."""
    handler = context.socket(zmq.REP)
    handler.bind("inproc://zeromq.zap.01")

    def deny():
        request = handler.recv_multipart()
        handler.send_multipart([request[0], request[1], b"400", b"no", b"", b""])

    thread = threading.Thread(target=deny, daemon=True)
    thread.start()
    curve, plain, denying = (context.socket(zmq.PULL) for _ in range(3))
    curve.curve_publickey, curve.curve_secretkey = zmq.curve_keypair()
    curve.curve_server = plain.plain_server = True
    denying.zap_domain = b"x"
    ports = [each.bind_to_random_port("tcp://127.0.0.1") for each in (curve, plain, denying)]

    observed = {o.place.port: o.said for o in observe(map(at, ports), QUICK)}
    thread.join(10)

    assert [observed[port].mechanism for port in ports] == ["CURVE", "PLAIN", "NULL"]
    assert [observed[port].admission for port in ports] == ["unasked", "unasked", "denied"]
    assert observed[ports[2]].reason == "400"


def test_unix_sockets(context, tmp_path):
    """With a path, and abstract ones; nothing there is closed."""
    asked = context.socket(zmq.REP)
    asked.bind(f"ipc://{tmp_path}/x")
    asked.bind("ipc://@gnomon-test")
    paths = (f"{tmp_path}/x", "@gnomon-test", f"{tmp_path}/none", f"{tmp_path}/{'x' * 200}")

    observed = {o.place.path: o for o in observe([IpcPlace(path=path) for path in paths], QUICK)}

    assert [observed[path].state for path in paths] == ["zmtp", "zmtp", "closed", "failed"]
    assert observed[paths[0]].said.socket_type == "REP"
    assert "too long" in observed[paths[3]].detail


def test_a_peer_hears_a_greeting_and_a_reset(peer):
    """The 64 bytes, in two parts, then the connection is reset: no byte more."""
    port, heard, thread = peer(lambda connection: connection.sendall(NULL) or connection.sendall(b"\x04\x06\x05READY"))

    observation = seen(port)
    thread.join(10)

    assert observation.said.admission == "open"
    assert b"".join(part for part in heard if isinstance(part, bytes)) in (GREETING, b"")
    assert heard[-1] == "reset"


@pytest.mark.parametrize("passive", [False, True])
@pytest.mark.parametrize(
    ("say", "state", "sent"),
    [(b"", "silent", 0), (b"SSH-2.0-x\r\n", "foreign", 0), (b"\x01\x00", "zmtp", 0), (SIGNATURE, "zmtp", FIRST_PART)],
)
def test_what_is_sent_to_whom(peer, say, state, sent, passive):
    """Nothing to who does not greet, nothing at all in passive mode."""
    port, heard, thread = peer(lambda connection: connection.sendall(say))

    observation = seen(port, Pace(timeout_s=0.3, passive=passive))
    thread.join(10)

    assert observation.state == state
    assert sum(len(part) for part in heard if isinstance(part, bytes)) == (0 if passive else sent)


def test_nothing_listens():
    """A free port is closed, also if the connection's own port happens to be it (TCP's self-connect)."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    assert seen(port).state == "closed"


def test_a_port_that_connects_to_itself_is_closed():
    """With the source port bound to the one asked, TCP connects it to itself."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.connect(one.getsockname())
        prober = _Prober(QUICK)
        attempt = _attempt(prober, one)
        prober._connect(attempt)
        prober.close()

        assert [o.state for o in prober._done] == ["closed"]


def _attempt(prober, opened):
    from gnomon.io.prober import _Attempt

    attempt = _Attempt(at(opened.getsockname()[1]), opened, passive=False)
    opened.setblocking(False)
    prober._selector.register(opened, 2, attempt)
    prober._open += 1
    return attempt


def _trickle(connection, text, each=1):
    for start in range(0, len(text), each):
        connection.sendall(text[start : start + each])
        if threading.Event().wait(0.02):
            return


HOSTILE = {
    "endless greeting": lambda c: [c.sendall(b"\xff" * 65_536) for _ in range(200)],
    "endless after the greeting": lambda c: c.sendall(NULL) or [c.sendall(b"\x06" + bytes(65_536)) for _ in range(200)],
    "slow loris, a byte at a time": lambda c: _trickle(c, NULL * 10),
    "slow loris of an old greeting": lambda c: _trickle(c, b"\xfe\x00" + b"x" * 500),
    "huge length": lambda c: c.sendall(NULL + b"\x06\x7f" + b"\xff" * 7),
    "garbage": lambda c: c.sendall(bytes(range(256)) * 16),
    "signature, then silence": lambda c: c.sendall(SIGNATURE),
    "NULL, then silence": lambda c: c.sendall(NULL),
    "hangs up": lambda c: c.close(),
    "hangs up after the signature": lambda c: c.sendall(SIGNATURE) or c.shutdown(socket.SHUT_WR),
    "resets": lambda c: c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)) or c.close(),
}


@pytest.mark.parametrize("play", HOSTILE.values(), ids=HOSTILE)
def test_hostile_peers_end_in_time_and_take_no_room(peer, play):
    """Each has an answer; no more than a greeting and a command is read of it."""
    port, _, _ = peer(play)
    prober = _Prober(QUICK)
    kept = []
    conclude = prober._conclude
    prober._conclude = lambda attempt, detail: (kept.append(attempt.conversation.heard), conclude(attempt, detail))

    [observation] = prober.run(iter([at(port)]))
    prober.close()

    assert observation.state in {"zmtp", "foreign", "silent"}
    assert all(heard <= MOST_BYTES for heard in kept)


def test_many_ports_are_told_apart_at_once(context):
    """Closed, silent and open ones in one go, each once."""
    with ExitStack() as stack:
        silent = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(60)]
        free = [stack.enter_context(socket.socket()) for _ in range(60)]
        for each in free:
            each.bind(("127.0.0.1", 0))
        sockets = [context.socket(zmq.PULL) for _ in range(60)]
        expected = {each.getsockname()[1]: "silent" for each in silent}
        expected |= {each.getsockname()[1]: "closed" for each in free}
        expected |= {each.bind_to_random_port("tcp://127.0.0.1"): "zmtp" for each in sockets}

        found = list(observe(map(at, expected), QUICK))

    assert {o.place.port: o.state for o in found} == expected
    assert len(found) == len(expected)


def test_too_few_files_slow_it_down_and_lose_nothing():
    """With eight files left it opens fewer connections at a time; every place has its answer."""
    program = """
import resource, socket, sys
from gnomon.io.prober import Pace, observe
from gnomon.probe.observation import TcpPlace
from collections import Counter
listening = [socket.create_server(("127.0.0.1", 0)) for _ in range(40)]
used = max(each.fileno() for each in listening) + 1
resource.setrlimit(resource.RLIMIT_NOFILE, (used + 8, used + 8))
places = [TcpPlace(host="x", address="127.0.0.1", port=each.getsockname()[1]) for each in listening]
import gnomon.io.prober as prober
prober._files_to_spare = lambda: 1000  # as if others opened files meanwhile
print(dict(Counter(o.state for o in observe(places, Pace(timeout_s=0.1)))))
"""
    import subprocess

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)

    assert (result.stdout.strip(), result.stderr) == ("{'silent': 40}", "")


def test_no_file_at_all_is_told():
    """A place that could not be asked has failed, with the system's words."""
    program = """
import resource, socket
import gnomon.io.prober as prober
from gnomon.probe.observation import TcpPlace
prober._TRIES = 2
loop = prober._Prober(prober.Pace())
resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
[seen] = loop.run(iter([TcpPlace(host="x", address="127.0.0.1", port=1)]))
print(seen.state, seen.detail)
"""
    import subprocess

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)

    assert result.stdout.strip() == "failed Too many open files"


def test_concurrency_and_rate_are_kept():
    """Never more connections at a time than allowed, nor begun sooner than the rate has it."""
    with ExitStack() as stack:
        ports = [stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for _ in range(30)]
        prober = _Prober(Pace(concurrency=5, rate=200, timeout_s=0.02))
        most, begun = [], []
        begin = prober._begin
        prober._begin = lambda place: (begun.append(prober._next_s), begin(place), most.append(prober._open))

        found = list(prober.run(map(at, ports)))
        prober.close()

    assert Counter(o.state for o in found) == {"silent": 30}
    assert max(most) <= 5
    assert all(later - sooner >= 1 / 200 - 1e-9 for sooner, later in pairwise(begun))


def test_leaving_early_closes_every_connection():
    """Whoever stops reading results leaves nothing open."""
    with ExitStack() as stack:
        listening = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(20)]
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            closed = free.getsockname()[1]
        results = observe([at(each.getsockname()[1]) for each in listening] + [at(closed)], Pace(timeout_s=30))
        assert next(results).state == "closed"
        results.close()

        for each in listening:
            each.settimeout(10)
            connection, _ = each.accept()
            with connection:
                connection.settimeout(10)
                with pytest.raises(ConnectionResetError):
                    connection.recv(1)


def test_no_file_number_is_left_over():
    """As many files are open afterwards as before."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    with socket.socket() as before:
        number = before.fileno()
    list(observe([at(1)], QUICK))
    with socket.socket() as after:
        assert after.fileno() == number
    assert soft <= resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    assert errno.EMFILE
