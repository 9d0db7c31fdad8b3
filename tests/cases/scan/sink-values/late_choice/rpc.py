"""The deserializer is chosen by a condition, stored in an attribute, imported lazily."""

import json

import zmq


class Rpc:
    def __init__(self, port, fmt="pickle"):
        self.sock = zmq.Context.instance().socket(zmq.REP)
        self.sock.bind(f"tcp://*:{port}")
        if fmt == "pickle":
            import pickle

            self.loads = pickle.loads  # finding: pickle-over-network any-host critical one-of=late
        else:
            self.loads = json.loads

    def serve(self):
        while True:
            request = self.loads(self.sock.recv())  # finding: pickle-over-network any-host critical one-of=late
            self.sock.send_string(str(request))
