"""Messages are yielded by a generator and loaded where it is iterated, also asynchronously."""

import pickle

import zmq
import zmq.asyncio


def messages(sock):
    while True:
        yield sock.recv()


async def amessages(sock):
    while True:
        frames = await sock.recv_multipart()
        yield frames[-1]


def work():
    sock = zmq.Context.instance().socket(zmq.PULL)
    sock.bind("tcp://*:8400")
    for message in messages(sock):
        print(pickle.loads(message))  # finding: pickle-over-network any-host critical


async def awork():
    sock = zmq.asyncio.Context.instance().socket(zmq.PULL)
    sock.bind("tcp://127.0.0.1:8401")
    async for message in amessages(sock):
        print(pickle.loads(message))  # finding: pickle-over-network this-host medium
