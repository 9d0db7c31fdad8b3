"""Reduced from https://pypi.org/project/ai-dynamo/0.5.0/ (dynamo/sglang/publisher.py): metrics come over a socket that the
engine's own helper makes."""

import zmq
import zmq.asyncio
from sglang.srt.utils import get_zmq_socket


class Publisher:
    def __init__(self):
        self.context = zmq.asyncio.Context()
        self.metrics = get_zmq_socket(self.context, zmq.PULL, "tcp://0.0.0.0:5570", True)
        self.results = get_zmq_socket(self.context, zmq.PULL, "ipc:///tmp/results", False)

    async def run(self):
        await self.metrics.recv_pyobj()  # finding: pickle-over-network any-host critical role=bind
        await self.results.recv_pyobj()  # finding: pickle-over-network this-host medium role=connect
