"""The six classes of messages that inference servers send between their processes."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from msgspec import Struct

from gnomon.wire.tokens import TokenIds


@dataclass
class Control:
    """A command to a worker, about 200 bytes."""

    id: str
    verb: str
    rank: int
    priority: float
    flags: dict[str, bool]
    arguments: list[int]


@dataclass
class Request:
    """A prompt of 2,000 tokens."""

    id: str
    tokens: Annotated[list[int], TokenIds()]
    temperature: float
    most: int


class Output(Struct):
    """What one sequence got in a step."""

    id: str
    tokens: list[int]
    logprobs: list[float]
    finished: str | None


class Outputs(Struct):
    """A step of 64 sequences."""

    step: int
    outputs: list[Output]


class Tensor(Struct):
    """An array with its name."""

    name: str
    data: np.ndarray


class Tensors(Struct):
    """Ten small arrays."""

    names: list[str]
    data: list[np.ndarray]


TYPES = (Control, Request, Outputs, Tensor, Tensors)


def messages() -> dict[str, tuple[object, int]]:
    """Each class with a message, and how many are sent in a round."""
    random = np.random.default_rng(0)
    tokens = random.integers(0, 150_000, 2_000).tolist()
    outputs = [Output(f"request-{i}", [int(tokens[i])], [-0.25 * i], None if i % 7 else "stop") for i in range(64)]
    return {
        "control": (Control("c" * 32, "load_weights", 3, 0.5, {"wait": True, "quiet": False}, list(range(8))), 20_000),
        "request": (Request("r" * 32, tokens, 0.7, 512), 4_000),
        "outputs": (Outputs(17, outputs), 4_000),
        "1 MB": (Tensor("hidden", random.random(125_000)), 400),
        "16 MB": (Tensor("hidden", random.random(2_000_000)), 30),
        "small arrays": (
            Tensors([f"t{i}" for i in range(10)], [random.random(16 * (i + 1)) for i in range(10)]),
            6_000,
        ),
    }
