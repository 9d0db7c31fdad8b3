"""Any frames are a value of the declared types, or are refused: for every kind of type there is."""

import contextlib
import struct
from typing import Any

import numpy as np

from gnomon.wire.codec import Codec
from gnomon.wire.errors import Refused
from gnomon.wire.hooks import Hook
from gnomon.wire.limits import Limits
from tests.wire.messages import MESSAGES, TYPES, of_type

with contextlib.suppress(ModuleNotFoundError):
    import torch  # tensors are tried where torch is


class Url:
    """Refuses some texts, with an error of its own choice."""

    def __init__(self, text: str) -> None:
        if "://" not in text:
            raise KeyError(text)
        self.text = text


class Picture:
    """Is sent as its array."""

    def __init__(self, pixels: np.ndarray) -> None:
        self.pixels = pixels


HOOKS = (
    Hook(cls=Url, wire=str, lower=lambda url: url.text, lift=Url),
    Hook(cls=Picture, wire=np.ndarray, lower=lambda picture: picture.pixels, lift=Picture),
)
_TENSORS = {torch.Tensor: [torch.ones(2, 3, dtype=torch.bfloat16), torch.zeros(0)]} if "torch" in globals() else {}
_OTHERS: dict[object, list[object]] = {
    Url: [Url("http://a")],
    Picture: [Picture(np.ones((2, 3), np.float16)), Picture(np.array([1 + 2j]))],
    list[Picture]: [[Picture(np.arange(40)), Picture(np.zeros((0, 3), bool))]],
    dict[str, Url]: [{"x": Url("b://c")}],
    **_TENSORS,
}
CODEC = Codec(*TYPES, *_OTHERS, limits=Limits(inline_bytes=60, depth=20, buffers=20), hooks=HOOKS)
PLAIN = Codec(limits=CODEC.limits)


def _joined(choice: int, frames: list[Any]) -> bytes:
    return bytes([choice]) + b"".join(struct.pack("<H", len(bytes(frame))) + bytes(frame) for frame in frames)


def _split(data: bytes) -> list[bytes]:
    frames = []
    while len(data) > 2:
        length = int.from_bytes(data[:2], "little")
        frames.append(data[2 : 2 + length])
        data = data[2 + length :]
    return frames


SEEDS = (
    *(_joined(0, CODEC.encode(message)) for message in MESSAGES),
    *(_joined(0, CODEC.encode(value, kind)) for kind, values in _OTHERS.items() for value in values),
    *(_joined(1, PLAIN.encode([value, {"k": value}])) for value in (np.arange(30), *next(iter(_TENSORS.values()), ()))),
)


def once(data: bytes) -> None:
    """What is decoded is of a type that was declared, and can be sent again."""
    codec = PLAIN if data[:1] == b"\1" else CODEC
    frames = _split(data[1:])
    with contextlib.suppress(Refused):
        value = codec.decode(frames)
        if codec is CODEC:
            assert type(value) in {*TYPES, Url, Picture, list, dict, *_TENSORS}
        for declared in TYPES:
            assert type(value) is not declared or of_type(value, declared)
        again = codec.encode(value, None if type(value) in {*TYPES, Url, Picture} or codec is PLAIN else _kind(value))
        assert type(codec.decode([bytes(frame) for frame in again])) is type(value)


def _kind(value: object) -> object:
    return {list: list[Picture], dict: dict[str, Url]}.get(type(value), type(value))
