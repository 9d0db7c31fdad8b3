import zmq

from rpc import serializer


class Client:
    def __init__(self, host: str, port: int):
        self._socket = zmq.Context().socket(zmq.REQ)
        self._socket.connect(f"tcp://{host}:{port}")

    def call(self, blob):
        self._socket.send(blob)
        return serializer.loads_one(self._socket.recv())
