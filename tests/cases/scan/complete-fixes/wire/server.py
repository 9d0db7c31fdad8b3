import pickle

import zmq
from gnomon.wire import Context
from gnomon.wire.asyncio import Context as AsyncContext

from messages import CODEC, Request


class Server:
    def __init__(self, port: int):
        self.context = Context(codec=CODEC)
        self.socket = self.context.socket(zmq.ROUTER)
        self.socket.bind(f"tcp://*:{port}")

    def run(self):
        while True:
            message = self.socket.recv_from()  # safe: pickle-over-network
            again = self.socket.recv_obj(timeout_s=1.0)  # safe: pickle-over-network
            self.socket.send_obj(Request(prompt=str(again)), to=message.peer)

    def run_pyobj(self):
        return self.socket.recv_pyobj()  # safe: pickle-over-network


async def consume(address: str):
    with AsyncContext(codec=CODEC) as context, context.socket(zmq.PULL) as socket:
        socket.connect(address)
        while True:
            yield await socket.recv_obj()  # safe: pickle-over-network


def plain(port: int):
    socket = zmq.Context.instance().socket(zmq.PULL)
    socket.bind(f"tcp://*:{port}")
    return pickle.loads(socket.recv())  # finding: pickle-over-network any-host critical auth=none incomplete=none
