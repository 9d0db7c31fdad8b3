"""A host that only the caller knows is configurable."""

import pickle

import zmq


class Listener:
    def __init__(self, host: str, port: int):
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind(f"tcp://{host}:{port}")

    def read(self):
        return pickle.loads(self.sock.recv())  # finding: pickle-over-network configurable high role=bind transport=tcp
