"""Objects of registered types, and the frames that they travel in.

Frame 0 is the head: the version, the type's number, and msgpack: of the value, or, where its type may have buffers, of
the value and the numbers of its small arrays. Large buffers follow, a frame each, as they lie in memory.
What is decoded was authenticated before, or comes from whoever can connect: nothing here believes it.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
from msgspec.msgpack import Encoder

from gnomon.wire.blame import REASONS, blamed
from gnomon.wire.depth import too_deep
from gnomon.wire.errors import EncodeError, Refused
from gnomon.wire.hooks import Hook
from gnomon.wire.limits import DEFAULT, Limits, beyond
from gnomon.wire.plan import Buffer, Incoming, Outgoing, inside
from gnomon.wire.registry import PREFIX_BYTES, VERSION, Registry

_TOLD = 300  # characters of what was wrong, which may quote what was received


class Codec:
    """Turns objects into frames and back, for the types that it is given; both ends give the same.

    A type is a dataclass, a msgspec.Struct, a NamedTuple, a TypedDict, an enum, or any annotation. `typing.Any`, which
    is what there is without types, stands for plain values: numbers, texts, bytes, arrays, lists and dictionaries of
    such.
    Raises TypeError for a type that can't be sent, naming the field. A codec may be shared by threads.
    """

    def __init__(self, *types: object, limits: Limits = DEFAULT, hooks: Iterable[Hook] = ()) -> None:
        self.limits = limits
        self._registry = Registry(types or (Any,), hooks)
        self.array = self._registry.array
        """Where its types declare an array or a tensor first, as `Batch.outputs[].logprobs`; empty if nowhere."""
        self._by_prefix = self._registry.by_prefix
        self._encoder = Encoder()
        self._alone_bytes = min(limits.head_bytes, limits.message_bytes)
        """What a message of one frame may have."""
        self._nothing = Outgoing(limits)  # for types that have no buffers, and so put nothing into it
        self._no_buffers = Incoming((b"",))  # as well; nothing can be taken out of it

    def encode(self, value: object, as_type: object = None) -> list[Buffer]:
        """Frames of an object. All but the first are the object's own memory: it must not change until they are sent.

        `as_type` names the registered type where the object's class does not. Raises EncodeError, which names the
        field.
        """
        kind = self._registry.by_class.get(type(value))
        if kind is None or as_type is not None:
            kind = self._registry.of_object(value) if as_type is None else self._registry.of_type(as_type)
        out = self._nothing if kind.alone else Outgoing(self.limits)
        lowered = value
        try:
            if kind.lower:
                lowered = kind.lower(value, out)
        except EncodeError as error:
            raise inside(error, kind.name) from None
        except (AttributeError, RecursionError) as error:
            raise EncodeError(f"can't be read: {error}", kind.name) from error
        try:
            body = self._encoder.encode(lowered if kind.alone else (lowered, b"".join(out.numbers)))
        except REASONS as error:
            raise inside(blamed(value, lowered, error), kind.name) from error
        if kind.unbounded and too_deep(body, self.limits.depth + 1):
            raise EncodeError(f"is nested deeper than {self.limits.depth} values", kind.name)
        head = kind.prefix + body
        if not out.frames and len(head) <= self._alone_bytes:
            return [head]
        frames: list[Buffer] = [head, *out.frames]
        problem = _over(frames, self.limits)
        if problem:
            raise EncodeError(problem.detail, kind.name)
        return frames

    def decode(self, frames: Sequence[Buffer]) -> object:
        """The object that was sent; its arrays and memoryviews look at `frames`. Raises Refused, and nothing else."""
        try:
            return self._decoded(frames)
        except Refused:
            raise
        except Exception as error:  # a class's own checks may raise anything, and no message may end a loop
            raise _refusal(error) from error

    def _decoded(self, frames: Sequence[Buffer]) -> object:
        # 1. The frames are within the limits, before anything is read.
        alone = len(frames) == 1
        if not alone or type(head := frames[0]) is not bytes or len(head) > self._alone_bytes:
            problem = _over(frames, self.limits)
            if problem:
                raise problem
            head = bytes(frames[0])
        # 2. The type is one of ours, with the same fields.
        kind = self._by_prefix.get(head[:PREFIX_BYTES])
        if kind is None:
            raise _unknown(head[:PREFIX_BYTES])
        # 3. It is not nested too deep; where the type bounds that, the decoder holds it to the type.
        body = head[PREFIX_BYTES:]
        if kind.unbounded and too_deep(body, self.limits.depth + 1):
            raise Refused("too-deep", f"it is nested deeper than {self.limits.depth} values")
        # 4. Everything is of its declared type.
        value = kind.decode(body)
        # 5. Each buffer is used once, and has the length that its shape says.
        source = self._no_buffers
        if not kind.alone:
            value, numbers = value
            source = Incoming(frames, numbers)
        elif not alone:
            raise Refused("bad-buffer", f"{len(frames) - 1} buffers, and its type has none")
        if kind.lift:
            value = kind.lift(value, source)
        if not kind.alone:
            source.close()
        return value


class LateCodec(Codec):
    """A codec that asks for its types when it is first used: their modules may import the one that it is made in."""

    def __init__(
        self, types: Callable[[], Iterable[object]], *, limits: Limits = DEFAULT, hooks: Iterable[Hook] = ()
    ) -> None:
        self.limits = limits
        self._asked, self._hooks = types, tuple(hooks)

    def __getattr__(self, name: str) -> object:
        """What a codec has once it knows its types. Raises TypeError as Codec does."""
        if name not in _MADE:
            raise AttributeError(name)
        Codec.__init__(self, *self._asked(), limits=self.limits, hooks=self._hooks)
        return self.__dict__[name]


_MADE = frozenset(vars(Codec(int)))


def _refusal(error: Exception) -> Refused:
    """Why a message is refused that could not be decoded."""
    match error:
        case msgspec.ValidationError():
            return Refused("wrong-type", _told(error))
        case msgspec.DecodeError() | UnicodeDecodeError():
            return Refused("truncated" if "truncated" in str(error) else "malformed", _told(error))
        case RecursionError():
            return Refused("too-deep", "it is nested deeper than this thread can follow")
        case MemoryError():
            return Refused("too-large", "there is no memory for it")
        case _:
            return Refused("wrong-type", _told(error))


def _unknown(prefix: bytes) -> Refused:
    if len(prefix) < PREFIX_BYTES:
        return Refused("truncated", "the head is shorter than a type's number")
    if prefix[0] != VERSION:
        return Refused("version", f"format version {prefix[0]}, not {VERSION}")
    return Refused("unknown-type", f"number {prefix[1:].hex()}: not registered here, or with other fields")


def _over(frames: Sequence[Buffer], limits: Limits) -> Refused | None:
    """The limit that the frames exceed."""
    if not frames:
        return Refused("truncated", "there is no head")
    if len(frames) - 1 > limits.buffers:
        return Refused("too-many-buffers", f"it has {len(frames) - 1} buffers, more than {limits.buffers}")
    return beyond([memoryview(frame).nbytes for frame in frames], limits)


def _told(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:_TOLD]
