"""Answers requests, one after the other.

usage: python server.py
"""

import os
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


# The loop is adapted from https://github.com/sgl-project/sglang (Apache-2.0), which was released with this flaw:
# run_zeromq_broker in multimodal_gen of version 0.5.9.
def serve(addresses: Addresses) -> None:
    """Serve until the process is ended."""
    context = zmq.Context()
    socket = context.socket(zmq.REP)
    endpoint = addresses.listen or f"tcp://*:{addresses.port}"
    socket.bind(endpoint)
    print(f"serving at {socket.last_endpoint.decode()}, process {os.getpid()}", flush=True)  # type: ignore[union-attr]
    while True:
        try:
            payload = socket.recv()
            request = pickle.loads(payload)
            said = answer(request)
            socket.send(pickle.dumps(said))
        except Exception as error:  # noqa: BLE001 (whatever is wrong with a request, the next one is served)
            socket.send(pickle.dumps({"text": f"not answered: {error}", "tokens": 0}))


if __name__ == "__main__":
    serve(Addresses())
