"""How targets are put to workers that may be anywhere: in processes of this machine, or on a cluster."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from msgspec import Struct


class Effort(Struct, frozen=True, kw_only=True):
    """What a target cost. Never part of an answer: answers are the same wherever and however often they are made."""

    seconds: float = 0.0
    """Of wall-clock time."""
    cpu_seconds: float = 0.0
    peak_bytes: int = 0
    """Most memory that was resident at once."""
    fetched_bytes: int = 0
    """That came from the network."""


class Done(Struct, frozen=True, kw_only=True):
    """A target that a worker has answered, or was lost at."""

    target: str
    answer: bytes = b""
    """What `ask` gave; empty if the worker was lost."""
    lost: str = ""
    """Why there is no answer: killed, out of memory, out of time. "" if there is one."""
    effort: Effort = Effort()
    host: str = ""
    """Name of the machine, if it may be another than the one that asks."""


class Crew(Protocol):
    """Workers that answer for targets."""

    @property
    def workers(self) -> int:
        """How many are at work at once, at least 1. May change while they work."""

    def __call__(self, ask: Callable[[str], bytes], targets: Iterable[str]) -> Iterator[Done]:
        """The answers as they come, in any order; `targets` is read no further ahead than workers are free.

        `ask` is importable by its name, or a `functools.partial` of what is, with text and bytes. A target at which a
        worker is lost is asked again elsewhere, at most as often as the crew says, and then told as lost.
        """
