"""With `from gnomon.wire import zmq` the lines that say recv_pyobj decode into declared types."""

from gnomon.wire import zmq
from gnomon.wire.zmq import asyncio as wire_asyncio

from worker import Worker


def serve(codec):
    context = zmq.Context(codec=codec)
    socket = context.socket(zmq.PULL)
    socket.bind("tcp://*:8700")
    while True:
        yield socket.recv_pyobj()  # safe: pickle-over-network
        yield socket.recv_obj()  # safe: pickle-over-network


async def serve_async(codec):
    context = wire_asyncio.Context(codec=codec)
    socket = context.socket(zmq.PULL)
    socket.bind("tcp://*:8701")
    while True:
        yield await socket.recv_pyobj()  # safe: pickle-over-network


def work(codec):
    return Worker(zmq.Context.instance().socket(zmq.PULL)).next()
