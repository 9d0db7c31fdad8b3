"""Both ends of a channel become sockets of gnomon.wire: they run, and strangers get nothing delivered."""

import contextlib
import subprocess
import sys
import time

import pytest
import zmq
from msgspec import structs

from gnomon.fix.recipes import sockets, uses
from gnomon.wire import Codec, Context, KeyWrong, Timeout, port
from gnomon.wire.channel import PATTERNS
from gnomon.wire.keys import Key, KeyRing
from tests.fix.recipes.programs import (
    CASES,
    DEADLINE_S,
    FOREIGN,
    Program,
    applied,
    found,
    free_port,
    new_key,
    read,
    turned_away,
    written,
)  # fmt: skip

SHAPES = {
    "push_pull": (zmq.PUSH, "total 6 []", "sent"),
    "req_rep": (zmq.REQ, "served []", "42 8 bye"),
    "factory": (zmq.PUSH, "seen [1, 2, 3] []", "sent"),
    "router_dealer": (zmq.DEALER, "served []", "6 10 bye"),
    "router_returns": (zmq.DEALER, "served []", "6 10 bye"),
    "router_closure": (zmq.DEALER, "served []", "6 10 bye"),
    "router_req": (zmq.REQ, "served []", "42 8 bye"),
    "router_asyncio": (zmq.DEALER, "served []", "6 10 bye"),
    "asyncio_pull": (zmq.PUSH, "took [1, 2, 3] []", "sent"),
    "pub_sub": (zmq.PUB, "heard [1, 2, 3] []", "published"),
    "pair": (zmq.PAIR, "served []", "16"),
    "poller": (zmq.PUSH, "total 6 []", "sent"),
}
"""By case: a stranger's socket type, what the server prints at its end, and what the client does."""


@pytest.fixture(scope="module", params=SHAPES)
def case(request):
    """(name, files, offer)."""
    files = read(CASES / "sockets" / request.param)
    findings, (channel,), sources = found(files)
    return request.param, files, sockets.offer(channel, findings, sources)


def test_both_ends_run_and_strangers_are_turned_away(case, tmp_path):
    """The changed programs say what the flawed ones said; who has no key, or another one, reaches nobody."""
    name, files, offer = case
    kind, served, asked = SHAPES[name]
    folder, port = written(tmp_path / "program", applied(files, offer)), free_port()
    key = {"GNOMON_KEYS": new_key(tmp_path / "keys")}

    with Program(folder, "server.py", port, key) as server:
        assert turned_away(port, kind, [FOREIGN])
        assert other_key_is_refused(port, kind)
        assert server.running()
        with Program(folder, "client.py", port, key) as client:
            if name == "pub_sub":
                heard = server.ended()
                assert (heard, client.ended()) == (served, asked)
            else:
                assert (client.ended(), server.ended()) == (asked, served)


def other_key_is_refused(port, kind):
    """Whether a socket of gnomon.wire with another key is told so."""
    with Context(keys=KeyRing.of([Key.new()]), codec=Codec()) as context:
        stranger = context.socket(kind)
        stranger.connect(f"tcp://127.0.0.1:{port}")
        deadline = time.monotonic() + DEADLINE_S
        try:
            while time.monotonic() < deadline:
                if kind == zmq.PUB:  # which never waits for anybody
                    stranger.poll(50, zmq.POLLIN)
                with contextlib.suppress(Timeout):
                    stranger.send_obj({"value": 1000, "stop": True}, timeout_s=0.2)
        except KeyWrong:
            return True
        return False


def test_the_flawed_program_unpickles_what_a_stranger_sends(tmp_path):
    """The same stranger reaches the program as it was: what is turned away above is what was let in."""
    files = read(CASES / "sockets" / "push_pull")
    folder, port = written(tmp_path / "program", files), free_port()

    with Program(folder, "server.py", port, {}) as server:
        assert not turned_away(port, zmq.PUSH, [FOREIGN])
        with Program(folder, "client.py", port, {}) as client:
            client.ended()
        assert server.ended() == "total 6 ['unpickled']"


