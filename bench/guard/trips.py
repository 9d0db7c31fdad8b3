"""A program that asks another one over tcp and loads its answers; the overhead bench runs both plain and under guard.

usage: trips.py [serve PATTERN]
"""

import asyncio
import pickle
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import clock_gettime_ns, process_time_ns

sys.path.insert(0, str(Path(__file__).parents[2]))

import zmq
import zmq.asyncio

from bench.guard.letters import LETTERS
from bench.guard.turns import answer

SENT = ("small dict", "request, 100 ids", "array, 1 MB")


def serve_rep() -> None:
    """Answer each request with itself."""
    socket = zmq.Context.instance().socket(zmq.REP)
    print(socket.bind_to_random_port("tcp://127.0.0.1"), flush=True)
    while True:
        asked = pickle.loads(socket.recv())
        socket.send(pickle.dumps(asked, 5))


async def serve_router() -> None:
    """The same, in an event loop."""
    socket = zmq.asyncio.Context.instance().socket(zmq.ROUTER)
    print(socket.bind_to_random_port("tcp://127.0.0.1"), flush=True)
    while True:
        peer, body = await socket.recv_multipart()
        asked = pickle.loads(body)
        await socket.send_multipart([peer, pickle.dumps(asked, 5)])


def ask_rep(port: str, letter: object) -> Callable[[int], None]:
    """A request and its answer, one after the other."""
    socket = zmq.Context.instance().socket(zmq.REQ)
    socket.connect(f"tcp://127.0.0.1:{port}")

    def run(count: int) -> None:
        for _ in range(count):
            socket.send(pickle.dumps(letter, 5))
            pickle.loads(socket.recv())

    return run


def ask_router(port: str, letter: object, loop: asyncio.AbstractEventLoop) -> Callable[[int], None]:
    """The same, in an event loop."""
    socket = zmq.asyncio.Context.instance().socket(zmq.DEALER)
    socket.connect(f"tcp://127.0.0.1:{port}")

    async def run(count: int) -> None:
        for _ in range(count):
            await socket.send(pickle.dumps(letter, 5))
            pickle.loads(await socket.recv())

    return lambda count: loop.run_until_complete(run(count))


def _processor(others: Sequence[int]) -> Callable[[], int]:
    """Nanoseconds of processor that this process and the others took, with all their threads."""
    # Linux numbers the clock of another process so: CPUCLOCK_SCHED of <linux/posix-timers.h>.
    clocks = [(~process << 3) | 2 for process in others]
    return lambda: process_time_ns() + sum(map(clock_gettime_ns, clocks))


def main() -> None:
    """Serve, or start both servers and answer."""
    if sys.argv[1:2] == ["serve"]:
        if sys.argv[2] == "rep":
            serve_rep()
        asyncio.run(serve_router())
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    command = [sys.executable, __file__, "serve"]
    servers = [subprocess.Popen([*command, each], stdout=subprocess.PIPE, text=True) for each in ("rep", "router")]
    try:
        rep, router = (server.stdout.readline().strip() for server in servers if server.stdout)
        cases = {}
        for name in SENT:
            cases[f"REQ/REP: {name}"] = ask_rep(rep, LETTERS[name]())
            cases[f"ROUTER/DEALER, asyncio: {name}"] = ask_router(router, LETTERS[name](), loop)
        answer(cases, _processor([server.pid for server in servers]))
    finally:
        for server in servers:
            server.kill()
            server.wait()
        zmq.Context.instance().destroy(linger=0)
        zmq.asyncio.Context.instance().destroy(linger=0)


if __name__ == "__main__":
    main()
