"""Keys are replaced in programs that go on: both ends keep their sockets, and no message is lost that was taken."""

import asyncio
import contextlib
import os
import subprocess
import sys
import time

import pytest
import zmq

from gnomon.wire import asyncio as wire_asyncio
from gnomon.wire.errors import KeyMissing, KeyWrong, Timeout
from gnomon.wire.key_files import ring_from_folder, save_key
from gnomon.wire.keys import CurvePair, CurvePublic, Key, KeyRing, written
from tests.wire.hosts import ask, line

NETWORK = pytest.mark.parametrize("mode", ["curve", "sealed"])


class Keys:
    """Where an end reads its keys, to be changed by a test."""

    def __init__(self, *keys):
        self.ring = KeyRing.of(keys)

    def hold(self, *keys):
        """Holds these from now on."""
        self.ring = KeyRing.of(keys)

    def __call__(self):
        """What is there now."""
        return self.ring


@pytest.fixture
def end(open_context):
    """Makes an end: `end(mode, kind, keys)` is (its context, its socket)."""

    def made(mode, kind, keys, **options):
        context = open_context(mode, keys=keys, **options)
        return context, context.socket(kind)

    return made


def _asked(client, server, obj):
    client.send_obj(obj, timeout_s=10)
    assert server.recv_obj(timeout_s=10) == obj
    server.send_obj(["re", obj])
    assert client.recv_obj(timeout_s=10) == ["re", obj]


