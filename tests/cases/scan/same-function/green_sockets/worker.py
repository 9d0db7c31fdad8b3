"""The cooperative twin of the library has the same sockets."""

import pickle

import zmq.green as zmq


def worker(ctx=None):
    ctx = ctx or zmq.Context()
    sock = ctx.socket(zmq.PULL)
    sock.bind("tcp://*:5556")
    while True:
        job = pickle.loads(sock.recv())  # finding: pickle-over-network any-host critical source=zmq role=bind
        job()
