import asyncio
import pickle

import zmq
from zmq.asyncio import Context

import places


class Sink:
    def __init__(self):
        self.context = Context()
        self.socket = self.context.socket(zmq.PULL)
        self.socket.bind(places.ADDRESS)

    async def take(self):
        return pickle.loads(await self.socket.recv())["value"]


async def main():
    sink = Sink()
    values = []
    while sum(values) < 6:
        values.append(await sink.take())
    print("took", [value for value in values if value], places.NOTED)
    sink.socket.close(0)
    sink.context.term()


asyncio.run(main())
