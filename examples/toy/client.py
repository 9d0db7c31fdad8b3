"""Sends requests, and prints what is answered.

usage: python client.py [--host 127.0.0.1] [--port 5557] [PROMPT …]
"""

import argparse
import pickle
from typing import Any

import zmq

from config import Config
from messages import Request


class Client:
    """A connection to the server."""

    def __init__(self, config: Config) -> None:
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.REQ)
        self.socket.connect(config.connect)

    def ask(self, prompt: str, max_tokens: int = 8) -> dict[str, Any]:
        """What the server says."""
        self.socket.send_pyobj(Request(prompt, max_tokens))
        answer: dict[str, Any] = pickle.loads(self.socket.recv())
        return answer

    def close(self) -> None:
        """End the connection."""
        self.socket.close()
        self.context.term()


def main() -> None:
    """Ask."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default=Config.host)
    parser.add_argument("--port", type=int, default=Config.port)
    parser.add_argument("prompts", nargs="*", default=["What is a gnomon?", "Who can send it bytes?", "Say more."])
    given = parser.parse_args()
    client = Client(Config(given.host, given.port))
    for prompt in given.prompts:
        said = client.ask(prompt)
        print(f"{prompt} {said['text']} ({said['tokens']} tokens)", flush=True)
    client.close()


if __name__ == "__main__":
    main()
