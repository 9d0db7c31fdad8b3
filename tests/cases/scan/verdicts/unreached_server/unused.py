"""A load stays a finding though nothing calls the server; test doubles and comments don't make it safe."""

import pickle

import zmq


class NeverStarted:
    def __init__(self):
        self.sock = zmq.Context.instance().socket(zmq.PULL)

    def _bind(self):
        self.sock.bind("tcp://*:9603")

    def read(self):
        # Trusted network only.
        return pickle.loads(self.sock.recv())  # noqa: S301  # nosec B301  # finding: pickle-over-network any-host critical
