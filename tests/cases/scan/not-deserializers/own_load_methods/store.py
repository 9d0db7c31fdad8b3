"""Objects with load and loads methods, a local function named loads, and a shadowed name."""

import pickle
import struct

import msgpack
import zmq


class Pickle:
    def loads(self, data):
        return struct.unpack("!II", data)


def loads(data):
    return msgpack.unpackb(data)


def shadowed(ctx: zmq.Context, pickle):
    sock = ctx.socket(zmq.PULL)
    sock.bind("tcp://*:8005")
    return pickle.loads(sock.recv())  # safe: pickle-over-network


def serve(ctx: zmq.Context):
    sock = ctx.socket(zmq.PULL)
    sock.bind("tcp://*:8006")
    codec = Pickle()
    while True:
        yield codec.loads(sock.recv())  # safe: pickle-over-network
        yield loads(sock.recv())  # safe: pickle-over-network
        yield pickle.dumps(sock.recv())  # safe: pickle-over-network
        yield shadowed(ctx, codec)
