"""One decoder serves several callers: the worst caller decides, and file callers don't hide the network one."""

import pickle

import zmq


def decode(blob):
    return pickle.loads(blob)  # finding: pickle-over-network any-host critical source=zmq


def from_cache(path):
    with open(path, "rb") as file:
        return decode(file.read())


def from_neighbour(ctx: zmq.Context):
    sock = ctx.socket(zmq.PULL)
    sock.bind("ipc:///tmp/neighbour")
    return decode(sock.recv())


def from_anyone(ctx: zmq.Context):
    sock = ctx.socket(zmq.PULL)
    sock.bind("tcp://*:6800")
    return decode(sock.recv())
