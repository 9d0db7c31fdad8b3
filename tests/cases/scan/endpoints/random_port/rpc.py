"""bind_to_random_port gives an endpoint as bind does; a bind on loopback is the mitigated twin."""

import asyncio
import pickle

import zmq
import zmq.asyncio


class AsyncRPCServer:
    def __init__(self):
        self.context = zmq.asyncio.Context()
        self.socket = self.context.socket(zmq.ROUTER)
        address = "tcp://*"
        self.port = self.socket.bind_to_random_port(address)
        self.methods = {}

    async def call_and_response(self):
        client_id, _, data = await self.socket.recv_multipart()
        request = pickle.loads(data)  # finding: pickle-over-network any-host critical role=bind transport=tcp
        result = self.methods[request["method"]](*request["args"])
        await self.socket.send_multipart([client_id, b"", pickle.dumps(result)])

    async def run(self):
        while True:
            await asyncio.gather(self.call_and_response())


class MitigatedRPCServer:
    def __init__(self):
        self.context = zmq.asyncio.Context()
        self.socket = self.context.socket(zmq.ROUTER)
        address = "tcp://localhost"
        self.port = self.socket.bind_to_random_port(address, min_port=20000, max_port=30000)

    async def call_and_response(self):
        client_id, _, data = await self.socket.recv_multipart()
        return pickle.loads(data)  # finding: pickle-over-network this-host medium role=bind
