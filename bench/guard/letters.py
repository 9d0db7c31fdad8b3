"""What the overhead bench loads: from a small dictionary to what inference servers send between their processes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass
class Point:
    """Three fields."""

    x: int
    y: float
    label: str


@dataclass
class SamplingParams:
    """How tokens are chosen."""

    temperature: float = 0.7
    top_p: float = 0.95
    top_k: int = 40
    max_tokens: int = 256
    stop: list[str] = field(default_factory=lambda: ["</s>"])


@dataclass
class Request:
    """Nine fields, as an inference server's front end sends them to its engine."""

    request_id: str
    prompt: str | None
    prompt_token_ids: list[int]
    params: SamplingParams
    arrival_time: float
    priority: int
    lora: str | None
    stream: bool
    trace: dict[str, str]


def request(ids: int) -> Request:
    """A request with as many token ids."""
    tokens = [(7_919 * n) % 128_000 for n in range(ids)]
    return Request(
        "cmpl-0f3c", None, tokens, SamplingParams(), 1_764_192_472.5, 0, None, stream=True, trace={"span": "a1b2"}
    )


LETTERS: dict[str, Callable[[], Any]] = {
    "small dict": lambda: {"id": 7, "method": "generate", "stream": True, "temperature": 0.7},
    "dataclass, 3 fields": lambda: Point(1, 2.5, "here"),
    "request, 100 ids": lambda: request(100),
    "request, 2,000 ids": lambda: request(2_000),
    "array, 1 MB": lambda: np.arange(250_000, dtype=np.float32),
    "ten small arrays": lambda: [np.arange(16, dtype=np.float32) for _ in range(10)],
}
