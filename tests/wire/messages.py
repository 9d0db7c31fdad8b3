"""Messages as inference servers send them, and a check that a value is of the type that was declared."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NamedTuple,
    NotRequired,
    TypedDict,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec
import numpy as np
from numpy.typing import NDArray

from gnomon.wire.planning import unaliased
from gnomon.wire.tokens import TokenIds


class Finish(enum.Enum):
    """By value."""

    STOP = "stop"
    LENGTH = "length"


class Stage(enum.Enum):
    """By name."""

    PREFILL = ("p", 1)
    DECODE = ("d", 2)


class Part(enum.Flag):
    """By number, any of them together."""

    TEXT = 1
    IMAGE = 2


class Control(msgspec.Struct):
    """A struct of plain fields."""

    kind: Literal["abort", "wake", "sleep"]
    request_id: str
    step: int
    score: float


@dataclass(frozen=True)
class Sampling:
    """A frozen dataclass."""

    temperature: float = 1.0
    stop: tuple[str, ...] = ()
    seed: int | None = None


@dataclass
class Request:
    """A dataclass with packed ids, a record and a field of any plain value."""

    request_id: str
    token_ids: Annotated[list[int], TokenIds]
    sampling: Sampling
    arrived: datetime | None = None
    extra: dict[str, Any] = field(default_factory=dict)


class Output(msgspec.Struct, kw_only=True):
    """A struct made by keywords."""

    request_id: str
    new_ids: Annotated[list[int], TokenIds]
    finish: Finish | None = None
    logprobs: NDArray[np.float32] | None = None


class Batch(msgspec.Struct):
    """Records with buffers, in a list."""

    outputs: list[Output]
    stage: Stage = Stage.DECODE
    parts: Part = Part.TEXT


class Slot(NamedTuple):
    """A named tuple."""

    rank: int
    where: Path
    state: bytes


class Metadata(TypedDict):
    """A dictionary with a key that may be missing."""

    name: str
    view: NotRequired[memoryview]


@dataclass
class Everything:
    """One field of each other kind."""

    case: Control | Sampling | str | None
    slot: Slot
    metadata: Metadata
    weight: complex
    problem: Exception
    one: np.float16
    arrays: dict[str, np.ndarray]
    pair: tuple[int, Sampling]
    names: frozenset[str]
    places: set[Path]
    prompt: Annotated[tuple[int, ...], TokenIds]
    view: Annotated[Sequence[int], TokenIds]
    raw: bytearray


@dataclass
class Node:
    """A record within itself."""

    value: int
    children: "list[Node]"
    weights: NDArray[np.int64] | None = None


def control() -> Control:
    """A short message."""
    return Control("abort", "req-1", 3, 0.5)


def request(ids: int = 50) -> Request:
    """A prompt of so many tokens."""
    return Request(
        "req-1", list(range(-1, ids - 1)), Sampling(0.5, ("</s>",), 7), None, {"a": [1, {"b": None}], "c": 0.5}
    )


def batch() -> Batch:
    """Outputs of which each has something in a buffer of its own, or behind a short limit."""
    return Batch(
        [
            Output(request_id="a", new_ids=[1], finish=Finish.STOP),
            Output(request_id="b", new_ids=list(range(40)), logprobs=np.arange(6, dtype=np.float32).reshape(2, 3)),
            Output(request_id="c", new_ids=[], finish=None, logprobs=np.zeros((0, 4), np.float32)),
        ],
        Stage.PREFILL,
        Part.TEXT | Part.IMAGE,
    )


def everything() -> Everything:
    """One of each."""
    return Everything(
        case=Sampling(seed=1),
        slot=Slot(1, Path("/dev/shm/x"), b"state" * 20),
        metadata={"name": "n", "view": memoryview(b"view" * 20)},
        weight=1 - 2j,
        problem=ValueError("no such request"),
        one=np.float16(0.5),
        arrays={"mask": np.array([True, False]), "kv": np.arange(24, dtype=np.int16).reshape(2, 3, 4)},
        pair=(1, Sampling()),
        names=frozenset({"x", "y"}),
        places={Path("a"), Path("b")},
        prompt=tuple(range(100)),
        view=[1, 2, 3],
        raw=bytearray(b"raw"),
    )


def node() -> Node:
    """A record within itself."""
    return Node(1, [Node(2, [], np.arange(3)), Node(3, [Node(4, [])])])


MESSAGES = (control(), request(), batch(), everything(), node())
TYPES = (Control, Request, Batch, Everything, Node)


def equal(left: object, right: object) -> bool:
    """Whether two values say the same; arrays by type of element, shape and contents."""
    if isinstance(left, np.ndarray):
        return isinstance(right, np.ndarray) and left.dtype == right.dtype and np.array_equal(left, right)
    if isinstance(left, BaseException):
        return isinstance(right, BaseException) and str(left) in str(right)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple | memoryview):
        return len(left) == len(right) and all(map(equal, left, right))
    if isinstance(left, dict):
        return isinstance(right, dict) and left.keys() == right.keys() and all(equal(left[k], right[k]) for k in left)
    names = getattr(left, "__struct_fields__", None) or getattr(left, "__dataclass_fields__", ())
    if names:
        return type(left) is type(right) and all(equal(getattr(left, name), getattr(right, name)) for name in names)
    return left == right


def of_type(value: object, annotation: object) -> bool:
    """Whether a value is what an annotation of this file says, through and through."""
    annotation = unaliased(annotation)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation is Any:
        return _plain(value)
    if origin is Annotated:
        return of_type(value, arguments[0])
    if origin in {Union, UnionType}:
        return any(of_type(value, each) for each in arguments)
    if origin is Literal:
        return value in arguments
    if origin is np.ndarray:
        elements = get_args(arguments[1])
        return type(value) is np.ndarray and (
            not elements or isinstance(elements[0], type) is False or value.dtype == elements[0]
        )
    if origin is Sequence:
        return isinstance(value, memoryview) and value.readonly and value.format == "i"
    if origin is tuple and arguments[-1] is not ...:
        return type(value) is tuple and len(value) == len(arguments) and all(map(of_type, value, arguments))
    if origin in {list, tuple, set, frozenset}:
        return type(value) is origin and all(of_type(each, arguments[0]) for each in value)
    if origin is dict:
        return type(value) is dict and all(
            of_type(k, arguments[0]) and of_type(v, arguments[1]) for k, v in value.items()
        )
    return _of_class(value, annotation)


def _of_class(value: object, cls: type) -> bool:
    if cls in {Path, Exception}:
        return isinstance(value, cls)
    if cls is Metadata:
        return type(value) is dict and "name" in value and value.keys() <= {"name", "view"}
    if type(value) is not cls:
        return False
    if hasattr(cls, "__annotations__") and not issubclass(cls, enum.Enum):
        hints = get_type_hints(cls, include_extras=True)
        return all(of_type(getattr(value, name), hint) for name, hint in hints.items())
    return True


def _plain(value: object) -> bool:
    if isinstance(value, list):
        return all(map(_plain, value))
    if isinstance(value, dict):
        return all(type(key) in {str, int} and _plain(each) for key, each in value.items())
    return value is None or type(value) in {bool, int, float, str, bytes, np.ndarray} or isinstance(value, np.generic)
