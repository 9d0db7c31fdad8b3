"""What the engines are given to do: functions that every node has, found by their names."""

import hashlib
import os
import platform
import time
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import msgspec

TASK_S = 0.4
"""Of processor time, for tasks during which something is killed."""
STEP_BYTES = 50_000_000


def nothing(target: str) -> bytes:
    """What handing out a task costs, and nothing else."""
    return target.encode()


def examined(target: str) -> bytes:
    """What `gnomon survey` says of a release."""
    from gnomon.cli.examining import examine

    return examine(_instructions(), target)


def recorded(folder: str, target: str) -> bytes:
    """Busy for a while; a line in a file says that it was begun, and in which process."""
    with (Path(folder) / "begun").open("a") as begun:
        begun.write(f"{target} {os.getpid()}\n")
    until = time.process_time() + TASK_S
    while time.process_time() < until:
        pass
    return expected(target)


def expected(target: str) -> bytes:
    """What `recorded` answers."""
    return hashlib.sha256(target.encode()).digest()


def recorded_pid(seconds: float, target: str) -> bytes:  # noqa: ARG001 (each engine hands a target over)
    """Who answers, after a while, so that another is asked as well."""
    time.sleep(seconds)
    return str(os.getpid()).encode()


def greedy(folder: str, most: int, target: str) -> bytes:
    """As `recorded`, but the target "greedy" takes that many bytes, bit by bit, if it is let."""
    if target == "greedy":
        with (Path(folder) / "begun").open("a") as begun:
            begun.write(f"{target} {os.getpid()}\n")
        held = []
        while len(held) * STEP_BYTES < most:
            held.append(b"x" * STEP_BYTES)
            time.sleep(0.05)
        return b"was let"
    return recorded(folder, target)


def who(target: str) -> bytes:
    """Who answers: the proof that a caller's function ran there."""
    return f"{target}: Python {platform.python_version()}, process {os.getpid()}".encode()


def digest(answers: Iterable[bytes]) -> str:
    """Of all answers, in this order."""
    whole = hashlib.sha256()
    for answer in answers:
        whole.update(b"%d:" % len(answer) + answer)
    return whole.hexdigest()


def warm(targets: Iterable[str]) -> None:
    """Loads what every answer needs: what a worker of a cluster has after its first round."""
    from gnomon.cli.examining import warm_up

    warm_up(_instructions(), fetches=False)
    for target in targets:
        examined(target)


@cache
def _instructions() -> bytes:
    from gnomon.cli.examining import tools
    from gnomon.core.survey import Instructions

    return msgspec.msgpack.encode(Instructions(tools=tools(), cache=False))
