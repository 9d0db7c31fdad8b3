"""Programs of every pattern of ZeroMQ sockets say the same with another format in pickle's place."""

import contextlib
import secrets
import socket
import time

import pytest

from gnomon.fix.recipes.payloads import offer
from gnomon.wire.keys import Key
from gnomon.wire.keys import written as text_of
from tests.fix.recipes.programs import CASES, DEADLINE_S, Program, applied, found, free_port, read, written
from tests.fix.recipes.test_sockets import SHAPES

OTHERS = ("restrict", "msgspec", "json", "wire")


@pytest.mark.parametrize(
    ("name", "style"), [(name, "hmac") for name in SHAPES] + [("req_rep", each) for each in OTHERS]
)
def test_both_ends_say_what_they_said(name, style, tmp_path):
    """As real processes, over the sockets that they had."""
    files = read(CASES / "sockets" / name)
    findings, (channel,), sources = found(files)
    made = offer(channel, findings, sources, style)
    folder, port = written(tmp_path, applied(files, made)), free_port()
    keys = {"SIGNED_PICKLE_KEY": secrets.token_hex(32), "GNOMON_KEYS": text_of(Key.new())}
    _, served, asked = SHAPES[name]

    assert made.standing in ("automatic", "suggested")
    with Program(folder, "server.py", port, keys) as server:
        assert is_bound(port)
        with Program(folder, "client.py", port, keys) as client:
            if name == "pub_sub":
                assert (server.ended(), client.ended()) == (served, asked)
            else:
                assert (client.ended(), server.ended()) == (asked, served)


def is_bound(port):
    """Whether somebody listens, once somebody does."""
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), DEADLINE_S):
            return True
    return False
