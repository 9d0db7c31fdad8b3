"""A handle object tells a reader where to connect: one branch to this host, the other to a remote writer."""

import pickle
from dataclasses import dataclass
from typing import Optional

import zmq

from netinfo import get_ip


@dataclass
class Handle:
    connect_ip: str
    local_port: Optional[int] = None
    remote_port: Optional[int] = None


class MessageQueue:
    def __init__(self, context: zmq.Context, port: int):
        self.remote_socket = context.socket(zmq.XPUB)
        self.remote_socket.bind(f"tcp://*:{port}")
        self.handle = Handle(connect_ip=get_ip(), remote_port=port)

    @staticmethod
    def create_from_handle(handle: Handle, rank: int, local: bool) -> "MessageQueue":
        self = MessageQueue.__new__(MessageQueue)
        context = zmq.Context()
        if local:
            self.local_socket = context.socket(zmq.SUB)
            self.local_socket.connect(f"tcp://127.0.0.1:{handle.local_port}")
            self.remote_socket = None
        else:
            self.local_socket = None
            self.remote_socket = context.socket(zmq.SUB)
            self.remote_socket.connect(f"tcp://{handle.connect_ip}:{handle.remote_port}")
        return self

    def dequeue(self, local: bool):
        if local:
            return pickle.loads(self.local_socket.recv())  # finding: pickle-over-network this-host medium role=connect
        recv = self.remote_socket.recv()
        return pickle.loads(recv)  # finding: pickle-over-network configurable high role=connect
