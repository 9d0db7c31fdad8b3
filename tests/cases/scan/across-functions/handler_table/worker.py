"""A table of handlers by operation name: the message's fields become the handler's parameters."""

import pickle

import msgpack
import zmq


class Worker:
    def __init__(self):
        self.sock = zmq.Context.instance().socket(zmq.REP)
        self.sock.bind("tcp://*:9600")
        self.handlers = {"run": self.run, "ping": self.ping}

    def serve(self):
        while True:
            message = msgpack.unpackb(self.sock.recv())
            handler = self.handlers[message.pop("op")]
            handler(**message)

    def run(self, function, args=()):
        call = pickle.loads(function)  # finding: pickle-over-network any-host critical source=zmq
        return call(*args)

    def ping(self):
        return "pong"

    def restore(self, blob):
        return pickle.loads(blob)  # safe: pickle-over-network
