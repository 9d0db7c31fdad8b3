"""How a value of one declared type travels: as what msgpack sees of it, and what is carried beside that."""

import sys
from collections.abc import Callable, Collection, Sequence
from itertools import repeat
from typing import Any, TypeAlias

from msgspec import Struct
from msgspec.msgpack import Ext

from gnomon.wire.errors import EncodeError, Refused
from gnomon.wire.limits import Limits

if sys.byteorder != "little":  # pragma: no cover
    raise ImportError("gnomon.wire hands buffers over as they lie in memory, and is made for little-endian machines")

Buffer: TypeAlias = bytes | bytearray | memoryview

FRAME = 1
"""Extension type of bytes that have a frame of their own; no data."""
ARRAY = 2
"""Extension type of an array of numpy's."""
TENSOR = 3
"""Extension type of a tensor of torch's."""
SCALAR = 4
"""Extension type of a single number of one of numpy's types."""
IDS = 5
"""Extension type of token ids: four bytes each, signed, little-endian."""
IDS_FRAME = 6
"""Extension type of token ids that have a frame of their own; no data."""

_IN_FRAME = Ext(FRAME, b"")


class Outgoing:
    """What one message gathers while it is lowered: its buffers, in the order in which they are met.

    `frames` are those that get a frame of their own. `numbers` are those of small arrays, which travel together, each
    with zeros behind it up to a multiple of eight bytes.
    """

    __slots__ = ("depth", "frames", "inline_bytes", "levels", "numbers")

    def __init__(self, limits: Limits) -> None:
        self.frames: list[Buffer] = []
        self.numbers: list[bytes] = []
        self.inline_bytes = limits.inline_bytes
        self.levels = limits.depth
        self.depth = 0

    def enter(self) -> None:
        """One level deeper, where the type sets no bound. Raises EncodeError at the limit."""
        self.depth += 1
        if self.depth > self.levels:
            raise EncodeError(f"is nested deeper than {self.levels} values", "")

    def leave(self) -> None:
        """Back from there."""
        self.depth -= 1


class Incoming:
    """What one message has beside its value: each buffer is used once, in the order in which the value mentions them.

    The numbers of small arrays are taken from `numbers`, up to `at`.
    """

    __slots__ = ("_frames", "_next", "at", "numbers")

    def __init__(self, frames: Sequence[Buffer], numbers: bytes = b"") -> None:
        self._frames = frames
        self._next = 1  # the head is frame 0
        self.numbers = numbers
        self.at = 0

    def take(self) -> Buffer:
        """The next buffer, as it was received."""
        at = self._next
        if at >= len(self._frames):
            raise Refused("bad-buffer", "the head mentions a buffer that is not there")
        self._next = at + 1
        return self._frames[at]

    def close(self) -> None:
        """Nothing is left over, or Refused."""
        left = len(self._frames) - self._next
        if left:
            raise Refused("bad-buffer", f"the head does not mention {left} of the buffers")
        if self.at != len(self.numbers):
            raise Refused("bad-buffer", f"of {len(self.numbers)} bytes of numbers, {self.at} are those of its arrays")


Lower: TypeAlias = Callable[[Any, Outgoing], object]
Lift: TypeAlias = Callable[[Any, Incoming], object]
"""Of what was decoded as the plan's wire type."""
LowerAll: TypeAlias = Callable[[Collection[object], Outgoing], Collection[object]]
LiftAll: TypeAlias = Callable[[Collection[Any], Incoming], Collection[object]]


class Plan(Struct, frozen=True, kw_only=True):
    """How values of one type are sent.

    `lower` makes of a value what msgpack can encode, and raises EncodeError with the path from the value to what is
    wrong. `lift` makes a value of what was decoded as `wire`, and may raise anything but an exit. Without them, the
    value is encoded and decoded as it is.
    """

    wire: object
    """The type that the decoder is asked for."""
    schema: str
    """What both ends must agree on, in words."""
    classes: tuple[type, ...]
    """Types of values, to tell the members of a union apart."""
    lower: Lower | None = None
    lift: Lift | None = None
    lower_all: LowerAll | None = None
    """Lowers many at once, at the speed of C where it can; it is given values of these classes alone."""
    lift_all: LiftAll | None = None
    """Lifts as many, in the same order of buffers."""
    apart: bool = False
    """Values may have buffers beside the head."""
    unbounded: bool = False
    """The type sets no bound to how deep its values are nested."""


def lower_of(plan: Plan) -> Lower:
    """Lowers, where it may have nothing to do."""
    return plan.lower or (lambda value, _: value)


def lift_of(plan: Plan) -> Lift:
    """Lifts, where it may have nothing to do."""
    return plan.lift or (lambda value, _: value)


def lower_all_of(plan: Plan) -> LowerAll:
    """Lowers many, also where nobody wrote how to do that at once, or they are not all of the plan's classes."""
    lower, lower_all, only = lower_of(plan), plan.lower_all, frozenset(plan.classes)

    def lowered(values: Collection[object], out: Outgoing) -> Collection[object]:
        if lower_all is not None and only.issuperset(map(type, values)):
            return lower_all(values, out)
        return list(map(lower, values, repeat(out)))

    return lowered


def lift_all_of(plan: Plan) -> LiftAll:
    """Lifts many, also where nobody wrote how to do that at once."""
    lift = lift_of(plan)
    return plan.lift_all or (lambda values, source: list(map(lift, values, repeat(source))))


def inside(error: EncodeError, part: str) -> EncodeError:
    """The same error, told from one level further out: `part` is `.field` or `[index]`."""
    return EncodeError(error.problem, part + error.path)


def kind_of(value: object) -> str:
    """The value's type as messages name it."""
    cls = type(value)
    return cls.__qualname__ if cls.__module__ in {"builtins", "__main__"} else f"{cls.__module__}.{cls.__qualname__}"


def bytes_plan(cls: type) -> Plan:
    """Plan of bytes, bytearray or memoryview; those of `Limits.inline_bytes` or more have a frame of their own.

    A memoryview that is received looks at the received buffer, read-only.
    """

    def lower(value: object, out: Outgoing) -> object:
        if not isinstance(value, bytes | bytearray | memoryview):
            raise EncodeError(f"is of type {kind_of(value)}, not {cls.__name__}", "")
        size = value.nbytes if isinstance(value, memoryview) else len(value)
        if size < out.inline_bytes:
            return value
        out.frames.append(flat(value))
        return _IN_FRAME

    def lift(value: Buffer | Ext, source: Incoming) -> object:
        return _as(cls, frame_of(value, source) if isinstance(value, Ext) else value)

    wire = bytes if cls is bytearray else cls
    return Plan(wire=wire | Ext, schema=cls.__name__, classes=(cls,), lower=lower, lift=lift, apart=True)


def frame_of(value: Ext, source: Incoming) -> Buffer:
    """The buffer that stands for bytes. Raises Refused for any other extension."""
    if value.code != FRAME or value.data != b"":
        raise Refused("wrong-type", f"extension {value.code} where bytes are due")
    return source.take()


def flat(value: Buffer) -> Buffer:
    """The same bytes, in one dimension; a view with gaps is copied."""
    if not isinstance(value, memoryview) or (value.format == "B" and value.ndim == 1 and value.c_contiguous):
        return value
    return value.cast("B") if value.c_contiguous else value.tobytes()


def _as(cls: type, value: Buffer) -> Buffer:
    if cls is memoryview:
        return memoryview(value).toreadonly()
    return value if type(value) is cls else cls(value)
