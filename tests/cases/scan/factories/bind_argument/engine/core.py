import pickle

import zmq

from engine.network import make_zmq_socket


class Core:
    def __init__(self, port: int):
        ctx = zmq.Context(io_threads=2)
        self.inbox = make_zmq_socket(ctx, f"tcp://*:{port}", zmq.PULL, bind=True)
        self.local = make_zmq_socket(ctx, "ipc:///tmp/core", zmq.PULL)

    def run(self):
        while True:
            request = pickle.loads(self.inbox.recv())  # finding: pickle-over-network any-host critical role=bind source=zmq
            order = self.local.recv_pyobj()  # finding: pickle-over-network this-host medium role=bind transport=ipc
            print(request, order)


class Front:
    def __init__(self, peer: str):
        ctx = zmq.Context(io_threads=2)
        self.dealer = make_zmq_socket(ctx, f"tcp://{peer}:7001", zmq.DEALER, bind=False, identity=b"front")

    def ask(self):
        return pickle.loads(self.dealer.recv())  # finding: pickle-over-network configurable high role=connect transport=tcp
