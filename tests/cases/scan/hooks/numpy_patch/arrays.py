"""The array extension of msgpack unpickles object arrays."""

import msgpack
import msgpack_numpy as m
import zmq


def serve(ctx: zmq.Context):
    sock = ctx.socket(zmq.PULL)
    sock.bind("tcp://*:7903")
    while True:
        yield msgpack.unpackb(sock.recv(), object_hook=m.decode)  # finding: pickle-over-network any-host critical source=zmq
        yield m.unpackb(sock.recv())  # finding: pickle-over-network any-host critical source=zmq
        yield msgpack.unpackb(sock.recv(), strict_map_key=False)  # safe: pickle-over-network
