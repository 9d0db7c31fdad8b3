"""The deserializer is a parameter's default, kept on self and called later; the call is the load."""

import pickle
from typing import Any, Callable

import zmq


class Rendezvous:
    def __init__(
        self,
        *,
        encode: Callable[[Any], bytes] = pickle.dumps,
        decode: Callable[[bytes], Any] = pickle.loads,
    ):
        self._sock = zmq.Context.instance().socket(zmq.REP)
        self._sock.bind("tcp://*:7800")
        self._encode = encode
        self._decode = decode

    def read(self):
        return self._decode(self._sock.recv())  # finding: pickle-over-network any-host critical source=zmq sink=pickle.loads


def receive(ctx: zmq.Context, deserialize=pickle.loads):
    sock = ctx.socket(zmq.PULL)
    sock.bind("tcp://127.0.0.1:7801")
    return deserialize(sock.recv())  # finding: pickle-over-network this-host medium sink=pickle.loads
