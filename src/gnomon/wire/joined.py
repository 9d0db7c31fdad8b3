"""A sealed message as one run of bytes, its frames one behind the other; and back, without a copy."""

from collections.abc import Sequence

from gnomon.wire.errors import Refused
from gnomon.wire.limits import Limits, beyond
from gnomon.wire.seal import ENTRY, LEAST, MARKED, START, bytes_of, foreign
from gnomon.wire.suites import TAG_BYTES, Buffer

ALIGNMENT = 16
"""Each frame behind the first begins at a multiple of this, after zeros: numbers are read where they lie."""


def joined(frames: Sequence[Buffer]) -> bytes:
    """The message as one run of bytes. Frame 0 fixes all lengths already, so nothing has to be added but zeros."""
    pieces: list[Buffer] = []
    at = 0
    for frame in frames:
        if gap := -at % ALIGNMENT:
            pieces.append(bytes(gap))
        pieces.append(frame)
        at += gap + len(frame)
    return b"".join(pieces)


def split(data: Buffer, limits: Limits) -> list[Buffer]:
    """The frames, as views of `data`. Raises Refused, and TypeError for what is no plain run of bytes.

    Nobody has authenticated `data` yet: what it says of itself is compared, and used to cut it. Nothing is copied, and
    no memory is taken but for views, of which `limits` bounds the number.

    1. It begins like a sealed message, and is long enough for what says how many frames there are.
    2. They are as many, and as long, as the limits allow.
    3. All of them together, with zeros before each, are what is there.
    """
    # 1.
    whole = data if type(data) is bytes else bytes_of(data).toreadonly()
    size = len(whole)
    if size < LEAST or whole[:2] != MARKED:
        raise foreign(whole)
    _, _, _, _, count, _, _, _, length, _ = START.unpack_from(whole)
    entries = START.size + count * ENTRY.size
    end = entries + length + TAG_BYTES
    # 2.
    if count > limits.buffers:
        raise Refused("too-many-buffers", f"{count:,} buffers, the limit is {limits.buffers:,}")
    if size < end:
        raise Refused("truncated", f"frame 0 should have {end:,} bytes, but {size:,} are all there is")
    sizes = [length, *(ENTRY.unpack_from(whole, at)[0] for at in range(START.size, entries, ENTRY.size))]
    problem = beyond(sizes, limits)
    if problem:
        raise problem
    # 3.
    view = memoryview(whole)
    frames: list[Buffer] = [view[:end] if count else whole]
    for length in sizes[1:]:
        start = end + -end % ALIGNMENT
        if any(view[end:start]):
            raise Refused("malformed", "a byte between frames that should be 0 is not")
        end = start + length
        frames.append(view[start:end])
    if size != end:
        short = size < end
        raise Refused("truncated" if short else "frame-mismatch", f"it should have {end:,} bytes, but has {size:,}")
    return frames
