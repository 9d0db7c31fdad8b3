"""A wrapper object around the socket gives bytes; its owner unpickles them."""

import pickle

import zmq


class Transport:
    def __init__(self, host, port):
        self._sock = zmq.Context.instance().socket(zmq.PULL)
        self._sock.bind(f"tcp://{host}:{port}")

    def read(self):
        return self._sock.recv()

    async def aread(self):
        return self.read()


class Pipe:
    def __init__(self, transport: Transport):
        self.transport = transport

    def get(self):
        return pickle.loads(self.transport.read())  # finding: pickle-over-network any-host critical source=zmq


class AsyncPipe:
    def __init__(self):
        self.transport = Transport(host="localhost", port=6001)

    async def get(self):
        return pickle.loads(await self.transport.aread())  # finding: pickle-over-network


def main():
    return Pipe(Transport("*", 6000)).get()
