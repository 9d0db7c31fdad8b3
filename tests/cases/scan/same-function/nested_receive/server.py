"""The receive is an argument of the load, plain, awaited, or wrapped in a cast."""

import pickle
import typing as tp

import zmq
import zmq.asyncio


class Reply(dict):
    pass


async def serve(handler):
    socket = zmq.asyncio.Context.instance().socket(zmq.REP)
    socket.bind("tcp://0.0.0.0:7001")
    while True:
        request = pickle.loads(await socket.recv())  # finding: pickle-over-network any-host critical source=zmq role=bind
        await socket.send(pickle.dumps(await handler(request)))


def ask(question):
    with zmq.Context.instance().socket(zmq.REQ) as sock:
        sock.connect("tcp://127.0.0.1:7001")
        sock.send_pyobj(question)
        first = pickle.loads(sock.recv(copy=False).buffer)  # finding: pickle-over-network this-host medium role=connect
        second = tp.cast(Reply, sock.recv_pyobj())  # finding: pickle-over-network this-host medium sink=zmq.Socket.recv_pyobj
        return first, second
