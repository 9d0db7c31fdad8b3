"""recv_serialized calls the given deserializer with the frames."""

import json
import pickle

import zmq


def decode(frames):
    return pickle.loads(frames[0], buffers=frames[1:])  # finding: pickle-over-network any-host critical source=zmq


def serve(ctx: zmq.Context):
    sock = ctx.socket(zmq.PULL)
    sock.bind("tcp://*:7807")
    while True:
        yield sock.recv_serialized(decode)
        yield sock.recv_serialized(lambda frames: pickle.loads(frames[0]))  # finding: pickle-over-network any-host critical
        yield sock.recv_serialized(lambda frames: json.loads(frames[0]))  # safe: pickle-over-network