def test_a_new_scan_finds_nothing(case):
    """The finding is gone after the change."""
    _, files, offer = case

    remaining, _, _ = found(applied(files, offer))

    assert [item for item in remaining if item.rule == "pickle-over-network"] == []


def test_the_generated_tests_pass(case, tmp_path):
    """They run over real sockets, beside the module, with keys of their own."""
    name, files, offer = case
    if name not in {"push_pull", "router_dealer", "pub_sub"}:
        pytest.skip("one of each kind is enough")
    patch = structs.replace(offer.patch, sections=(*offer.patch.sections, *offer.tests))
    folder = written(tmp_path / "program", applied(files, structs.replace(offer, patch=patch)))

    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_wire_messages.py"]
    done = subprocess.run(run, cwd=folder, capture_output=True, text=True, timeout=DEADLINE_S, check=False)

    assert done.returncode == 0, done.stdout


SERVER = """import pickle
import zmq
context = zmq.Context()
socket = context.socket(zmq.{kind})
{before}
socket.bind("{bind}")
{body}
"""
CLIENT = """import pickle
import zmq
context = zmq.Context()
socket = context.socket(zmq.{kind})
socket.connect("{connect}")
{body}
"""


def offered(
    body, *, kind="PULL", other="PUSH", client="socket.send_pyobj({'a': 1})", before="", at="tcp://127.0.0.1:5999"
):
    """The offer for a server and a client of few lines."""
    files = {
        "server.py": SERVER.format(kind=kind, before=before, bind=at, body=body),
        "client.py": CLIENT.format(kind=other, connect=at, body=client),
    }
    findings, (channel,), sources = found(files)
    return files, sockets.offer(channel, findings, sources)


TAKES = "print(socket.recv_pyobj())"
BOTH = "socket.send_pyobj(1)\nsocket.send(b'x')"


@pytest.mark.parametrize(
    ("why", "given"),
    [
        (
            "several calls (SNDMORE)",
            {"body": TAKES, "client": "socket.send_pyobj(1, zmq.SNDMORE)\nsocket.send_pyobj(2)"},
        ),
        ("the option CONFLATE", {"body": TAKES, "before": "socket.setsockopt(zmq.CONFLATE, 1)"}),
        ("no XSUB sockets", {"body": TAKES, "kind": "XSUB", "other": "PUB"}),
        ("inproc://", {"body": TAKES, "at": "inproc://jobs"}),
        ("pickle.UnpicklingError is caught", {"body": f"try:\n    {TAKES}\nexcept pickle.UnpicklingError:\n    pass"}),
        ("asked at server.py", {"body": f"{TAKES}\nassert isinstance(socket, zmq.Socket)"}),
        ("has no get_monitor_socket", {"body": f"socket.get_monitor_socket()\n{TAKES}"}),
        ("has no unbind", {"body": f"{TAKES}\nsocket.unbind('tcp://127.0.0.1:5999')"}),
        ("binds at server.py:6 and connects", {"body": f"socket.connect('tcp://127.0.0.1:5998')\n{TAKES}"}),
        ("a text is sent", {"body": TAKES, "client": "socket.send_pyobj(1)\nsocket.send_string('x')"}),
        ("gnomon.wire raises a WireError", {"body": f"try:\n    {TAKES}\nexcept zmq.ContextTerminated:\n    pass"}),
        ("used as one (copy=…)", {"body": f"{TAKES}\nsocket.recv(copy=False)", "client": BOTH}),
        ("goes where it is not followed", {"body": "frame = socket.recv()\nprint(pickle.loads(frame), len(frame))"}),
        (
            "whom send_multipart sends to",
            {
                "body": "identity, frame = socket.recv_multipart()\nx = pickle.loads(frame)\n"
                "socket.send_multipart([b'worker-1', pickle.dumps(x)])",
                "kind": "ROUTER",
                "other": "DEALER",
            },
        ),
        (
            "data beside the pickle",
            {"body": TAKES, "client": "out = []\nsocket.send(pickle.dumps(1, protocol=5, buffer_callback=out.append))"},
        ),
    ],
)
def test_what_stops_it_is_told_with_the_place(why, given):
    """Nothing is changed where gnomon.wire has nothing like what is done; the reason names the place."""
    _, offer = offered(**given)

    assert offer.standing == "impossible"
    assert any(why in each and ".py:" in each for each in offer.why), offer.why
    assert not offer.patch.replacements


