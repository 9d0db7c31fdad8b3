"""Sockets of gnomon.wire decode into declared types: none of their receives is a load of a pickle."""

from dataclasses import dataclass

from gnomon.wire import Codec


@dataclass
class Request:
    prompt: str


@dataclass
class Stop:
    reason: str


CODEC = Codec(Request, Stop)
