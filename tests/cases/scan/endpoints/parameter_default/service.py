"""A wildcard that is a parameter's default is a wildcard; so is a class constant."""

import pickle
import threading

import zmq


class Service:
    def __init__(self, target, *, address: str = "tcp://0.0.0.0:4000"):
        self._target = target
        self._address = address
        self._socket = None

    def start(self):
        self._socket = zmq.Context.instance().socket(zmq.REP)
        self._socket.bind(self._address)
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        socket = self._socket
        while True:
            data = socket.recv()
            name, args, kwargs = pickle.loads(data)  # finding: pickle-over-network any-host critical role=bind
            socket.send(pickle.dumps(getattr(self._target, name)(*args, **kwargs)))


class Broadcaster:
    BIND_HOST = "0.0.0.0"
    BIND_PORT = 4001

    def __init__(self, ctx: zmq.Context):
        self.inbox = ctx.socket(zmq.PULL)
        self.inbox.bind(f"tcp://{self.BIND_HOST}:{self.BIND_PORT}")

    def read(self):
        return self.inbox.recv_pyobj()  # finding: pickle-over-network any-host critical
