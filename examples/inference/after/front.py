"""HTTP in, requests to the broker, answers back."""

import asyncio
import itertools
import sys

import msgspec

from after.messages import CODEC, Generate, Generated, Health, HealthAsked
from gnomon.wire import ring_from_folder, zmq
from model import shown
from web import TIMEOUT_S, serve


class Front:
    """A DEALER socket that many HTTP requests share: answers say which request they are for."""

    def __init__(self, broker: str, keys: str) -> None:
        self.context = zmq.asyncio.Context(keys=ring_from_folder(keys), codec=CODEC)
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.connect(broker)
        self.numbers = itertools.count()
        self.waiting: dict[int, asyncio.Future[Generated | Health]] = {}

    async def generate(self, tokens: list[int]) -> dict[str, list[float]]:
        """What the model says of the tokens."""
        answer = await self.answer(Generate(id=next(self.numbers), tokens=tokens))
        assert isinstance(answer, Generated)
        return shown(answer.embedding, answer.logits)

    async def health(self) -> dict[str, object]:
        """What the broker says of itself."""
        return msgspec.structs.asdict(await self.answer(HealthAsked(id=next(self.numbers))))

    async def answer(self, request: Generate | HealthAsked) -> Generated | Health:
        """The broker's answer."""
        self.waiting[request.id] = asyncio.get_running_loop().create_future()
        try:
            await self.socket.send_obj(request, timeout_s=TIMEOUT_S)
            return await asyncio.wait_for(self.waiting[request.id], TIMEOUT_S)
        finally:
            del self.waiting[request.id]

    async def receive(self) -> None:
        """Hand each answer to the request that waits for it."""
        async for answer in self.socket:
            if isinstance(answer, Generated | Health):
                waiting = self.waiting.get(answer.id)
                if waiting is not None and not waiting.done():
                    waiting.set_result(answer)


async def main(broker: str, port: str, keys: str) -> None:
    """Serve, until a signal ends it."""
    front = Front(broker, keys)
    await serve(front, front.receive(), int(port))
    front.context.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