def _asked_in_time(client, server):
    """Whether a question is answered within ten seconds, however often the client is turned away until then."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with contextlib.suppress(KeyWrong):
            _asked(client, server, "?")
            return True
    return False


@NETWORK
def test_a_server_reads_its_folder_again_for_a_key_that_it_does_not_know(end, tmp_path, mode):
    """A client that has the new key alone comes in, though nobody told the server."""
    old = Key.of(bytes(32))
    save_key(old, tmp_path / "keys")
    _, server = end("sealed", zmq.REP, lambda: ring_from_folder(tmp_path / "keys"))
    if mode == "curve":
        pair = CurvePair.new()
        save_key(pair, tmp_path / "keys")
        save_key(CurvePair.new().public, tmp_path / "keys")
        _, server = end("curve", zmq.REP, lambda: ring_from_folder(tmp_path / "keys"))
        new = CurvePair.new()
        _, client = end("curve", zmq.REQ, KeyRing(pair=new, peers=(pair.public,)))
    else:
        new = Key.new(seals_from=1)
        _, client = end("sealed", zmq.REQ, KeyRing(keys=(new,)))
    endpoint = server.bind("tcp://127.0.0.1:*")

    save_key(new.public if mode == "curve" else new, tmp_path / "keys")
    client.connect(endpoint)

    assert _asked_in_time(client, server)  # the keys may have been read within the last second


@NETWORK
def test_a_client_reads_its_keys_again_when_it_is_turned_away(end, mode):
    """With the same socket, and although it was told that its key is wrong."""
    wrong, right = Key.new(), Key.new(seals_from=1)
    keys = Keys(wrong)
    _, server = end(mode, zmq.REP, KeyRing(keys=(right,)))
    _, client = end(mode, zmq.REQ, keys)
    client.connect(server.bind("tcp://127.0.0.1:*"))
    with pytest.raises(KeyWrong, match=wrong.id.hex()):
        client.send_obj(1, timeout_s=10)

    keys.hold(wrong, right)

    assert _asked_in_time(client, server)


def test_a_client_that_was_turned_away_is_let_in_once_the_server_has_its_key(end):
    """Unlike with libzmq alone, which does not come back to a server that said no."""
    key = Key.new()
    keys = Keys(Key.new())
    context, server = end("sealed", zmq.REP, keys)
    _, client = end("sealed", zmq.REQ, KeyRing(keys=(key,)))
    client.connect(server.bind("tcp://127.0.0.1:*"))
    with pytest.raises(KeyWrong):
        client.send_obj(1, timeout_s=10)

    keys.hold(key)
    context.reload_keys()

    assert _asked_in_time(client, server)


def test_a_sealed_socket_takes_another_key_at_once(end):
    """Over the connection that is there: the new key seals from now on, and is known at the other end."""
    old, new = Key.new(), Key.new(seals_from=1)
    here, there = Keys(old), Keys(old)
    serving, server = end("sealed", zmq.REP, here)
    asking, client = end("sealed", zmq.REQ, there)
    client.connect(server.bind("tcp://127.0.0.1:*"))
    _asked(client, server, 1)

    here.hold(old, new)
    assert serving.reload_keys()
    client.send_obj(2, timeout_s=5)
    received = server.recv_from(timeout_s=5)
    assert (received.obj, received.key_id) == (2, old.id.hex())
    there.hold(new)
    assert asking.reload_keys()
    server.send_obj(-2)
    assert client.recv_obj(timeout_s=5) == -2  # sealed with the new key, for a request that the old one sealed

    client.send_obj(3, timeout_s=5)
    received = server.recv_from(timeout_s=5)
    assert (received.obj, received.key_id) == (3, new.id.hex())
    server.send_obj(3)
    assert client.recv_obj(timeout_s=5) == 3
    assert server.stats.disconnections == client.stats.disconnections == 0


def test_what_a_key_that_is_gone_seals_is_refused_at_once(end):
    """Also from a client that is connected, and in the middle of a session."""
    old, new = Key.new(), Key.new(seals_from=1)
    here = Keys(old, new)
    serving, server = end("sealed", zmq.PULL, here)
    _, client = end("sealed", zmq.PUSH, KeyRing(keys=(old,)))
    client.connect(server.bind("tcp://127.0.0.1:*"))
    client.send_obj(1, timeout_s=5)
    assert server.recv_obj(timeout_s=5) == 1

    here.hold(new)
    serving.reload_keys()
    client.send_obj(2, timeout_s=5)

    with pytest.raises(Timeout):
        server.recv_obj(timeout_s=0.5)
    assert server.stats.refused == {"unknown-key": 1}


@NETWORK
def test_a_source_that_breaks_changes_nothing(end, tmp_path, caplog, mode):
    """Asked for it, it is an error; by itself it is a line in the log. The keys from before go on to be used."""
    path = save_key(Key.new(), tmp_path / "keys")
    ring = ring_from_folder(tmp_path / "keys")
    context, server = end(mode, zmq.REP, lambda: ring_from_folder(tmp_path / "keys"))
    endpoint = server.bind("tcp://127.0.0.1:*")
    path.unlink()

    with pytest.raises(KeyMissing, match="there are no keys in"):
        context.reload_keys()

    _, client = end(mode, zmq.REQ, ring)
    client.connect(endpoint)
    _asked(client, server, "still")


def test_clients_with_pairs_of_their_own_come_and_go(end):
    """Several on the list; one added while the server runs, one whose time is over, one that is taken away."""
    pair, first, second, third = (CurvePair.new() for _ in range(4))
    past = CurvePublic(id=third.id, public=third.public.public, accepted_until=int(time.time()) - 1)
    keys = Keys(pair, first.public, past)
    context, server = end("curve", zmq.PULL, keys)
    endpoint = server.bind("tcp://127.0.0.1:*")
    clients = {}
    for each in (first, second, third):
        _, clients[each.id] = end("curve", zmq.PUSH, KeyRing(pair=each, peers=(pair.public,)))
    clients[first.id].connect(endpoint)
    clients[first.id].send_obj("first", timeout_s=10)
    assert server.recv_obj(timeout_s=5) == "first"
    clients[third.id].connect(endpoint)
    with pytest.raises(KeyWrong, match=third.id.hex()):
        clients[third.id].send_obj("third", timeout_s=10)

    keys.hold(pair, second.public)
    assert context.reload_keys()
    clients[second.id].connect(endpoint)
    clients[second.id].send_obj("second", timeout_s=10)
    assert server.recv_obj(timeout_s=5) == "second"
    _, again = end("curve", zmq.PUSH, KeyRing(pair=first, peers=(pair.public,)))
    again.connect(endpoint)
    with pytest.raises(KeyWrong, match=first.id.hex()):
        again.send_obj("first", timeout_s=10)

    # libzmq asks once a connection: who is in stays in, until the connection or the socket ends
    clients[first.id].send_obj("still", timeout_s=10)
    assert server.recv_obj(timeout_s=5) == "still"


def _bound(context, endpoint):
    """A socket in the place of one that was closed: libzmq frees its port a little later."""
    socket = context.socket(zmq.REP)
    deadline = time.monotonic() + 5
    while True:
        try:
            socket.bind(endpoint)
        except zmq.ZMQError as error:
            if error.errno != zmq.EADDRINUSE or time.monotonic() > deadline:
                raise
        else:
            return socket


@pytest.mark.parametrize("shared", [False, True])
def test_a_curve_server_shows_another_pair_by_another_socket(end, shared):
    """In the same program. Clients that have both keys find the new one by themselves, and keep their sockets."""
    if shared:
        old, new = Key.new(), Key.new(seals_from=1)
        keys, ours = Keys(old), Keys(old)
        after, both, later = (old, new), (old, new), (new,)
    else:
        old, new, client_pair = CurvePair.new(), CurvePair.new(), CurvePair.new()
        keys, ours = Keys(old, client_pair.public), Keys(client_pair, old.public)
        after, both, later = (new, client_pair.public), (client_pair, old.public, new.public), (client_pair, new.public)
    context, server = end("curve", zmq.REP, keys)
    asking, client = end("curve", zmq.REQ, ours)
    endpoint = server.bind("tcp://127.0.0.1:*")
    client.connect(endpoint)
    _asked(client, server, "old")

    ours.hold(*both)
    keys.hold(*after)
    assert asking.reload_keys()
    assert context.reload_keys()
    _asked(client, server, "the socket shows the old pair still")
    server.close()
    server = _bound(context, endpoint)

    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(Timeout):
            client.send_obj("new", timeout_s=5)
            if server.poll(500):
                break
            client.recv_obj(timeout_s=0)  # what was sent to the socket that was closing is lost
    assert server.recv_obj(timeout_s=5) == "new"
    _, late = end("curve", zmq.REQ, KeyRing.of(later))
    late.connect(endpoint)
    _asked(late, server, "late")


def test_asyncio_sockets_take_another_key_too(end):
    """Their context has the same way to read the keys again."""
    old, new = Key.new(), Key.new(seals_from=1)
    here, there = Keys(old), Keys(old)
    serving, server = end("sealed", zmq.PULL, here, made=wire_asyncio.Context)
    asking, client = end("sealed", zmq.PUSH, there, made=wire_asyncio.Context)
    client.connect(server.bind("tcp://127.0.0.1:*"))

    async def rotated():
        await client.send_obj(1, timeout_s=5)
        first = await server.recv_from(timeout_s=5)
        here.hold(old, new)
        there.hold(new)
        assert serving.reload_keys()
        assert asking.reload_keys()
        await client.send_obj(2, timeout_s=5)
        return first.key_id, (await server.recv_from(timeout_s=5)).key_id

    assert asyncio.run(rotated()) == (old.id.hex(), new.id.hex())


SERVER = """
import sys, zmq
from gnomon.wire import Context, ring_from_folder
mode, mount = sys.argv[1:]
with Context(mode=mode, keys=lambda: ring_from_folder(mount)) as context:
    server = context.socket(zmq.REP)
    print(server.bind("tcp://127.0.0.1:*"), flush=True)
    for told in sys.stdin:
        if told.strip() == "reload":
            print(context.reload_keys(), flush=True)
        else:
            server.recv_obj(timeout_s=20)
            server.send_obj(told.strip(), timeout_s=5)
            print("answered", flush=True)
