"""LMDeploy's RPC as its multi-process engine uses it: server in a spawned process, client here, a loop in each."""

import asyncio
import multiprocessing
import pickle
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from multiprocessing.connection import Connection

import marker
import talk
import zmq
from lmdeploy.pytorch.engine.mp_engine.zmq_rpc import AsyncRPCClient, AsyncRPCServer

TICK_S = 0.01


@dataclass
class Request:
    """What a caller asks with."""

    session: int
    tokens: list[int]


@dataclass
class Response:
    """What it is answered with."""

    session: int
    total: int


class Engine:
    """Methods of each kind that the module knows, and a periodic task that tells whether the loop goes on."""

    def __init__(self) -> None:
        self.longest = 0.0

    def add(self, request: Request) -> Response:
        """A plain method."""
        return Response(request.session, sum(request.tokens))

    async def add_later(self, request: Request) -> Response:
        """A coroutine."""
        await asyncio.sleep(0)
        return self.add(request)

    async def stream(self, request: Request) -> AsyncIterator[Response]:
        """A generator."""
        for token in request.tokens:
            await asyncio.sleep(TICK_S)
            yield Response(request.session, token)

    def fail(self) -> None:
        """Raises."""
        raise LookupError("no such session")

    def longest_pause(self) -> float:
        """Seconds between two ticks, since it was asked last."""
        longest, self.longest = self.longest, 0.0
        return longest

    async def tick(self) -> None:
        """The periodic task."""
        last = time.monotonic()
        while True:
            await asyncio.sleep(TICK_S)
            now = time.monotonic()
            self.longest, last = max(self.longest, now - last), now


def serve(told: Connection) -> None:
    """The server's process."""
    asyncio.run(_serve(told))


async def _serve(told: Connection) -> None:
    server, engine = AsyncRPCServer(), Engine()
    for method in (engine.add, engine.add_later, engine.stream, engine.fail, engine.longest_pause):
        server.register_method(method.__name__, method)
    told.send(server.get_port())
    ticks = asyncio.create_task(engine.tick())
    await server.run()
    ticks.cancel()


class Caller:
    """The client, with a loop that lives as long as the program."""

    def __init__(self, port: int) -> None:
        self._client = AsyncRPCClient(port)
        self._loop = asyncio.new_event_loop()

    def ask(self, number: int) -> bool:
        """True if all kinds of calls gave what they should."""
        request = Request(number, [number, 1, 2])
        try:
            self._client.call("fail")
        except Exception as error:  # noqa: BLE001 (the module raises nothing more exact)
            failed = str(error) == "no such session"
        else:
            failed = False
        return (
            failed
            and self._client.call("add", request) == Response(number, number + 3)
            and self._loop.run_until_complete(self._ask(request))
        )

    async def _ask(self, request: Request) -> bool:
        later = await self._client.async_call("add_later", request)
        streamed = [each async for each in self._client.async_stream_call("stream", request)]
        # The module may give its last one twice.
        return later.total == request.session + 3 and [each.total for each in streamed][:3] == request.tokens

    def pause(self) -> dict[str, object]:
        """The server's longest pause without a message in a second."""
        self._client.call("longest_pause")
        time.sleep(1)
        return {"longest_pause_ms": round(self._client.call("longest_pause") * 1000)}


def attack(port: str, flag: str) -> None:
    """Another process on the network."""
    with zmq.Context() as context, context.socket(zmq.DEALER) as socket:
        socket.connect(f"tcp://127.0.0.1:{port}")
        socket.send(pickle.dumps({"request_id": "1", "method": "add", "args": [marker.Marker(flag)]}))


def main() -> None:
    """The program."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(there,), daemon=True)
    process.start()
    port = here.recv()
    caller = Caller(port)
    talk.converse(
        {"address": port},
        {"good": talk.counted(caller.ask), "pause": caller.pause, "alive": lambda: {"alive": process.is_alive()}},
    )
    process.terminate()


if __name__ == "__main__":
    if sys.argv[1:2] == ["attack"]:
        attack(*sys.argv[2:])
    else:
        main()
