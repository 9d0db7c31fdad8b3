"""A partial of the deserializer, map over frames, a sorted key, a decorator argument."""

import functools
import pickle

import zmq

load = functools.partial(pickle.loads, encoding="latin-1")


def serve():
    sock = zmq.Context.instance().socket(zmq.PULL)
    sock.bind("tcp://*:7806")
    while True:
        yield load(sock.recv())  # finding: pickle-over-network any-host critical
        yield list(map(pickle.loads, sock.recv_multipart()))  # finding: pickle-over-network any-host critical
