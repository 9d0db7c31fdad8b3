"""Messages as bytes: what is written is read, and nothing else raises anything but what says so."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnomon.wire.errors import Refused
from gnomon.wire.limits import Limits
from gnomon.wire.tls.stream import READ, Ended, Running, incoming, message

LIMITS = Limits(message_bytes=5_000, buffers=5, buffer_bytes=2_000, head_bytes=2_000)
FRAMES = st.lists(st.binary(max_size=1_000), min_size=1, max_size=6).filter(lambda each: sum(map(len, each)) <= 5_000)


class Line:
    """A connection that gives bytes in pieces, and then ends."""

    def __init__(self, content, pieces):
        self.until = math.inf
        self._content = content
        self._pieces = pieces

    def some(self, view):
        """As Link's."""
        piece = self._pieces[len(self._content) % len(self._pieces)]
        if piece % 2:
            yield 0, READ, self.until
        count = min(len(view), piece, len(self._content))
        if not count:
            raise Ended
        view[:count] = self._content[:count]
        self._content = self._content[count:]
        return count

    def fill(self, view):
        """As Link's."""
        while view:
            view = view[(yield from self.some(view)) :]


def _read(content, pieces):
    running = Running(incoming(Line(content, pieces), LIMITS, idle_until=math.inf, message_s=60))
    while not running.done:
        running.step()
    return running.result()


PIECES = st.lists(st.integers(1, 3_000), min_size=1, max_size=7)


@given(number=st.integers(0, 2**64 - 1), frames=FRAMES, pieces=PIECES)
def test_what_is_written_is_read(number, frames, pieces):
    """However it is cut into pieces on the way."""
    content = b"".join(bytes(buffer) for buffer in message(number, frames))

    back, body = _read(content, pieces)

    assert back == number
    assert [bytes(frame) for frame in body] == frames


@given(frames=FRAMES, cut=st.integers(1, 10_000), pieces=PIECES)
def test_what_is_cut_off_is_truncated(frames, cut, pieces):
    """At any place but before the first byte."""
    content = b"".join(bytes(buffer) for buffer in message(1, frames))
    content = content[: max(1, len(content) - cut)]

    with pytest.raises(Refused, match="truncated"):
        _read(content, pieces)


@given(content=st.binary(min_size=1, max_size=200), pieces=PIECES)
def test_any_bytes_are_a_message_or_refused(content, pieces):
    """And nothing comes of nothing."""
    try:
        _, body = _read(content, pieces)
    except Refused:
        return
    assert sum(len(frame) for frame in body) <= len(content)


def test_nothing_is_the_end():
    """Between two messages, that is no error."""
    with pytest.raises(Ended):
        _read(b"", [1])
