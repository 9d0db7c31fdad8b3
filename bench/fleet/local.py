"""The same targets by forked processes of this machine: prints seconds, and a digest of the answers."""

import resource
import sys
import time

import msgspec

from bench.fleet import tasks
from gnomon.io.workers import spread


def main(targets: list[str]) -> None:
    """Time it once the knowledge is there, as workers have it."""
    tasks.warm(targets)
    began, before = time.perf_counter(), _processor()
    answers = list(spread(2)(tasks.examined, targets, bytes, lambda _, why: why.encode()))
    seconds = time.perf_counter() - began
    cpu = _processor() - before
    print(msgspec.json.encode({"seconds": seconds, "cpu": cpu, "digest": tasks.digest(answers)}).decode())


def _processor() -> float:
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


if __name__ == "__main__":
    main(sys.argv[1:])
