"""The HTTP side of a front: POST /generate and GET /health, by the standard library alone."""

import asyncio
import contextlib
import json
import signal
from collections.abc import Coroutine
from typing import Protocol

from model import MOST_TOKENS, VOCABULARY

MOST_BODY_BYTES = 100_000
TIMEOUT_S = 10.0
"""How long a request waits for its answer."""
REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 503: "Service Unavailable"}


class Service(Protocol):
    """What a front can do, by whatever messages."""

    async def generate(self, tokens: list[int]) -> dict[str, list[float]]:
        """What the model says of the tokens. Raises TimeoutError."""

    async def health(self) -> dict[str, object]:
        """Counts, by name. Raises TimeoutError."""


async def serve(service: Service, receiving: Coroutine[None, None, None], port: int) -> None:
    """Answer on 127.0.0.1, until SIGINT or SIGTERM comes, or `receiving` raises; prints the URL at the beginning."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await _answered(service, reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            pass  # not HTTP, or gone
        finally:
            writer.close()

    ended = asyncio.create_task(receiving)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.cancel)
    async with await asyncio.start_server(connected, "127.0.0.1", port) as server:
        print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
        with contextlib.suppress(asyncio.CancelledError):
            await ended


async def _answered(service: Service, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Answer one request; False when there are no more on this connection."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return False
    line, *lines = head.rstrip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in lines)}
    size = int(headers.get("content-length", "0"))
    if not 0 <= size <= MOST_BODY_BYTES:
        return False
    status, answer = await _routed(service, line, await reader.readexactly(size))
    body = json.dumps(answer).encode()
    fields = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(f"HTTP/1.1 {status} {REASONS[status]}\r\n{fields}".encode() + body)
    await writer.drain()
    return headers.get("connection", "").lower() != "close"


async def _routed(service: Service, line: str, body: bytes) -> tuple[int, object]:
    try:
        match line.split()[:2]:
            case ["GET", "/health"]:
                return 200, await service.health()
            case ["POST", "/generate"]:
                tokens = _tokens(body)
                if tokens is None:
                    return 400, {"error": f"tokens: 1 to {MOST_TOKENS} numbers below {VOCABULARY}"}
                return 200, await service.generate(tokens)
            case _:
                return 404, {"error": "POST /generate or GET /health"}
    except TimeoutError:
        return 503, {"error": "no worker answered in time"}


def _tokens(body: bytes) -> list[int] | None:
    """Token ids of a body like {"tokens": [1, 2, 3]}; None for any other."""
    try:
        asked = json.loads(body)
    except ValueError:
        return None
    tokens = asked.get("tokens") if isinstance(asked, dict) else None
    if not isinstance(tokens, list) or not 1 <= len(tokens) <= MOST_TOKENS:
        return None
    known = all(type(token) is int and 0 <= token < VOCABULARY for token in tokens)
    return tokens if known else None
