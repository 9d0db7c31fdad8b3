"""The six classes of messages that inference servers send between their processes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, NamedTuple

import numpy as np
from msgspec import Struct
from msgspec.structs import astuple

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


@dataclass
class Prompt:
    """As Request, for who reads the ids and needs no list of them: what is received is a view of the message."""

    id: str
    tokens: Annotated[Sequence[int], TokenIds()]
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


class Row(Struct, array_like=True, forbid_unknown_fields=True):
    """As Output, in the form that msgspec encodes and decodes without a step in Python."""

    id: str
    tokens: list[int]
    logprobs: list[float]
    finished: str | None


class Rows(Struct, array_like=True, forbid_unknown_fields=True):
    """As Outputs."""

    step: int
    outputs: list[Row]


class Tensor(Struct):
    """An array with its name."""

    name: str
    data: np.ndarray


class Tensors(Struct):
    """Ten small arrays."""

    names: list[str]
    data: list[np.ndarray]


TYPES = (Control, Request, Prompt, Outputs, Rows, Tensor, Tensors)


class Count(NamedTuple):
    """How many of a class are sent in a round, by pattern: about what send_pyobj needs a fifth of a second for."""

    pushed: int
    """PUSH/PULL, as fast as it goes."""
    single: int
    """PUSH/PULL, one at a time."""
    asked: int
    """REQ/REP."""
    piped: int
    """DEALER/ROUTER."""
    in_flight: int = 16
    """DEALER/ROUTER: requests that wait for their answers at any time."""

    def scaled(self, share: float) -> "Count":
        """That share of all, but some at least."""
        return Count(*(max(int(many * share), 3) for many in self[:-1]), in_flight=self.in_flight)


def _random() -> np.random.Generator:
    return np.random.default_rng(0)


def _tokens() -> list[int]:
    return _random().integers(0, 150_000, 2_000).tolist()


def _control() -> Control:
    return Control("c" * 32, "load_weights", 3, 0.5, {"wait": True, "quiet": False}, list(range(8)))


def _request() -> Request:
    return Request("r" * 32, _tokens(), 0.7, 512)


def _prompt() -> Prompt:
    return Prompt(**vars(_request()))


def _outputs() -> Outputs:
    tokens = enumerate(_tokens()[:64])
    return Outputs(17, [Output(f"request-{i}", [each], [-0.25 * i], None if i % 7 else "stop") for i, each in tokens])


def _rows() -> Rows:
    whole = _outputs()
    return Rows(whole.step, [Row(*astuple(each)) for each in whole.outputs])


def _tensor(elements: int) -> Tensor:
    return Tensor("hidden", _random().random(elements))


def _small_arrays() -> Tensors:
    random = _random()
    return Tensors([f"t{i}" for i in range(10)], [random.random(16 * (i + 1)) for i in range(10)])


WARM_HEAP = " warm heap"
"""Ends the names of messages whose processes keep the memory that they have freed."""
ARRAY_LIKE = " array_like"
"""Ends the names of messages of array_like types."""
SEQUENCE = " sequence"
"""Ends the names of messages whose token ids are declared as a sequence, not as a list."""
MESSAGES: dict[str, tuple[Callable[[], object], Count]] = {
    "control": (_control, Count(20_000, 400, 1_500, 5_000)),
    "request": (_request, Count(3_000, 200, 600, 1_200)),
    "request sequence": (_prompt, Count(3_000, 200, 600, 1_200)),
    "outputs": (_outputs, Count(4_000, 200, 700, 1_500)),
    "outputs array_like": (_rows, Count(4_000, 200, 700, 1_500)),
    "1 MB": (lambda: _tensor(125_000), Count(150, 40, 60, 60)),
    "1 MB warm heap": (lambda: _tensor(125_000), Count(150, 40, 60, 60)),
    "16 MB": (lambda: _tensor(2_000_000), Count(14, 4, 5, 6, in_flight=4)),
    "16 MB warm heap": (lambda: _tensor(2_000_000), Count(14, 4, 5, 6, in_flight=4)),
    "small arrays": (_small_arrays, Count(5_000, 200, 1_000, 2_000)),
}
"""By name: how a message is made, and how many are sent."""


def class_of(message: str) -> str:
    """The class that it is one of, whatever the state of the heap or the form of the type."""
    return message.removesuffix(WARM_HEAP).removesuffix(ARRAY_LIKE).removesuffix(SEQUENCE)
