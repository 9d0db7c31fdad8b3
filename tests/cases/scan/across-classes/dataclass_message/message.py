"""Received bytes are stored in a message object and loaded by its post-init or by a property."""

import pickle
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import zmq


@dataclass
class Envelope:
    sender: bytes
    payload: bytes
    value: Any = field(init=False, default=None)

    def __post_init__(self):
        self.value = pickle.loads(self.payload)  # finding: pickle-over-network any-host critical source=zmq


class Job:
    def __init__(self, raw):
        self._raw = raw

    @cached_property
    def args(self):
        return pickle.loads(self._raw)  # finding: pickle-over-network any-host critical source=zmq

    @classmethod
    def fetch(cls, sock):
        return cls(sock.recv())


def serve(ctx: zmq.Context):
    sock = ctx.socket(zmq.ROUTER)
    sock.bind("tcp://*:6100")
    while True:
        sender, payload = sock.recv_multipart()
        print(Envelope(sender, payload).value, Job.fetch(sock).args)
