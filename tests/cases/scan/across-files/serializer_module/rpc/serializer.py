"""The receive sits in one module, the serializer that loads in another."""

import pickle
from collections.abc import Sequence
from typing import Any


class Serializer:
    def __init__(self, protocol: int = pickle.HIGHEST_PROTOCOL):
        self._protocol = protocol

    def serialize(self, value: Any) -> list[bytes]:
        buffers: list[pickle.PickleBuffer] = []
        head = pickle.dumps(value, protocol=self._protocol, buffer_callback=buffers.append)
        return [head, *buffers]

    def deserialize(self, frames: Sequence[bytes]) -> Any:
        head, *buffers = frames
        return pickle.loads(head, buffers=buffers)  # finding: pickle-over-network any-host critical receive=@receive


def loads_one(blob: bytes) -> Any:
    return pickle.loads(blob)  # finding: pickle-over-network configurable high role=connect
