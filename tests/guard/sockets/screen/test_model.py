"""A screened socket is what pyzmq's is, had nobody sent the bad messages."""

from itertools import count

import pytest
import zmq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ADDRESSES = (f"inproc://model-{number}" for number in count())
frame = st.sampled_from([b"", b"a", b"longer than a few"])
message = st.tuples(st.lists(frame, max_size=2), st.sampled_from([b"good", b"bad", b"bad"])).map(
    lambda parts: [*parts[0], parts[1]]
)


def noblock(receive):
    """What it gives, or that there is nothing."""

    def given_up(socket):
        try:
            return receive(socket)
        except zmq.Again:
            return "nothing"

    return given_up


def as_frame(socket):
    """Content of a frame, and whether another follows."""
    got = socket.recv(zmq.NOBLOCK, copy=False)
    return got.bytes, got.more


def into(socket):
    """What `recv_into` puts into four bytes."""
    buffer = bytearray(4)
    return socket.recv_into(buffer, flags=zmq.NOBLOCK), bytes(buffer)


def polled(socket):
    """What a poller says, without the socket itself."""
    poller = zmq.Poller()
    poller.register(socket, zmq.POLLIN)
    return [events for _, events in poller.poll(0)]


CALLS = {
    "recv": noblock(lambda socket: socket.recv(zmq.NOBLOCK)),
    "frame": noblock(as_frame),
    "recv_multipart": noblock(lambda socket: socket.recv_multipart(zmq.NOBLOCK)),
    "recv_string": noblock(lambda socket: socket.recv_string(zmq.NOBLOCK)),
    "recv_into": noblock(into if hasattr(zmq.Socket, "recv_into") else lambda socket: socket.recv(zmq.NOBLOCK)),
    "rcvmore": lambda socket: socket.get(zmq.RCVMORE),
    "events": lambda socket: socket.get(zmq.EVENTS) & zmq.POLLIN,
    "poll": lambda socket: socket.poll(0),
    "poller": polled,
    "select": lambda socket: len(zmq.select([socket], [], [], 0)[0]),
}


@pytest.mark.parametrize("kinds", [(zmq.PUSH, zmq.PULL), (zmq.PAIR, zmq.PAIR), (zmq.DEALER, zmq.ROUTER)])
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.one_of(message, st.sampled_from(sorted(CALLS))), max_size=40))
def test_the_same_without_the_bad(context, pair, kinds, steps):
    """Any messages and any calls, in any order: each call answers as on a plain socket that got the good ones."""
    sends, screened = pair(*kinds, next(ADDRESSES))
    twin, plain = pair(*kinds, next(ADDRESSES), made_by=plain_socket)
    try:
        for step in steps:
            if isinstance(step, list):
                sends.send_multipart(step)
                if step[-1] != b"bad":
                    twin.send_multipart(step)
            else:
                assert CALLS[step](screened) == CALLS[step](plain), step
    finally:
        for socket in (sends, screened, twin, plain):
            socket.close(linger=0)


def plain_socket(context, kind):
    """The function's name is the sign for the doorman to stay away."""
    return context.socket(kind)
