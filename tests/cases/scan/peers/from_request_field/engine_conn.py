"""The address to connect to is a field of an HTTP request: the sender of the request chooses who is unpickled."""

import zmq
import zmq.asyncio
from pydantic import BaseModel


class EndpointInfo(BaseModel):
    zmq_address: str
    device: int = 0


class ConnectionRequest(BaseModel):
    remote_engine_id: str
    remote_endpoint: EndpointInfo


class EngineConnection:
    def __init__(self):
        self.ctx = zmq.asyncio.Context(2)
        self.receivers = {}

    def connect(self, request: ConnectionRequest):
        receiver = self.ctx.socket(zmq.PULL)
        receiver.connect(request.remote_endpoint.zmq_address)
        self.receivers[request.remote_engine_id] = receiver

    async def handle(self, remote_id: str):
        while True:
            yield await self.receivers[remote_id].recv_pyobj()  # finding: pickle-over-network any-host critical source=zmq role=connect
