"""A program that asks itself over tcp and loads what it is sent; the overhead bench runs it plain and under guard.

`trips.py FOLDER`: the folder has LMDeploy's RPC module, as it was published.
Both ends are in one thread: between two processes, what the system does at each hand-over differed more from one plain
program to the next than guard could cost. And the heap is a warm one: else each large message is handed back to the
system, and where the one that comes next lies by chance makes a third of what it takes.
"""

import asyncio
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time_ns

sys.path.insert(0, str(Path(__file__).parents[2]))

import zmq
import zmq.asyncio

from bench.guard.letters import LETTERS
from bench.guard.turns import answer
from bench.heap import warm_heap

SENT = ("small dict", "request, 100 ids", "array, 1 MB")


def serve(socket: zmq.Socket[bytes]) -> None:
    """Answer one request with itself."""
    asked = pickle.loads(socket.recv())
    socket.send(pickle.dumps(asked, 5))


def hear(socket: zmq.Socket[bytes]) -> object:
    """The answer."""
    return pickle.loads(socket.recv())


def lockstep(letter: object) -> Callable[[int], None]:
    """REQ asks REP."""
    context = zmq.Context.instance()
    server, client = context.socket(zmq.REP), context.socket(zmq.REQ)
    client.connect(f"tcp://127.0.0.1:{server.bind_to_random_port('tcp://127.0.0.1')}")

    def run(count: int) -> None:
        for _ in range(count):
            client.send(pickle.dumps(letter, 5))
            serve(server)
            hear(client)

    return run


async def serve_many(socket: zmq.asyncio.Socket, count: int) -> None:
    """Answer requests with themselves."""
    for _ in range(count):
        peer, body = await socket.recv_multipart()
        asked = pickle.loads(body)
        await socket.send_multipart([peer, pickle.dumps(asked, 5)])


async def ask_many(socket: zmq.asyncio.Socket, count: int, letter: object) -> None:
    """One request and its answer after another."""
    for _ in range(count):
        await socket.send(pickle.dumps(letter, 5))
        pickle.loads(await socket.recv())


def tasks(letter: object, loop: asyncio.AbstractEventLoop) -> Callable[[int], None]:
    """DEALER asks ROUTER, two tasks of an event loop."""
    asyncio.set_event_loop(loop)
    context = zmq.asyncio.Context.instance()
    server, client = context.socket(zmq.ROUTER), context.socket(zmq.DEALER)
    client.connect(f"tcp://127.0.0.1:{server.bind_to_random_port('tcp://127.0.0.1')}")

    async def both(count: int) -> None:
        await asyncio.gather(serve_many(server, count), ask_many(client, count, letter))

    return lambda count: loop.run_until_complete(both(count))


def published(letter: object, loop: asyncio.AbstractEventLoop) -> Callable[[int], None]:
    """LMDeploy's own server and client, two tasks of an event loop."""
    from lmdeploy.pytorch.engine.mp_engine.zmq_rpc import AsyncRPCClient, AsyncRPCServer

    asyncio.set_event_loop(loop)  # whose sockets they are
    server = AsyncRPCServer()
    server.register_method("echo", lambda asked: asked)
    client = AsyncRPCClient(server.get_port())
    serving = loop.create_task(server.run())

    async def ask(count: int) -> None:
        for _ in range(count):
            await client.async_call("echo", letter)

    def run(count: int) -> None:
        loop.run_until_complete(ask(count))
        if serving.done():
            raise RuntimeError("the server ended") from serving.exception()

    return run


def main() -> None:
    """Answer, in processor time of all threads."""
    sys.path.insert(1, sys.argv[1])
    warm_heap()
    cases = {}
    for name in SENT:
        cases[f"REQ/REP: {name}"] = lockstep(LETTERS[name]())
        # A loop of its own each: else the others' sockets would be looked at in each turn of it.
        cases[f"ROUTER/DEALER, asyncio: {name}"] = tasks(LETTERS[name](), asyncio.new_event_loop())
        cases[f"LMDeploy's RPC: {name}"] = published(LETTERS[name](), asyncio.new_event_loop())
    answer(cases, process_time_ns)
    zmq.Context.instance().destroy(linger=0)
    zmq.asyncio.Context.instance().destroy(linger=0)


if __name__ == "__main__":
    main()
