"""Asks many questions at once, and holds each answer against the same computation made here.

usage: python examples/inference/ask.py [--url http://127.0.0.1:8000] [--requests 300] [--at-once 32]
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

import numpy as np

from model import VOCABULARY, Model, shown


class Asked(NamedTuple):
    """What came of all requests."""

    right: int
    wrong: int
    """Answers that are not the model's, and errors."""
    seconds: float
    """From the first request to the last answer."""
    waits: list[float]
    """Seconds that each answer took, sorted."""

    def wait_ms(self, share: float) -> float:
        """Milliseconds within which this share of the answers came."""
        return self.waits[min(int(len(self.waits) * share), len(self.waits) - 1)] * 1000


async def ask(url: str, requests: int, at_once: int, seed: int = 0) -> Asked:
    """Ask over `at_once` connections, each one question at a time."""
    random, model = np.random.default_rng(seed), Model()
    questions = [random.integers(0, VOCABULARY, random.integers(1, 400), np.int32) for _ in range(requests)]
    answers = [shown(rows[0][0], rows[1][0]) for rows in (model.run([tokens]) for tokens in questions)]
    left, waits, right = iter(range(requests)), [], 0
    place = urlsplit(url)

    async def client() -> None:
        nonlocal right
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        for at in left:
            began = time.perf_counter()
            status, answer = await _answer(reader, writer, {"tokens": questions[at].tolist()})
            waits.append(time.perf_counter() - began)
            right += status == 200 and answer == answers[at]
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(at_once)))
    return Asked(right, requests - right, time.perf_counter() - began, sorted(waits))


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, question: object) -> tuple[int, object]:
    body = json.dumps(question).encode()
    writer.write(b"POST /generate HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    size = next(int(line.split(":")[1]) for line in head.split("\r\n") if line.lower().startswith("content-length:"))
    return int(head.split()[1]), json.loads(await reader.readexactly(size))


def main(argv: Sequence[str] | None = None) -> int:
    """Print what came of it; 1 if an answer was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--at-once", type=int, default=32)
    given = parser.parse_args(argv)
    asked = asyncio.run(ask(given.url, given.requests, given.at_once))
    print(
        f"{asked.right} of {given.requests} answers are right, {given.requests / asked.seconds:.0f} a second,"
        f" p50 {asked.wait_ms(0.5):.1f} ms, p99 {asked.wait_ms(0.99):.1f} ms"
    )
    return int(asked.wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
