"""A factory of a library that is not in the target makes the sockets: it is given a context and an address."""

import asyncio
import os
import pickle
from functools import partial

import zmq
import zmq.asyncio
from toolbox.sockets import AsyncPeer, Factory, open_socket

import toolbox.network as network

try:
    from toolbox.sockets import opened
except ImportError:
    from toolbox.compat import opened


def bound():
    context = zmq.Context()
    socket = open_socket(context, "tcp://*:5600", zmq.PULL, bind=True)
    return socket.recv_pyobj()  # finding: pickle-over-network any-host critical role=bind transport=tcp confidence=medium


def connected(host):
    socket = open_socket(zmq.Context.instance(), f"tcp://{host}:5601", zmq.DEALER, bind=False)
    return pickle.loads(socket.recv())  # finding: pickle-over-network configurable high role=connect confidence=medium


def by_keyword_of_the_address():
    socket = network.pull(context=zmq.Context(), connect="ipc:///run/app/jobs")
    return pickle.loads(socket.recv())  # finding: pickle-over-network this-host medium role=connect transport=ipc


def who_listens_is_not_known():
    socket = open_socket(zmq.Context(), "tcp://10.1.2.3:5602", zmq.SUB)
    return socket.recv_pyobj()  # finding: pickle-over-network configurable high role=unknown confidence=medium


def a_wildcard_tells_of_itself():
    socket = open_socket(zmq.Context(), "tcp://*:5603", zmq.ROUTER)
    return socket.recv_pyobj()  # finding: pickle-over-network any-host critical role=unknown


def in_a_with_statement(endpoint):
    with opened(zmq.Context(), endpoint, zmq.PULL) as socket:
        while True:
            _, payload = socket.recv_multipart()
            yield pickle.loads(payload)  # finding: pickle-over-network configurable high role=unknown


def from_the_environment():
    socket = open_socket(zmq.Context(), os.environ["JOBS_ADDR"], zmq.PULL, bind=True)
    return socket.recv_pyobj()  # finding: pickle-over-network configurable high role=bind


def by_a_method(endpoint):
    socket = Factory("jobs").made(endpoint, zmq.Context(), bind=True)
    return socket.recv_pyobj()  # finding: pickle-over-network configurable high role=bind


class Counted(zmq.Context):
    """Of the target, and a context still."""


def by_a_class_of_the_target():
    socket = open_socket(Counted(), f"tcp://*:{os.getpid()}", zmq.PULL)
    return socket.recv_pyobj()  # finding: pickle-over-network any-host critical role=unknown


def completed():
    connect = partial(open_socket, zmq.Context(), bind=False)
    return connect("inproc://jobs", zmq.PAIR).recv_pyobj()  # finding: pickle-over-network process low role=connect


class Worker:
    def __init__(self, ctx: zmq.asyncio.Context, address: str):
        self.ctx = ctx
        self.address = address

    async def start(self):
        self.socket = await network.connected_socket(kind=zmq.PULL, context=self.ctx, path=self.address)
        asyncio.create_task(self.loop())

    async def loop(self):
        job = pickle.loads(await self.socket.recv())  # finding: pickle-over-network configurable high role=unknown

    async def entered(self):
        async with AsyncPeer(self.ctx, self.address) as peer:
            return await peer.recv_pyobj()  # finding: pickle-over-network configurable high role=unknown


class Queue:
    """Both ends of a channel: what it can be told to be besides does not matter for who reads."""

    def __init__(self, ctx: zmq.Context, kind: int, *, bind=None, connect=None):
        path = bind if bind is not None else connect
        self._socket = open_socket(ctx, path, kind, bind=bind is not None)

    def put(self, job):
        self._socket.send_pyobj(job)

    def get(self):
        return self._socket.recv_pyobj()  # finding: pickle-over-network configurable high role=unknown confidence=medium


def queues(there, back):
    context = zmq.Context()
    return Queue(context, zmq.PUSH, bind=there), Queue(context, zmq.PULL, bind=back)
