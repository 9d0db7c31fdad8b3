"""A class whose `__setattr__` asks the other end keeps its own socket in the instance's dictionary."""

import pickle

import zmq


class RemoteObject:
    def __init__(self, host, port):
        self.__dict__["socket"] = zmq.Context().socket(zmq.REQ)
        self.socket.connect(f"tcp://{host}:{port}")

    def __setattr__(self, name, value):
        self._ask({"set": name, "value": value})

    def _ask(self, request):
        self.socket.send(pickle.dumps(request))
        return pickle.loads(self.socket.recv())  # finding: pickle-over-network configurable high source=zmq role=connect
