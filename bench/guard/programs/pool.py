"""A pool of workers, of the standard library or of torch: jobs and results travel through pipes between processes."""

import sys
from multiprocessing.pool import Pool
from types import ModuleType
from typing import TYPE_CHECKING

import marker
import talk

if TYPE_CHECKING:
    from torch import Tensor

WAIT_S = 3


class Shape:
    """What is sent to a worker and back."""

    def __init__(self, side: object) -> None:
        self.side = side


def work(shape: Shape) -> object:
    """In a worker. One that was taken over gives the marker for its result: here it is asked to."""
    if isinstance(shape.side, str):
        return marker.Marker(shape.side)
    if shape.side < 0:
        raise LookupError("no such shape")
    return Shape(shape.side + 1)


def work_with_tensors(tensor: "Tensor") -> "Tensor":
    """In a worker; memory is shared, its handle travels."""
    return tensor + 1


def marked(flag: str, where: str) -> object:
    """The argument of `work` that brings the marker to the worker, or as its result to the owner of the pool."""
    return marker.Marker(flag) if where == "task" else Shape(flag)


def ask(pool: Pool, torch: ModuleType | None, number: int) -> bool:
    """A result, an exception, and with torch a tensor."""
    try:
        pool.apply(work, (Shape(-1),))
    except LookupError:
        failed = True
    else:
        failed = False
    tensors = torch is None or int(pool.apply(work_with_tensors, (torch.tensor([number]),))[0]) == number + 1
    return failed and tensors and pool.apply(work, (Shape(number),)).side == number + 1


def main(library: str) -> None:
    """The program."""
    torch = None
    if library == "torch":
        import torch
        from torch import multiprocessing
    else:
        import multiprocessing

    with multiprocessing.get_context("spawn").Pool(2) as pool:
        ask(pool, torch, 0)  # once it has started: importing torch takes seconds
        talk.converse(
            {},
            {
                "good": talk.counted(lambda number: ask(pool, torch, number)),
                "attack": lambda *asked: {"got": str(pool.apply_async(work, (marked(*asked),)).get(WAIT_S))},
            },
            deadline_s=12 if torch else talk.DEADLINE_S,
        )


if __name__ == "__main__":
    main(*sys.argv[2:])