"""


def _mounted(mount, version, keys):
    """What Kubernetes does to a mounted secret: a new dated folder, and the link ..data renamed over the old one."""
    dated = mount / f"..{version}"
    dated.mkdir(parents=True)
    mount.chmod(0o1777)
    for key in keys:
        path = dated / f"{key.id.hex()}.key"
        path.write_text(written(key))
        path.chmod(0o400)
    (mount / "..data_tmp").symlink_to(dated.name)
    (mount / "..data_tmp").rename(mount / "..data")
    for name in {path.name for path in mount.glob("*.key")} - {path.name for path in dated.iterdir()}:
        (mount / name).unlink()
    for path in dated.iterdir():
        if not (mount / path.name).is_symlink():
            (mount / path.name).symlink_to(f"..data/{path.name}")


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="modes and links are POSIX's")
def test_a_mounted_secret_is_replaced_under_a_running_server(end, tmp_path):
    """The server gets the coming key too, then that alone; a client with the old key is turned away from then on."""
    old, coming = Key.new(), Key.new(seals_from=int(time.time()) + 1000)
    new = Key.of(coming.secret.reveal(), seals_from=1)
    mount = tmp_path / "mount"
    _mounted(mount, 1, [old])
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, "sealed", mount],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    try:
        endpoint = line(server)

        def answer(keys):
            _, client = end("sealed", zmq.REQ, KeyRing.of(keys))
            client.connect(endpoint)
            client.send_obj("?", timeout_s=10)
            assert ask(server, "yes") == "answered"
            return client.recv_obj(timeout_s=10)

        assert answer([old]) == "yes"
        _mounted(mount, 2, [old, coming])
        assert ask(server, "reload") == "True"
        assert answer([old]) == "yes"
        assert answer([old, coming]) == "yes"
        _mounted(mount, 3, [new])
        assert ask(server, "reload") == "True"
        assert answer([old, new]) == "yes"
        assert answer([new]) == "yes"
        with pytest.raises(KeyWrong, match=old.id.hex()):
            answer([old])
        assert ask(server, "reload") == "False"
    finally:
        server.kill()
        server.communicate()


@NETWORK
def test_a_host_s_name_is_as_good_as_its_address(end, mode):
    """What libzmq tells of by the address later has its key named all the same, and other keys are tried there."""
    wrong, right = Key.new(seals_from=1), Key.new()
    _, server = end(mode, zmq.REP, KeyRing(keys=(right,)))
    endpoint = server.bind("tcp://127.0.0.1:*").replace("127.0.0.1", "localhost")
    _, client = end(mode, zmq.REQ, KeyRing(keys=(wrong,)))
    client.connect(endpoint)
    with pytest.raises(KeyWrong, match=f"{endpoint} .*key {wrong.id.hex()}"):
        client.send_obj(1, timeout_s=10)

    if mode == "curve":  # where a connection is made with any key that both ends have
        _, client = end(mode, zmq.REQ, KeyRing(keys=(wrong, right)))
        client.connect(endpoint)
        _asked(client, server, "with the other one")
