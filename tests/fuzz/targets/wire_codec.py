"""Any frames are a message of a declared type, or are refused."""

import contextlib
import struct
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
import numpy as np

from gnomon.wire.codec import Codec
from gnomon.wire.errors import Refused
from gnomon.wire.limits import Limits
from gnomon.wire.tokens import TokenIds


class Output(msgspec.Struct):
    """With an array and packed ids."""

    name: str
    ids: Annotated[list[int], TokenIds]
    scores: np.ndarray | None = None


@dataclass
class Batch:
    """With bytes, a plain value, and itself within a union."""

    outputs: list[Output]
    state: bytes
    extra: Any = None
    inner: "list[Batch] | str" = ""


CODEC = Codec(Batch, Output, Any, limits=Limits(inline_bytes=100, depth=20))
_OUTPUTS = [Output("a", [1, 2]), Output("b", list(range(40)), np.ones((2, 3), np.float16))]


def _joined(frames: list[bytes]) -> bytes:
    return b"".join(struct.pack("<H", len(frame)) + bytes(frame) for frame in frames)


def _split(data: bytes) -> list[bytes]:
    """Frames of any lengths: two bytes of length before each, of which the last may say too much."""
    frames = []
    while len(data) > 2:
        length = int.from_bytes(data[:2], "little")
        frames.append(data[2 : 2 + length])
        data = data[2 + length :]
    return frames


SEEDS = tuple(
    _joined(CODEC.encode(message))
    for message in (
        Batch(_OUTPUTS, b"state" * 30, {"k": [np.arange(30), np.bool_(True), None, 1.5]}),
        Batch([], b"", b"x" * 200, [Batch(_OUTPUTS, b"y"), Batch([], b"", inner=[])]),
        Output("c", list(range(100)), np.array(2j)),
        {"a": [[[1, "b"]], {"c": b"d"}]},
    )
)


def once(data: bytes) -> None:
    """What is decoded can be sent, and is then the same."""
    with contextlib.suppress(Refused):
        message = CODEC.decode(_split(data))
        again = CODEC.encode(message)
        assert type(CODEC.decode(again)) is type(message)
        assert CODEC.encode(CODEC.decode(again)) == again
