"""An extension hook unpickles: the decoder has no visible call to it."""

import pickle

import msgpack
import zmq

EXT_PICKLE = 42


def ext_hook(code, data):
    if code == EXT_PICKLE:
        return pickle.loads(data)  # finding: pickle-over-network any-host critical source=zmq
    return msgpack.ExtType(code, data)


def harmless_hook(code, data):
    return msgpack.ExtType(code, data)


def serve(ctx: zmq.Context):
    sock = ctx.socket(zmq.PULL)
    sock.bind("tcp://*:7900")
    while True:
        yield msgpack.unpackb(sock.recv(), ext_hook=ext_hook, raw=False)
        yield msgpack.unpackb(sock.recv(), ext_hook=harmless_hook)  # safe: pickle-over-network
        yield msgpack.unpackb(sock.recv())  # safe: pickle-over-network
