"""A pool of workers, of the standard library or of torch: jobs and results travel through pipes between the processes."""

import sys
from typing import Any

import marker
import talk

WAIT_S = 3


class Shape:
    """What is sent to a worker and back."""

    def __init__(self, side: int) -> None:
        self.side = side


def work(shape: Shape) -> Shape:
    """In a worker."""
    if shape.side < 0:
        raise LookupError("no such shape")
    return Shape(shape.side + 1)


def work_with_tensors(tensor: Any) -> Any:
    """In a worker; memory is shared, its handle travels."""
    return tensor + 1


def mark(flag: str) -> marker.Marker:
    """In a worker that was taken over: its result is the marker."""
    return marker.Marker(flag)


def ask(pool: Any, torch: Any, number: int) -> bool:
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
        talk.converse(
            {},
            {
                "good": talk.counted(lambda number: ask(pool, torch, number)),
                "attack": lambda flag: {"got": str(pool.apply_async(mark, (flag,)).get(WAIT_S))},
            },
        )


if __name__ == "__main__":
    main(*sys.argv[2:])
