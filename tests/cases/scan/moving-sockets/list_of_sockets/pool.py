"""Sockets kept in a list: appended, built by comprehension, zipped, indexed."""

import pickle

import zmq


class Pool:
    def __init__(self, ports):
        ctx = zmq.Context()
        self.inputs = []
        for port in ports:
            sock = ctx.socket(zmq.PULL)
            sock.bind(f"tcp://0.0.0.0:{port}")
            self.inputs.append(sock)
        self.local = [self._local(ctx, i) for i in range(4)]

    def _local(self, ctx, index):
        sock = ctx.socket(zmq.PULL)
        sock.bind(f"ipc:///tmp/pool-{index}")
        return sock

    def gather(self):
        results = [pickle.loads(sock.recv()) for sock in self.inputs]  # finding: pickle-over-network any-host critical
        for rank, sock in enumerate(self.local):
            results.append(pickle.loads(sock.recv()))  # finding: pickle-over-network this-host medium
        for rank, sock in zip(range(4), self.inputs):
            results[rank] = sock.recv_pyobj()  # finding: pickle-over-network any-host critical
        results.append(self.local[0].recv_pyobj())  # finding: pickle-over-network this-host medium
        return results
