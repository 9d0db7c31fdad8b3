"""A branch that a constant argument closes is dead; the same branch opened by another caller is not."""

import json
import pickle

import zmq


def decode(data, trusted=False):
    if trusted:
        return pickle.loads(data)  # safe: pickle-over-network
    return json.loads(data)


def decode_as(data, codec):
    if codec == "pickle":
        return pickle.loads(data)  # finding: pickle-over-network any-host critical
    return json.loads(data)


def serve(ctx: zmq.Context):
    sock = ctx.socket(zmq.PULL)
    sock.bind("tcp://*:8500")
    while True:
        decode(sock.recv())
        decode(sock.recv(), trusted=False)
        decode_as(sock.recv(), "pickle")


def from_own_cache(path):
    with open(path, "rb") as file:
        return decode(file.read(), trusted=True)
