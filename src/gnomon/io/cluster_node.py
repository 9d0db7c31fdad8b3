"""What a worker of a cluster does for whoever asks it: says what it has, and answers for one target at a time."""

import socket
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from gnomon.core.survey import Tools
from gnomon.io.local_crew import local_crew
from gnomon.io.machine import memory_bytes

Ready = Callable[[], bytes]
"""Loads what every target needs, once in a process, and gives msgpack of the `Tools` there."""


class Limits(Struct, frozen=True, kw_only=True):
    """What one target may take on its node."""

    memory_bytes: int
    """0: as much as its worker may, by Dask's own setting."""
    patience_s: float


class Readiness(Struct, frozen=True, kw_only=True):
    """What a worker has."""

    host: str
    tools: Tools
    folder: bool
    """Is the folder there that was asked about?"""


class Differing(Exception):
    """A worker that came to the cluster after it was looked at has other tools: its answers would be others."""

    def __init__(self, worker: str) -> None:
        super().__init__(worker)
        self.worker = worker


def readiness(ready: Ready, folder: str) -> bytes:
    """Msgpack of the `Readiness` of this node; "" is a folder that is there."""
    there = not folder or Path(folder).is_dir()
    return msgspec.msgpack.encode(Readiness(host=socket.gethostname(), tools=_tools(ready), folder=there))


def answered(ready: Ready, tools: Tools, ask: Callable[[str], bytes], limits: Limits, target: str) -> bytes:
    """Msgpack of the `Done` of a target, asked as on one machine: in a process forked for it, within limits.

    Raises Differing.
    """
    from distributed import get_worker

    worker = get_worker()
    if _tools(ready) != tools:
        raise Differing(worker.address)
    memory = limits.memory_bytes or worker.memory_manager.memory_limit or memory_bytes()
    crew = local_crew(1, memory_bytes=memory, patience_s=limits.patience_s)
    [done] = crew(ask, [target])
    return msgspec.msgpack.encode(replace(done, host=socket.gethostname()))


def _tools(ready: Ready) -> Tools:
    return msgspec.msgpack.decode(ready(), type=Tools)
