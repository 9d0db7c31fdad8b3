"""Who examines the targets of a survey: processes of this machine, or workers at an address."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from types import FrameType

from gnomon.core.crew import Crew
from gnomon.core.survey import Instructions

_SHARE = 0.8
"""Of the machine's memory, for all workers together."""


@contextmanager
def crew_here(workers: int, *, memory_bytes: int, patience_s: float) -> Iterator[Crew]:
    """Processes of this machine. `memory_bytes` and `patience_s`: what one target may take."""
    from gnomon.io.local_crew import local_crew

    yield local_crew(workers, memory_bytes=memory_bytes, patience_s=patience_s)


@contextmanager
def crew_at(
    address: str,
    asked: Instructions,
    targets: Sequence[str],
    *,
    memory_bytes: int,
    patience_s: float,
    open_to_all: bool = False,
) -> Iterator[Crew]:
    """The workers of the cluster at `address`, that are as this machine is. Raises what `connect` raises.

    A target may take `memory_bytes`, or 0 for as much as its worker may, and `patience_s`.
    """
    from gnomon.io.cluster import Work, connect
    from gnomon.io.cluster_node import Limits
    from gnomon.io.git_names import is_remote
    from gnomon.render.document import packed

    fetched = [target.startswith("pypi:") for target in targets]
    paths = any(not release and not is_remote(target) for release, target in zip(fetched, targets, strict=True))
    work = Work(
        ready=partial(ready, packed(asked), fetches=any(fetched)),
        tools=asked.tools,
        limits=Limits(memory_bytes=memory_bytes, patience_s=patience_s),
        folder=asked.folder if paths else "",
    )
    with connect(address, work, open_to_all=open_to_all) as crew:
        yield crew


def ready(instructions: bytes, *, fetches: bool) -> bytes:
    """On a worker, before its first target: loads what every target needs. Msgpack of the worker's `Tools`."""
    from gnomon.cli.examining import tools, warm_up
    from gnomon.render.document import packed

    warm_up(instructions, fetches=fetches)
    return packed(tools())


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
