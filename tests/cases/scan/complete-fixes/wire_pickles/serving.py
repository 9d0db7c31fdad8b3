"""A pickle that comes as the bytes of a typed message came from who has a key: a note, for there is no way to mean it."""

import pickle
from dataclasses import dataclass

import zmq
from gnomon.wire import Codec, Context, Socket
from gnomon.wire import zmq as wire_zmq
from gnomon.wire.asyncio import Context as AsyncContext


@dataclass
class Job:
    payload: bytes


CODEC = Codec(Job)


class Server:
    def __init__(self, port: int):
        self.context = Context(codec=CODEC)
        self.socket = self.context.socket(zmq.ROUTER)
        self.socket.bind(f"tcp://*:{port}")

    def run(self):
        job = self.socket.recv_obj()
        return pickle.loads(job.payload)  # finding: pickle-over-network note effective auth=curve source=zmq role=bind

    def run_from(self):
        request = self.socket.recv_from()
        return pickle.loads(request.obj.payload)  # finding: pickle-over-network note effective auth=curve

    def run_name(self):
        return self.socket.recv_obj().payload.decode()  # safe: pickle-over-network


def sealed(port: int):
    socket = Context(mode="sealed", codec=CODEC).socket(zmq.PULL)
    socket.bind(f"tcp://*:{port}")
    return pickle.loads(socket.recv_obj().payload)  # finding: pickle-over-network note effective auth=hmac


def across_domains(tls):
    socket = Context(mode="tls", tls=tls, codec=CODEC).socket(zmq.REQ)
    socket.connect("tls://server.example:5556")
    return pickle.loads(socket.recv_obj().payload)  # finding: pickle-over-network note effective auth=tls role=connect


def local():
    socket = Context(mode="local", codec=CODEC).socket(zmq.PULL)
    socket.bind("ipc://jobs")
    return pickle.loads(socket.recv_obj().payload)  # finding: pickle-over-network this-host medium auth=none


def drop_in():
    socket = wire_zmq.Context.instance().socket(wire_zmq.PULL)
    socket.bind("tcp://*:8704")
    return pickle.loads(socket.recv_pyobj())  # finding: pickle-over-network note effective auth=curve


async def consume(address: str):
    with AsyncContext(codec=CODEC) as context, context.socket(zmq.PULL) as socket:
        socket.connect(address)
        message = await socket.recv_obj()
        return pickle.loads(message.payload)  # finding: pickle-over-network note effective auth=curve role=connect


def given(socket: Socket):
    return pickle.loads(socket.recv_obj().payload)  # finding: pickle-over-network note effective auth=curve
