"""Answers requests, one after the other.

usage: python server.py
"""

import pickle
import zlib
from typing import Any

import zmq

from config import Addresses
from messages import Request

WORDS = ("the", "a", "small", "model", "says", "that", "it", "is", "what", "you", "ask", "and", "no", "more")


def generate(request: Request) -> list[str]:
    """Words that follow the prompt: a model of no weights, that gives the same answer to the same prompt."""
    words: list[str] = []
    for _ in range(request.max_tokens):
        word = WORDS[zlib.crc32(" ".join([request.prompt, *words]).encode()) % len(WORDS)]
        if word == request.stop:
            break
        words.append(word)
    return words


def answer(request: Request) -> dict[str, Any]:
    """What is sent back."""
    words = generate(request)
    return {"text": " ".join(words), "tokens": len(words)}


def serve(addresses: Addresses) -> None:
    """Serve until the process is ended."""
    context = zmq.Context()
    socket = context.socket(zmq.REP)
    socket.bind(addresses.bind)
    print(f"serving at {addresses.bind}", flush=True)
    while True:
        try:
            request = socket.recv_pyobj()
            said = answer(request)
        except Exception as error:  # noqa: BLE001 (whatever is wrong with a request, the next one is served)
            said = {"text": f"not answered: {error}", "tokens": 0}
        socket.send(pickle.dumps(said))


if __name__ == "__main__":
    serve(Addresses())
