"""HTTP in, requests to the broker, answers back."""

import asyncio
import itertools
import sys
from typing import Any

from gnomon.wire import zmq
from model import shown
from web import TIMEOUT_S, serve


class Front:
    """A DEALER socket that many HTTP requests share: answers say which request they are for."""

    def __init__(self, broker: str) -> None:
        self.context = zmq.asyncio.Context()
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.connect(broker)
        self.numbers = itertools.count()
        self.waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}

    async def generate(self, tokens: list[int]) -> dict[str, list[float]]:
        """What the model says of the tokens."""
        answer = await self.answer({"ask": "generate", "tokens": tokens})
        return shown(answer["embedding"], answer["logits"])

    async def health(self) -> dict[str, object]:
        """What the broker says of itself."""
        return await self.answer({"ask": "health"})

    async def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """The broker's answer."""
        number = request["id"] = next(self.numbers)
        self.waiting[number] = asyncio.get_running_loop().create_future()
        try:
            await self.socket.send_pyobj(request)
            return await asyncio.wait_for(self.waiting[number], TIMEOUT_S)
        finally:
            del self.waiting[number]

    async def receive(self) -> None:
        """Hand each answer to the request that waits for it."""
        while True:
            answer = await self.socket.recv_pyobj()
            waiting = self.waiting.get(answer["id"])
            if waiting is not None and not waiting.done():
                waiting.set_result(answer)


async def main(broker: str, port: str) -> None:
    """Serve, until a signal ends it."""
    front = Front(broker)
    await serve(front, front.receive(), int(port))
    front.context.destroy(linger=0)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
