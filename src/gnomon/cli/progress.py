"""A line on the terminal that says what takes so long, for work of more than half a second."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic
from typing import TextIO

from gnomon.render.escape import visible
from gnomon.render.page import cells

_PATIENCE_S = 0.5
_TICK_S = 0.2
_LONGEST = 60


@contextmanager
def progress(doing: str, stream: TextIO | None) -> Iterator[None]:
    """Shows `doing` and the seconds since on `stream` (None: nowhere) until the block ends, then wipes the line."""
    if stream is None:
        yield
        return
    done = Event()
    ticker = Thread(target=_tick, args=(visible(doing), stream, done), daemon=True)
    ticker.start()
    try:
        yield
    finally:
        done.set()
        ticker.join()


def _tick(doing: str, stream: TextIO, done: Event) -> None:
    began = monotonic()
    if done.wait(_PATIENCE_S):
        return
    words = doing if cells(doing) <= _LONGEST else f"{doing[: _LONGEST // 2 - 1]}…"
    while not done.wait(_TICK_S):
        stream.write(f"\r\x1b[K{words}, {monotonic() - began:.0f} s")
        stream.flush()
    stream.write("\r\x1b[K")
    stream.flush()
