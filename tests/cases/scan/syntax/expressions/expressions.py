"""Walrus, conditional and boolean expressions, comprehensions, subscripts, attribute chains, f-strings around."""

import pickle

import zmq

EMPTY = b""


class Inbox:
    def __init__(self):
        self.sock = zmq.Context.instance().socket(zmq.ROUTER)
        self.sock.bind("tcp://*:8900")

    def read(self, wait=True, default=None):
        if (message := self.sock.recv()) != EMPTY:
            yield pickle.loads(message)  # finding: pickle-over-network any-host critical
        body = self.sock.recv() if wait else EMPTY
        yield pickle.loads(body)  # finding: pickle-over-network any-host critical
        yield pickle.loads(self.sock.recv() or EMPTY)  # finding: pickle-over-network any-host critical
        yield pickle.loads(self.sock.recv_multipart()[-1])  # finding: pickle-over-network any-host critical
        yield [pickle.loads(frame) for frame in self.sock.recv_multipart()]  # finding: pickle-over-network any-host critical
        yield {index: pickle.loads(frame) for index, frame in enumerate(self.sock.recv_multipart()) if frame}  # finding: pickle-over-network any-host critical
        yield tuple(pickle.loads(frame) for frame in self.sock.recv_multipart()[1:])  # finding: pickle-over-network any-host critical
        yield f"{pickle.loads(self.sock.recv())!r}"  # finding: pickle-over-network any-host critical
        yield pickle.loads(self.sock.recv())["method"].lower()  # finding: pickle-over-network any-host critical
        yield (lambda blob: pickle.loads(blob))(self.sock.recv())  # finding: pickle-over-network any-host critical
        while frames := self.sock.recv_multipart():
            yield pickle.loads(frames.pop())  # finding: pickle-over-network any-host critical
        yield pickle.loads(EMPTY) if default is None else default  # safe: pickle-over-network
