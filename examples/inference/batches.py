"""Which requests go together, which worker gets them, and which are given to another one. Knows no sockets."""

import math
import time
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

Asker = TypeVar("Asker")
"""Whom to answer, and what."""
Worker = TypeVar("Worker")
"""Whom to give a batch to."""
Tokens = Sequence[int]


class Waiting(NamedTuple, Generic[Asker]):
    """A request that no worker has."""

    asker: Asker
    tokens: Tokens
    since: float


class Given(NamedTuple, Generic[Asker]):
    """A batch that a worker has."""

    requests: list[Waiting[Asker]]
    until: float
    """When another one gets it."""


class Batches(Generic[Asker, Worker]):
    """Requests wait until they are `most`, or the first one has waited `wait_s`; a worker has `patience_s` for them."""

    def __init__(self, most: int = 16, wait_s: float = 0.002, patience_s: float = 1.0) -> None:
        self.most, self.wait_s, self.patience_s = most, wait_s, patience_s
        self._number = 0
        self._waiting: deque[Waiting[Asker]] = deque()
        self._ready: deque[Worker] = deque()
        self._given: dict[int, Given[Asker]] = {}

    @property
    def waiting(self) -> int:
        """Requests that no worker has."""
        return len(self._waiting)

    def ask(self, asker: Asker, tokens: Tokens) -> None:
        """One more request."""
        self._waiting.append(Waiting(asker, tokens, time.monotonic()))

    def ready(self, worker: Worker) -> None:
        """This worker takes one more batch."""
        self._ready.append(worker)

    def done(self, number: int) -> list[Asker]:
        """Whose requests a batch was, by row; nobody's if it was given to another worker in the meantime."""
        given = self._given.pop(number, None)
        return [request.asker for request in given.requests] if given else []

    def due(self) -> Iterator[tuple[Worker, int, list[Tokens]]]:
        """(worker, number of the batch, tokens of its requests) of each batch to be given now."""
        now = time.monotonic()
        for number in [number for number, given in self._given.items() if given.until <= now]:
            self._waiting.extendleft(reversed(self._given.pop(number).requests))
        while self._ready and self._waiting and self._in_ms(now) <= 0:
            requests = [self._waiting.popleft() for _ in range(min(self.most, len(self._waiting)))]
            self._number += 1
            self._given[self._number] = Given(requests, now + self.patience_s)
            yield self._ready.popleft(), self._number, [request.tokens for request in requests]

    def wait_ms(self) -> int:
        """How long there is nothing to do, if no message comes."""
        now = time.monotonic()
        times = [math.ceil((given.until - now) * 1000) for given in self._given.values()]
        if self._waiting and self._ready:
            times.append(self._in_ms(now))
        return max(0, min(times, default=1_000))

    def _in_ms(self, now: float) -> int:
        """When the next batch is due, rounded up."""
        if len(self._waiting) >= self.most:
            return 0
        return math.ceil((self._waiting[0].since + self.wait_s - now) * 1000)
