"""A test unpickles what the code under test gave to a fake socket."""

import pickle
from unittest.mock import MagicMock, patch

import zmq


def producer(sock, obj):
    sock.send(pickle.dumps(obj))


def test_producer_sends_pickle():
    sock = MagicMock()
    producer(sock, {"a": 1})
    sent = sock.send.call_args[0][0]
    assert pickle.loads(sent) == {"a": 1}  # safe: pickle-over-network


@patch("zmq.Context")
def test_round_trip(context):
    payload = pickle.dumps([1, 2])
    context.return_value.socket.return_value.recv.return_value = payload
    assert pickle.loads(payload) == [1, 2]  # safe: pickle-over-network
