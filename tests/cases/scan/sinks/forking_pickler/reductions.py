"""The pickler of multiprocessing loads too; so does the reductions module under another name."""

import base64
import io
import multiprocessing.reduction
from multiprocessing.reduction import ForkingPickler

import zmq


def serve(ctx: zmq.Context):
    sock = ctx.socket(zmq.PULL)
    sock.bind("tcp://*:8101")
    while True:
        yield ForkingPickler.loads(sock.recv())  # finding: pickle-over-network any-host critical
        yield multiprocessing.reduction.ForkingPickler.loads(base64.b64decode(sock.recv()))  # finding: pickle-over-network any-host critical


def send(ctx: zmq.Context, obj):
    sock = ctx.socket(zmq.PUSH)
    sock.connect("tcp://127.0.0.1:8101")
    buffer = io.BytesIO()
    ForkingPickler(buffer).dump(obj)
    sock.send(ForkingPickler.dumps(obj))  # safe: pickle-over-network
