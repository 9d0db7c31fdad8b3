"""Asks places in another network namespace of this host: a thread of its own enters it, and ends there."""

import os
from collections.abc import Sequence
from threading import Thread

from gnomon.io.prober import Pace, observe
from gnomon.probe.observation import Observation, Place

_NETWORK = 0x40000000  # CLONE_NEWNET of clone(2); os has the name from Python 3.12 on


def observe_within(pid: int, places: Sequence[Place], pace: Pace) -> list[Observation]:
    """What each place did, asked from the network namespace of process `pid`; `unasked` if it can't be entered."""
    seen: list[Observation] = []
    failed: list[str] = []
    thread = Thread(target=_within, args=(pid, places, pace, seen, failed))
    thread.start()
    thread.join()
    asked = {observation.place for observation in seen}
    reason = f"in another network namespace, that was not entered: {''.join(failed)}"
    rest = (place for place in places if place not in asked)
    return [*seen, *(Observation(place=place, state="unasked", detail=reason) for place in rest)]


def _within(pid: int, places: Sequence[Place], pace: Pace, seen: list[Observation], failed: list[str]) -> None:
    try:
        _enter(pid)
        seen.extend(observe(places, pace))
    except OSError as error:
        failed.append(error.strerror or str(error))


def _enter(pid: int) -> None:
    """setns(2) of this thread alone. Raises OSError."""
    if not hasattr(os, "setns"):
        raise OSError(0, "that takes Python 3.12 or newer")
    namespace = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.setns(namespace, _NETWORK)
    finally:
        os.close(namespace)
