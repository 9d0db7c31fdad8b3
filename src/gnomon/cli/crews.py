"""Who examines the targets of a survey: processes of this machine, or workers at an address."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from gnomon.core.crew import Crew
from gnomon.core.errors import GnomonError

_SHARE = 0.8
"""Of the machine's memory, for all workers together."""


def crew_of(cluster: str | None, *, workers: int, memory_bytes: int, patience_s: float) -> Crew:
    """The workers, ready to be asked. `memory_bytes` and `patience_s`: what one target may take.

    Raises GnomonError if there are none at the address `cluster`.
    """
    if cluster is not None:
        raise GnomonError("this gnomon has no engine for clusters.", remedy="leave out --cluster")
    from gnomon.io.local_crew import local_crew

    return local_crew(workers, memory_bytes=memory_bytes, patience_s=patience_s)


def memory_for_each(workers: int) -> int:
    """Bytes that one target may take where nobody says: a share of the machine's memory."""
    from gnomon.io.machine import memory_bytes

    return int(memory_bytes() * _SHARE / workers)


@contextmanager
def terminable() -> Iterator[None]:
    """Has SIGTERM end the work as Ctrl-C does."""

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 (signal's signature)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
