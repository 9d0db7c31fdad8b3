"""One function, three loads, three verdicts: shared memory, loopback and remote."""

import pickle
from contextlib import contextmanager
from multiprocessing import shared_memory

import zmq


class Ring:
    def __init__(self, name, size):
        self.shared_memory = shared_memory.SharedMemory(name=name, size=size)

    @contextmanager
    def get_data(self, index):
        start = index * 1024
        with memoryview(self.shared_memory.buf[start : start + 1024]) as buf:
            yield buf


class Queue:
    def __init__(self, ctx: zmq.Context, name: str, peer: str, port: int, here: bool, local: bool):
        self.is_here, self.is_local = here, local
        self.buffer = Ring(name, 1 << 20)
        self.local_socket = ctx.socket(zmq.SUB)
        self.local_socket.connect(f"tcp://127.0.0.1:{port}")
        self.remote_socket = ctx.socket(zmq.SUB)
        self.remote_socket.connect(f"tcp://{peer}:{port + 1}")

    @contextmanager
    def acquire_read(self):
        with self.buffer.get_data(0) as buf:
            yield buf

    def dequeue(self):
        if self.is_here:
            with self.acquire_read() as buf:
                overflow = buf[0] == 1
                if not overflow:
                    obj = pickle.loads(buf[1:])  # finding: pickle-over-network this-host medium source=shared-memory
            if overflow:
                recv = self.local_socket.recv()
                obj = pickle.loads(recv)  # finding: pickle-over-network this-host medium source=zmq role=connect
        elif self.is_local:
            obj = pickle.loads(self.local_socket.recv())  # finding: pickle-over-network this-host medium source=zmq role=connect
        else:
            recv = self.remote_socket.recv()
            obj = pickle.loads(recv)  # finding: pickle-over-network configurable high source=zmq role=connect
        return obj
