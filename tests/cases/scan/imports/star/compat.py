"""A star import brings the deserializer and the socket factory along; __all__ limits it."""

import json
from pickle import dumps, loads

import zmq

__all__ = ["dumps", "loads", "open_socket"]


def open_socket(port):
    sock = zmq.Context.instance().socket(zmq.PULL)
    sock.bind(f"tcp://*:{port}")
    return sock


def hidden(data):
    return json.loads(data)
