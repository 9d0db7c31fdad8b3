"""What front, broker and workers say to one another: the list of all that can come over their sockets."""

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from gnomon.wire import Codec, TokenIds

Tokens = Annotated[Sequence[int], TokenIds()]
"""Sent as one buffer of 32-bit numbers. What is received is a view of that buffer: it can be read, or sent on."""
Tensor = NDArray[np.float32]


class Generate(Struct):
    """A front asks what the model says."""

    id: int
    tokens: Tokens


class Generated(Struct):
    """The answer to a Generate."""

    id: int
    embedding: Tensor
    logits: Tensor


class HealthAsked(Struct):
    """A front asks how the broker does."""

    id: int


class Health(Struct):
    """The answer to a HealthAsked."""

    id: int
    workers: int
    waiting: int
    answered: int
    refused: dict[str, int]
    """Messages that were dropped, by reason."""
    strangers: int
    """Connections that were turned away: no key, or a wrong one."""


class Ready(Struct):
    """A worker takes a batch."""

    worker: int


class Batch(Struct):
    """What a worker is to run."""

    number: int
    tokens: list[Tokens]


class Results(Struct):
    """What became of a Batch, a row for each request. The worker takes the next one."""

    worker: int
    batch: int
    embeddings: Tensor
    logits: Tensor


CODEC = Codec(Generate, Generated, HealthAsked, Health, Ready, Batch, Results)
