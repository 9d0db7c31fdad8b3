"""torch.load, numpy with allow_pickle and joblib unpickle; their restricted forms don't."""

import io

import joblib
import numpy as np
import torch
import zmq


class Inbox:
    def __init__(self):
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind("tcp://*:8102")

    def tensors(self):
        yield torch.load(io.BytesIO(self.sock.recv()), weights_only=False)  # finding: pickle-over-network any-host critical sink=torch.load
        yield torch.load(io.BytesIO(self.sock.recv()), "cpu", weights_only=True)  # safe: pickle-over-network
        buffer = io.BytesIO(self.sock.recv())
        buffer.seek(0)
        yield torch.load(buffer, map_location="cpu", weights_only=False)  # finding: pickle-over-network any-host critical

    def arrays(self):
        yield np.load(io.BytesIO(self.sock.recv()), allow_pickle=True)  # finding: pickle-over-network any-host critical sink=numpy.load
        yield np.load(io.BytesIO(self.sock.recv()), allow_pickle=False)  # safe: pickle-over-network
        yield np.load(io.BytesIO(self.sock.recv()))  # safe: pickle-over-network
        data = io.BytesIO()
        data.write(self.sock.recv())
        data.seek(0)
        yield np.load(data, None, True)  # finding: pickle-over-network any-host critical

    def models(self):
        yield joblib.load(io.BytesIO(self.sock.recv()))  # finding: pickle-over-network any-host critical
