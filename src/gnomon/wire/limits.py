"""How much of a message is taken: what is beyond is refused before anything is allocated for it."""

from collections.abc import Sequence

from msgspec import Struct

from gnomon.wire.errors import Refused

_DEEPEST = 200


class Limits(Struct, frozen=True, kw_only=True):
    """Bounds on one message, for both ends: what the sender could not send, the receiver would not take.

    Raises ValueError for a bound that no message could keep.
    """

    message_bytes: int = 1_000_000_000
    """All frames of a message together."""
    buffers: int = 1_000
    """Frames behind the first one."""
    buffer_bytes: int = 1_000_000_000
    """One frame behind the first one."""
    head_bytes: int = 16_000_000
    """The first frame, all of which is parsed."""
    depth: int = 64
    """Values within values. At most 200: parsing recurses, and threads may have small stacks."""
    inline_bytes: int = 32_768
    """A buffer of fewer bytes is put into the first frame: a frame of its own costs more than such a copy."""

    def __post_init__(self) -> None:
        for name in ("message_bytes", "buffer_bytes", "head_bytes", "depth"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is less than 1")
        if self.buffers < 0 or self.inline_bytes < 0:
            raise ValueError("buffers and inline_bytes are not negative")
        if self.depth > _DEEPEST:
            raise ValueError(f"depth is more than {_DEEPEST}")


DEFAULT = Limits()


def beyond(sizes: Sequence[int], limits: Limits) -> Refused | None:
    """The limit that bytes of the head and of each buffer behind it exceed."""
    if sizes[0] > limits.head_bytes:
        return Refused("too-large", f"the head has {sizes[0]} bytes, more than {limits.head_bytes}")
    if max(sizes[1:], default=0) > limits.buffer_bytes:
        return Refused("too-large", f"a buffer has {max(sizes[1:])} bytes, more than {limits.buffer_bytes}")
    if sum(sizes) > limits.message_bytes:
        return Refused("too-large", f"it has {sum(sizes)} bytes, more than {limits.message_bytes}")
    return None
