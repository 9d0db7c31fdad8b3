"""The same targets by forked processes of this machine: prints seconds, and a digest of the answers."""

import sys
import time

import msgspec

from bench.fleet import tasks
from gnomon.io.workers import spread


def main(targets: list[str]) -> None:
    """Time it once the knowledge is there, as workers have it."""
    tasks.warm(targets)
    began = time.perf_counter()
    answers = list(spread(2)(tasks.examined, targets, bytes, lambda target, why: why.encode()))
    seconds = time.perf_counter() - began
    print(msgspec.json.encode({"seconds": seconds, "digest": tasks.digest(answers)}).decode())


if __name__ == "__main__":
    main(sys.argv[1:])
