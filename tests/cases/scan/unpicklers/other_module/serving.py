"""The restricted unpickler lives in another module behind a loads function, next to an unrestricted twin."""

import zmq

from safe_pickle import loads, lenient_loads


def serve(ctx: zmq.Context):
    sock = ctx.socket(zmq.REP)
    sock.bind("tcp://*:8203")
    while True:
        yield loads(sock.recv())
        yield lenient_loads(sock.recv())
