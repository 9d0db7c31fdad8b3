"""Sockets of gnomon.wire have pyzmq's names and unpickle nothing; pyzmq's beside them do."""

import zmq as pyzmq

import gnomon.wire.asyncio
from gnomon.wire import Codec, Context, Socket, ring_from_folder, zmq


class Results:
    def __init__(self, types):
        self.context = Context(mode="curve", keys=ring_from_folder("/run/secrets/wire"), codec=Codec(*types))
        self.socket = self.context.socket(pyzmq.PULL)
        self.socket.bind("tcp://*:5557")

    def next(self):
        return self.socket.recv_pyobj()  # safe: pickle-over-network


class Worker:
    def __init__(self, address):
        context = zmq.asyncio.Context(2)
        self.requests = context.socket(zmq.PULL)
        self.requests.bind(address)
        self.others = gnomon.wire.asyncio.Context().socket(pyzmq.PULL)
        self.others.bind(address)

    async def run(self):
        while True:
            await self.requests.recv_pyobj()  # safe: pickle-over-network
            await self.others.recv_pyobj()  # safe: pickle-over-network


def bound(context: zmq.Context, kind):
    socket = context.socket(kind)
    socket.bind("tcp://*:5558")
    return socket


def broker():
    front = bound(zmq.Context.instance(), zmq.ROUTER)
    poller = zmq.Poller()
    poller.register(front, zmq.POLLIN)
    while True:
        for socket, _ in poller.poll():
            socket.recv_pyobj()  # safe: pickle-over-network


def once(socket: Socket):
    with zmq.Context() as context, context.socket(zmq.REP) as replies:
        replies.bind("tcp://*:5559")
        replies.recv_pyobj()  # safe: pickle-over-network
    return socket.recv_pyobj()  # safe: pickle-over-network


def not_migrated():
    socket = pyzmq.Context().socket(pyzmq.PULL)
    socket.bind("tcp://*:5560")
    return socket.recv_pyobj()  # finding: pickle-over-network any-host
