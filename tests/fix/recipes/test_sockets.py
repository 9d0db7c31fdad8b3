"""Both ends of a channel become sockets of gnomon.wire: they run, and strangers get nothing delivered."""

import contextlib
import time

import pytest
import zmq

from gnomon.fix.recipes import sockets
from gnomon.wire import Codec, Context, KeyWrong, Timeout
from gnomon.wire.keys import Key, KeyRing
from tests.fix.recipes.programs import (
    CASES, DEADLINE_S, FOREIGN, Program, applied, found, free_port, new_key, read, turned_away, written,
)  # fmt: skip

SHAPES = {
    "push_pull": (zmq.PUSH, "total 6 []", "sent"),
    "req_rep": (zmq.REQ, "served []", "42 8 bye"),
    "factory": (zmq.PUSH, "seen [1, 2, 3] []", "sent"),
    "router_dealer": (zmq.DEALER, "served []", "6 10 bye"),
    "router_returns": (zmq.DEALER, "served []", "6 10 bye"),
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
