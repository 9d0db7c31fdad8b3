"""Texts of Python as what trace compares."""

import ast
import textwrap

from gnomon.knowledge.load import load
from gnomon.trace.copies import Place
from gnomon.trace.sinks import sink_tokens
from gnomon.trace.units import Unit, units

SINKS = sink_tokens(load().models)

SERVER = """
import pickle
import zmq
from framework.logger import init_logger

logger = init_logger(__name__)


class Queue:
    def __init__(self, port, reader):
        context = zmq.Context()
        self.remote_socket = context.socket(zmq.XPUB)
        self.remote_socket.setsockopt(zmq.XPUB_VERBOSE, True)
        self.remote_socket.bind(f"tcp://*:{port}")
        self.local_reader = reader
        self.remote_port = port

    def dequeue(self, timeout=None):
        if self.is_local_reader:
            with self.acquire_read(timeout) as buffer:
                overflow = buffer[0] == 1
                if not overflow:
                    return buffer[1:]
        if self.remote_socket.poll(timeout) == 0:
            raise TimeoutError
        frames = self.remote_socket.recv_multipart(copy=False)
        header, body = frames[0], frames[-1]
        value = pickle.loads(body.buffer)
        self.counter += 1
        return value
"""
"""A queue like those that were copied from project to project."""


def place(text: str, path: str = "framework/queue.py") -> Place:
    """The file as what is compared."""
    text = textwrap.dedent(text)
    return Place(path, tuple(units(ast.parse(text), path, SINKS)), text)


def unit(text: str, qualname: str, path: str = "framework/queue.py") -> Unit:
    """The one of that qualified name."""
    return next(each for each in place(text, path).units if each.qualname == qualname)
