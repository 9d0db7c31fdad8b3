"""Functions that call each other, and themselves, neither end the walk nor hide the source."""

import pickle

import zmq


def unpack(value, depth=0):
    if isinstance(value, bytes):
        return pickle.loads(value)  # finding: pickle-over-network any-host critical source=zmq
    if isinstance(value, dict):
        return {key: unpack(item, depth + 1) for key, item in value.items()}
    return [unpack_item(item, depth) for item in value]


def unpack_item(item, depth):
    return unpack(item, depth + 1)


def serve(ctx: zmq.Context):
    sock = ctx.socket(zmq.PULL)
    sock.bind("tcp://*:9601")
    while True:
        yield unpack(sock.recv_json())
        yield unpack(sock.recv_multipart())
