"""The deserializer is a class attribute, bare or in staticmethod; the class is chosen elsewhere."""

import json
import pickle
from functools import partial
from typing import Any, Callable, ClassVar

import zmq


class DefaultSerializer:
    dumps: ClassVar[Callable[[Any], bytes]] = partial(pickle.dumps, protocol=pickle.HIGHEST_PROTOCOL)
    loads: ClassVar[Callable[[bytes], Any]] = pickle.loads  # finding: pickle-over-network one-of=default


class JsonSerializer:
    dumps = staticmethod(json.dumps)
    loads = staticmethod(json.loads)


class Job:
    def __init__(self, data, serializer=None):
        self.data = data
        self.serializer = serializer or DefaultSerializer

    @property
    def arguments(self):
        return self.serializer.loads(self.data)  # finding: pickle-over-network one-of=default


class Codec:
    decode = staticmethod(pickle.loads)  # finding: pickle-over-network one-of=codec

    def read(self, sock):
        return self.decode(sock.recv())  # finding: pickle-over-network one-of=codec


class TextCodec:
    decode = staticmethod(json.loads)

    def read(self, sock):
        return self.decode(sock.recv())  # safe: pickle-over-network


def serve():
    sock = zmq.Context.instance().socket(zmq.PULL)
    sock.bind("tcp://*:7804")
    yield Job(sock.recv()).arguments
    yield Codec().read(sock)
    yield TextCodec().read(sock)
