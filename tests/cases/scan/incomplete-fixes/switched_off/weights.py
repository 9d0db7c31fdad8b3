"""A library restricts itself, and the call, the environment or the request says otherwise."""

import io
import os

import numpy
import torch
import zmq

LEGACY = os.environ.get("LEGACY_WEIGHTS", "0") == "1"


def serve(ctx: zmq.Context):
    sock = ctx.socket(zmq.PULL)
    sock.bind("tcp://*:8611")
    while True:
        yield torch.load(io.BytesIO(sock.recv()), weights_only=False)  # finding: pickle-over-network any-host critical incomplete=switched-off
        yield torch.load(io.BytesIO(sock.recv()), weights_only=not LEGACY)  # finding: pickle-over-network any-host critical incomplete=switched-off
        yield numpy.load(io.BytesIO(sock.recv()), allow_pickle=True)  # finding: pickle-over-network any-host critical incomplete=switched-off
        yield torch.load(io.BytesIO(sock.recv()), weights_only=True)  # safe: pickle-over-network
        yield numpy.load(io.BytesIO(sock.recv()), allow_pickle=False)  # safe: pickle-over-network


def arrays(ctx: zmq.Context):
    sock = ctx.socket(zmq.PULL)
    sock.bind("tcp://*:8612")
    while True:
        options, data = sock.recv_multipart()
        yield numpy.load(io.BytesIO(data), allow_pickle=options == b"pickle")  # finding: pickle-over-network any-host critical incomplete=switched-off
        yield numpy.load(io.BytesIO(data))  # safe: pickle-over-network
