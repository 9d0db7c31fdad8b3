"""A line on the terminal that says what takes so long, for work of more than half a second."""

from collections.abc import Callable, Iterator
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
def progress(doing: str | Callable[[], str], stream: TextIO | None) -> Iterator[None]:
    """Shows `doing` and the seconds since on `stream` (None: nowhere) until the block ends, then wipes the line.

    `doing` is asked anew for each look if it is a function.
    """
    if stream is None:
        yield
        return
    done = Event()
    ticker = Thread(target=_tick, args=(doing, stream, done), daemon=True)
    ticker.start()
    try:
        yield
    finally:
        done.set()
        ticker.join()


def _tick(doing: str | Callable[[], str], stream: TextIO, done: Event) -> None:
    began = monotonic()
    if done.wait(_PATIENCE_S):
        return
    while not done.wait(_TICK_S):
        words = visible(doing if isinstance(doing, str) else doing())
        short = words if cells(words) <= _LONGEST else f"{words[: _LONGEST // 2 - 1]}…"
        stream.write(f"\r\x1b[K{short}, {monotonic() - began:.0f} s")
        stream.flush()
    stream.write("\r\x1b[K")
    stream.flush()
