"""The option that makes a loader safe or not is a constant, a default, or a keyword spread from a dictionary."""

import io

import numpy as np
import torch
import zmq

SAFE = True
OPTIONS = {"map_location": "cpu", "weights_only": True}


def decode_array(data, allow_pickle=True):
    return np.load(io.BytesIO(data), allow_pickle=allow_pickle)  # finding: pickle-over-network any-host critical


def decode_strict(data, allow_pickle=False):
    return np.load(io.BytesIO(data), allow_pickle=allow_pickle)  # safe: pickle-over-network


def serve(ctx: zmq.Context):
    sock = ctx.socket(zmq.PULL)
    sock.bind("tcp://*:8103")
    while True:
        yield decode_array(sock.recv())
        yield decode_strict(sock.recv())
        yield torch.load(io.BytesIO(sock.recv()), weights_only=SAFE)  # safe: pickle-over-network
        yield torch.load(io.BytesIO(sock.recv()), weights_only=not SAFE)  # finding: pickle-over-network any-host critical
        yield torch.load(io.BytesIO(sock.recv()), **OPTIONS)  # safe: pickle-over-network
