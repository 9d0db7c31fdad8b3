"""The base class receives, a subclass loads; elsewhere a subclass receives and the base loads."""

import asyncio
import pickle

import zmq
import zmq.asyncio


class BaseConsumer:
    def __init__(self, address):
        self.context = self._make_context()
        self.socket = self.context.socket(zmq.PULL)
        self.socket.bind(address)

    def _make_context(self):
        return zmq.Context()

    def _parse_message(self, message):
        consumer_id, data = message.split(b"||", 1)
        return consumer_id, pickle.loads(data)  # finding: pickle-over-network any-host critical source=zmq

    def _next_message(self):
        return self.socket.recv()


class AsyncConsumer(BaseConsumer):
    def _make_context(self):
        return zmq.asyncio.Context()

    async def get(self, timeout=None):
        message = await asyncio.wait_for(self.socket.recv(), timeout)
        return self._parse_message(message)


class RawConsumer(BaseConsumer):
    def get(self):
        return pickle.loads(self._next_message())  # finding: pickle-over-network any-host critical source=zmq


def main():
    return AsyncConsumer("tcp://*:5900"), RawConsumer("tcp://*:5901")
