"""The load is an overridable method: pickle in the base class, JSON in one subclass."""

import json
import pickle
import socket


class Worker:
    def deserialize(self, data):
        return pickle.loads(data)  # finding: pickle-over-network this-host medium source=socket transport=ipc

    def forward(self, data):
        raise NotImplementedError

    def run(self, path):
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.connect(path)
        while True:
            size = int.from_bytes(self._exact(sock, 4), "big")
            payload = self._exact(sock, size)
            self.forward(self.deserialize(payload))

    @staticmethod
    def _exact(sock, size):
        buffer = bytearray(size)
        view = memoryview(buffer)
        while view:
            view = view[sock.recv_into(view, len(view)) :]
        return buffer


class JsonWorker(Worker):
    def deserialize(self, data):
        return json.loads(data)  # safe: pickle-over-network
