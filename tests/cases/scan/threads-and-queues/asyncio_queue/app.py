"""An asyncio queue, and a deque, between the receive and the load."""

import asyncio
import collections
import pickle

import zmq
import zmq.asyncio


class Service:
    def __init__(self):
        self.socket = zmq.asyncio.Context().socket(zmq.DEALER)
        self.socket.bind("tcp://*:6302")
        self.queue: asyncio.Queue[bytes] = asyncio.Queue()
        self.backlog = collections.deque(maxlen=100)

    async def pump(self):
        while True:
            message = await self.socket.recv()
            await self.queue.put(message)
            self.backlog.append(message)

    async def work(self):
        while True:
            yield pickle.loads(await self.queue.get())  # finding: pickle-over-network any-host critical

    def replay(self):
        while self.backlog:
            yield pickle.loads(self.backlog.popleft())  # finding: pickle-over-network any-host critical
