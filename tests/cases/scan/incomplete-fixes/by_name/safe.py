"""A name promises what nothing keeps."""

import io
import pickle

import zmq


class SafeUnpickler(pickle.Unpickler):
    pass


def safe_loads(data):
    return pickle.loads(data)  # finding: pickle-over-network any-host critical incomplete=in-name-only


def loads(data):
    return pickle.loads(data)  # finding: pickle-over-network any-host critical incomplete=none


def serve(ctx: zmq.Context):
    sock = ctx.socket(zmq.PULL)
    sock.bind("tcp://*:8619")
    while True:
        yield safe_loads(sock.recv())
        yield loads(sock.recv())
        yield SafeUnpickler(io.BytesIO(sock.recv())).load()  # finding: pickle-over-network any-host critical incomplete=in-name-only
