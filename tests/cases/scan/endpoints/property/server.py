"""The address is a property, computed from fields; a second class returns a literal."""

import pickle

import zmq


class WorkerServer:
    def __init__(self, bind_host: str, control_port: int):
        self.bind_host = bind_host
        self.control_port = control_port

    @property
    def endpoint(self) -> str:
        return f"tcp://{self.bind_host}:{self.control_port}"

    def serve(self):
        sock = zmq.Context.instance().socket(zmq.ROUTER)
        sock.bind(self.endpoint)
        while True:
            identity, _, payload = sock.recv_multipart()
            pickle.loads(payload)  # finding: pickle-over-network configurable high role=bind


class LocalServer:
    def __init__(self, port: int):
        self.port = port

    @property
    def endpoint(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def serve(self):
        sock = zmq.Context.instance().socket(zmq.ROUTER)
        sock.bind(self.endpoint)
        while True:
            identity, _, payload = sock.recv_multipart()
            pickle.loads(payload)  # finding: pickle-over-network this-host medium role=bind
