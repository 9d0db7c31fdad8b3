"""Methods named recv_pyobj that aren't the library's: one speaks JSON, one unpickles inside."""

import json
import pickle

import zmq


class JsonLink:
    def __init__(self, port):
        self._sock = zmq.Context.instance().socket(zmq.PAIR)
        self._sock.bind(f"tcp://*:{port}")

    def recv_pyobj(self):
        return json.loads(self._sock.recv())  # safe: pickle-over-network

    def run(self):
        return self.recv_pyobj()  # safe: pickle-over-network


class PickleLink:
    def __init__(self, port):
        self._sock = zmq.Context.instance().socket(zmq.PAIR)
        self._sock.bind(f"tcp://*:{port}")

    def recv_pyobj(self):
        return pickle.loads(self._sock.recv())  # finding: pickle-over-network any-host critical source=zmq

    def run(self):
        return self.recv_pyobj()  # safe: pickle-over-network


def main():
    link = JsonLink(8001)
    other = PickleLink(8002)
    return link.recv_pyobj(), other.recv_pyobj()  # safe: pickle-over-network
