"""Tasks, gather, wait_for, async with, async comprehensions and anext."""

import asyncio
import pickle

import zmq
import zmq.asyncio


class Inbox:
    def __init__(self):
        self.sock = zmq.asyncio.Context.instance().socket(zmq.PULL)
        self.sock.bind("tcp://*:8902")
        self.lock = asyncio.Lock()

    async def frames(self):
        while True:
            yield await self.sock.recv()

    async def read(self):
        task = asyncio.create_task(self.sock.recv())
        print(pickle.loads(await task))  # finding: pickle-over-network any-host critical
        future = asyncio.ensure_future(self.sock.recv_multipart())
        frames = await asyncio.wait_for(future, timeout=3)
        print(pickle.loads(frames[0]))  # finding: pickle-over-network any-host critical
        first, second = await asyncio.gather(self.sock.recv(), self.sock.recv())
        print(pickle.loads(first), second)  # finding: pickle-over-network any-host critical
        async with self.lock:
            print(pickle.loads(await asyncio.shield(self.sock.recv())))  # finding: pickle-over-network any-host critical
        print(pickle.loads(await anext(self.frames())))  # finding: pickle-over-network any-host critical
        return [pickle.loads(frame) async for frame in self.frames()]  # finding: pickle-over-network any-host critical
