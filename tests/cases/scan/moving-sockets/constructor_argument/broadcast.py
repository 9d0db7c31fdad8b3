"""A socket made by one class is handed to another's constructor, which reads it in a thread."""

import pickle
import threading

import zmq


class BroadcastOperation:
    def __init__(self, rank, socket, topic):
        self.rank = rank
        self.socket = socket
        self.topic = topic
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        if self.rank == 0:
            self.socket.send_pyobj({"topic": self.topic})
        else:
            self.socket.recv_string()
            self.metadata = self.socket.recv_pyobj()  # finding: pickle-over-network configurable high source=zmq role=connect


class CheckpointEngine:
    def __init__(self, rank, master):
        self.rank = rank
        self._connect(master)

    def _connect(self, master):
        context = zmq.Context()
        self.socket = context.socket(zmq.SUB)
        self.socket.connect(f"tcp://{master.ip}:{master.port}")
        self.socket.setsockopt_string(zmq.SUBSCRIBE, "bucket")

    def receive_weights(self):
        return BroadcastOperation(rank=self.rank, socket=self.socket, topic="bucket")


class Reader:
    def __init__(self, socket):
        self._in = socket

    def read(self):
        return pickle.loads(self._in.recv())  # finding: pickle-over-network any-host critical role=bind


def make_reader(ctx: zmq.Context):
    sock = ctx.socket(zmq.PULL)
    reader = Reader(sock)
    sock.bind("tcp://*:7400")
    return reader
