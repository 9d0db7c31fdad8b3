"""Sends requests, and prints what is answered.

usage: python client.py [PROMPT …]
"""

import pickle
import sys
from typing import Any

import zmq

from config import Addresses
from messages import Request


class Client:
    """A connection to the server."""

    def __init__(self, addresses: Addresses) -> None:
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.REQ)
        self.socket.connect(addresses.connect)

    def ask(self, prompt: str, max_tokens: int = 8) -> dict[str, Any]:
        """What the server says."""
        self.socket.send_pyobj(Request(prompt, max_tokens))
        answer: dict[str, Any] = pickle.loads(self.socket.recv())
        return answer

    def close(self) -> None:
        """End the connection."""
        self.socket.close()
        self.context.term()


def main(prompts: list[str]) -> None:
    """Ask."""
    client = Client(Addresses())
    for prompt in prompts:
        said = client.ask(prompt)
        print(f"{prompt} {said['text']} ({said['tokens']} tokens)", flush=True)
    client.close()


if __name__ == "__main__":
    main(sys.argv[1:] or ["What is a gnomon?", "Who can send it bytes?", "Say more."])
