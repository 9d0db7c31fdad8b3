import zmq

from .serializer import Serializer


class Server:
    def __init__(self, target, host: str = "*", port: int = 5000):
        self._target = target
        self._serializer = Serializer()
        self._socket = zmq.Context().socket(zmq.REP)
        self._socket.bind(f"tcp://{host}:{port}")

    def serve_forever(self):
        while True:
            frames = self._socket.recv_multipart()  # at: receive
            name, args, kwargs = self._serializer.deserialize(frames)
            result = getattr(self._target, name)(*args, **kwargs)
            self._socket.send_multipart(self._serializer.serialize(result))
