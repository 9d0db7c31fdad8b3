"""Shielded sockets and gnomon.wire with the same keys understand one another."""

import pytest
import zmq

from gnomon.wire.context import Context
from gnomon.wire.key_files import ring_from_folder
from tests.guard.sockets.shield.programs import DEADLINE_S

RELAY = """
import sys, zmq
with zmq.Context() as context, context.socket(zmq.PULL) as pull, context.socket(zmq.PUSH) as push:
    push.connect(sys.argv[1])
    print(pull.bind_to_random_port("tcp://127.0.0.1"))
    push.send_multipart(pull.recv_multipart())
"""
IN_ONE_PROCESS = """
import sys
import zmq
from gnomon.wire import Context, ring_from_folder

with Context(mode="curve", keys=ring_from_folder(sys.argv[1])) as context:
    pull, push = context.socket(zmq.PULL), context.socket(zmq.PUSH)
    push.connect(pull.bind("tcp://127.0.0.1:*"))
    push.send_obj("hello", timeout_s=20)
    print(pull.recv_obj(timeout_s=20))
"""


@pytest.mark.parametrize("form", ["shared", "pairs"])
def test_wire_connects_to_a_shielded_server_and_the_other_way_round(stage, keys, pairs, form):
    """A message of wire's goes through a program that knows nothing of it, as raw frames."""
    shielded, ours = (keys, keys) if form == "shared" else (pairs["server"], pairs["client"])
    with Context(mode="curve", keys=ring_from_folder(ours), linger_s=1) as context:
        pull = context.socket(zmq.PULL)
        relay = stage.start(RELAY, pull.bind("tcp://127.0.0.1:*"), keys=shielded)
        push = context.socket(zmq.PUSH)
        push.connect(f"tcp://127.0.0.1:{relay.line()}")
        push.send_obj({"numbers": [1, 2, 3]}, timeout_s=DEADLINE_S)

        assert pull.recv_obj(timeout_s=DEADLINE_S) == {"numbers": [1, 2, 3]}
        assert pull.stats.strangers == push.stats.strangers == 0
    relay.output()


def test_wire_under_the_shield_keeps_its_own(stage, keys, other_keys):
    """Its sockets and its authenticator are a program's own like others."""
    program = stage.start(IN_ONE_PROCESS, other_keys, keys=keys)

    assert program.output() == "hello\n"
    assert {event["event"] for event in program.events()} == {"shield-left"}
