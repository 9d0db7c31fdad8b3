"""Sockets kept in a dictionary by peer, filled in one method and read in another."""

import asyncio

import zmq
import zmq.asyncio


class EngineConnection:
    def __init__(self, peers):
        self.ctx = zmq.asyncio.Context(2)
        self.receivers = {}
        self.handlers: dict[str, zmq.asyncio.Socket] = {}
        self.peers = peers

    def connect_all(self):
        for name, address in self.peers.items():
            receiver = self.ctx.socket(zmq.PULL)
            receiver.connect(f"tcp://{address}")
            self.receivers[name] = receiver

    def listen(self, name):
        self.handlers[name] = self.ctx.socket(zmq.PULL)
        self.handlers[name].bind("tcp://*:7300")

    async def handle(self, name):
        while True:
            request = await self.receivers[name].recv_pyobj()  # finding: pickle-over-network configurable high role=connect
            asyncio.create_task(self.free(request))

    async def accept(self, name):
        return await self.handlers.get(name).recv_pyobj()  # finding: pickle-over-network any-host critical role=bind

    async def free(self, request):
        pass
