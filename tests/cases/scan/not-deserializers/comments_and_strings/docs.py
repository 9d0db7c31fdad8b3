"""Mentions in strings, docstrings and comments are not calls; neither are sends."""

import pickle

import zmq

USAGE = "data = pickle.loads(sock.recv())"


def send(ctx: zmq.Context, obj):
    """Never do pickle.loads(sock.recv()) on the other end; use recv_json instead of recv_pyobj."""
    sock = ctx.socket(zmq.PUSH)
    sock.connect("tcp://10.1.1.1:8008")
    # sock.recv_pyobj() would run code
    sock.send_pyobj(obj)  # safe: pickle-over-network
    sock.send(pickle.dumps(obj))  # safe: pickle-over-network
