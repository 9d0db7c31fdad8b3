"""vLLM's MessageQueue between nodes: the reader connects to the writer of another node, and loads what it publishes."""

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import marker
import talk
import torch
from vllm.distributed.device_communicators.shm_broadcast import Handle, MessageQueue

WAIT_S = 5


@dataclass
class Step:
    """What the workers are told to do."""

    number: int
    tokens: list[int]


class Reader:
    """A worker, and the pipe by which this bench tells the other node what to publish."""

    def __init__(self, writer: subprocess.Popen[str]) -> None:
        self._writer = writer
        handle = Handle(**json.loads(writer.stdout.readline()))
        self._queue = MessageQueue.create_from_handle(handle, 1)
        self._queue.wait_until_ready()

    def ask(self, number: int) -> bool:
        """True if the step arrives."""
        self._tell("publish", number)
        return self._queue.dequeue(WAIT_S) == Step(number, [number, 1])

    def attack(self, flag: str) -> dict[str, str]:
        """The other node publishes the marker; then the worker looks for its next step."""
        self._tell("mark", flag)
        try:
            return {"got": str(self._queue.dequeue(WAIT_S))}
        except TimeoutError:
            return {}

    def _tell(self, *words: object) -> None:
        self._writer.stdin.write(" ".join(map(str, words)) + "\n")
        self._writer.stdin.flush()


def write() -> None:
    """The other node."""
    if os.fork():
        os._exit(0)
    queue = MessageQueue(1, 0, [])
    print(json.dumps(asdict(queue.export_handle())), flush=True)
    queue.wait_until_ready()
    for line in sys.stdin:
        match line.split():
            case ["publish", number]:
                queue.enqueue(Step(int(number), [int(number), 1]))
            case ["mark", flag]:
                queue.enqueue(marker.Marker(flag))


def main() -> None:
    """The program."""
    # Without our environment and parent, as near to another node as a process here can be. Guard finds it all the same.
    writer = subprocess.Popen(
        [sys.executable, __file__, "write"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(Path(torch.__file__).parents[1])},
    )
    try:
        reader = Reader(writer)
        talk.converse({}, {"good": talk.counted(reader.ask), "attack": reader.attack})
    finally:
        writer.kill()


if __name__ == "__main__":
    if sys.argv[1:2] == ["write"]:
        write()
    else:
        main()