def test_a_missing_end_is_no_more_than_suggested():
    """One end alone is never changed by itself: the offer says which end is not there."""
    files = {"server.py": SERVER.format(kind="PULL", before="", bind="tcp://*:5999", body=TAKES)}
    findings, (channel,), sources = found(files)

    offer = sockets.offer(channel, findings, sources)

    assert offer.standing == "suggested"
    assert any("the other end of the PULL" in each for each in offer.why), offer.why


def test_a_context_with_other_sockets_stays(tmp_path):
    """Sockets that are not of the channel keep pyzmq's context, and the changed one gets another."""
    files, offer = offered(TAKES, before="other = context.socket(zmq.PUB)\nother.bind('tcp://127.0.0.1:5997')")

    changed = applied(files, offer)

    assert "context = zmq.Context()" in changed["server.py"]
    assert "socket = wire_context().socket(zmq.PULL)" in changed["server.py"]
    assert "other = context.socket(zmq.PUB)" in changed["server.py"]
    assert "context = Context(codec=CODEC)" in changed["client.py"]


def test_a_context_that_a_library_gets_stays():
    """Another library's object wants pyzmq's own context: the socket alone is changed."""
    before = "from zmq.auth.thread import ThreadAuthenticator\nguard = ThreadAuthenticator(context)"
    files, offer = offered(TAKES, before=before)

    changed = applied(files, offer)

    assert "context = zmq.Context()" in changed["server.py"]
    assert "socket = wire_context().socket(zmq.PULL)" in changed["server.py"]


def test_plain_names_of_ipc_move_into_a_private_folder():
    """Mode local changes where the socket lies, so a person decides."""
    files, offer = offered(TAKES, at="ipc://jobs")

    assert offer.standing == "suggested"
    assert any("mode local" in each for each in offer.why)
    assert 'Context(mode="local", codec=CODEC)' in applied(files, offer)["server.py"]


def test_other_ipc_addresses_keep_their_place_and_get_keys(tmp_path, monkeypatch):
    """CURVE works over ipc too: the default mode leaves a path where it is."""
    files, offer = offered(TAKES, at="ipc:///run/app/jobs")
    assert "context = Context(codec=CODEC)" in applied(files, offer)["server.py"]

    address = f"ipc://{tmp_path / 's'}"
    with Context(keys=KeyRing.of([Key.new()]), codec=Codec()) as context:
        receiver, sender = context.socket(zmq.PULL), context.socket(zmq.PUSH)
        receiver.bind(address)
        sender.connect(address)
        sender.send_obj({"a": 1}, timeout_s=DEADLINE_S)

        assert receiver.recv_obj(timeout_s=DEADLINE_S) == {"a": 1}


def test_the_options_are_those_of_gnomon_wire():
    """The recipe's table names what a socket of gnomon.wire takes, and nothing else."""
    assert {getattr(zmq, name) for name in uses.OPTIONS} == {int(option) for option in port.OPTIONS}
    assert {getattr(zmq, name) for name in uses.READABLE} == {int(option) for option in port.READABLE}
    assert {getattr(zmq, name) for name in uses.TYPES} == {int(kind) for kind in PATTERNS}
