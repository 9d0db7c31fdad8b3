import pickle

import zmq
import zmq.asyncio

from . import signed
from .signed import loads, verified


class Server:
    def __init__(self):
        self.sock = zmq.Context.instance().socket(zmq.REP)
        self.sock.bind("tcp://*:8710")

    def run(self):
        while True:
            yield loads(self.sock.recv())
            yield signed.loads_with_file(self.sock.recv())
            yield pickle.loads(verified(self.sock.recv()))  # finding: pickle-over-network any-host note effective auth=hmac incomplete=none


class AsyncServer:
    def __init__(self):
        self.sock = zmq.asyncio.Context.instance().socket(zmq.PULL)
        self.sock.bind("tcp://*:8711")

    async def run(self):
        while True:
            yield loads(await self.sock.recv())
            frames = await self.sock.recv_multipart()
            yield signed.loads(frames[-1])
