"""A field of a configuration dataclass decides, whatever its default: configurable."""

import pickle
from dataclasses import dataclass, field

import zmq


@dataclass
class ServerConfig:
    host: str = field(default="localhost", metadata={"help": "interface to listen on"})
    port: int = 8080
    control_host: str = "0.0.0.0"


class Engine:
    def __init__(self, config: ServerConfig):
        self.config = config
        ctx = zmq.Context(io_threads=2)
        self.inbox = ctx.socket(zmq.PULL)
        self.inbox.bind(f"tcp://{config.host}:{config.port}")
        self.control = ctx.socket(zmq.REP)
        self.control.bind(f"tcp://{self.config.control_host}:{self.config.port + 1}")

    def step(self):
        request = pickle.loads(self.inbox.recv())  # finding: pickle-over-network configurable high role=bind
        order = pickle.loads(self.control.recv())  # finding: pickle-over-network configurable high role=bind
        return request, order
