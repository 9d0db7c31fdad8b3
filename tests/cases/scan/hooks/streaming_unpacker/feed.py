"""A streaming unpacker is fed and iterated; its hook unpickles."""

import pickle

import msgpack
import zmq


class Feed:
    def __init__(self):
        self.unpacker = msgpack.Unpacker(ext_hook=self._ext_hook)
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind("tcp://*:7902")

    @staticmethod
    def _ext_hook(code, data):
        return pickle.loads(data) if code == 5 else None  # finding: pickle-over-network any-host critical source=zmq

    def __iter__(self):
        while True:
            self.unpacker.feed(self.sock.recv())
            yield from self.unpacker
