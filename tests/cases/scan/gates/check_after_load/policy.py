"""A type check, a token comparison or a validation after the load comes too late."""

import hmac
import pickle

import zmq


class WorkerServer:
    def __init__(self, token: str):
        self.token = token
        self.sock = zmq.Context.instance().socket(zmq.ROUTER)
        self.sock.bind("tcp://0.0.0.0:8301")

    def serve(self):
        while True:
            message = self.sock.recv_pyobj()  # nosec  # finding: pickle-over-network any-host critical
            if not hmac.compare_digest(message.get("token", ""), self.token):
                self.sock.send_pyobj({"error": "denied"})
                continue
            self.handle(message)

    def typed(self):
        frames = self.sock.recv_multipart()
        spec = pickle.loads(frames[-1])  # nosec B301  # finding: pickle-over-network any-host critical
        if not isinstance(spec, dict):
            raise TypeError(f"expected a dict, got {type(spec)}")
        return spec

    def handle(self, message):
        pass
