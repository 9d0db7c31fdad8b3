"""The factory is a method or a static method of the class that uses it, with a lazy cache."""

import zmq


class LeaderClient:
    def __init__(self, config):
        self.config = config
        self._ctx = zmq.Context.instance()
        self._sock = None

    @staticmethod
    def build(ctx: zmq.Context, host, port):
        sock = ctx.socket(zmq.REQ)
        sock.setsockopt(zmq.RCVTIMEO, 3000)
        sock.connect(f"tcp://{host}:{port}")
        return sock

    def _socket(self):
        if self._sock is None:
            self._sock = self.build(self._ctx, self.config.host, self.config.port)
        return self._sock

    def request(self, payload):
        sock = self._socket()
        sock.send_pyobj(payload)
        return sock.recv_pyobj()  # finding: pickle-over-network configurable high role=connect
