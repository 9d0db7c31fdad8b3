"""concurrent.futures: a pool of processes whose owner makes a new one when it is broken, as its documentation asks."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import talk
from pool import Shape, marked, work


class Owner:
    """Whoever has work to be done."""

    def __init__(self) -> None:
        self._pool = self._fresh()
        self.broken = 0

    def _fresh(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("forkserver"))

    def ask(self, number: int) -> bool:
        """A result, and an exception."""
        try:
            failed = isinstance(self._pool.submit(work, Shape(-1)).exception(), LookupError)
        except BrokenProcessPool:
            self.broken += 1
            self._pool = self._fresh()
            return self.ask(number)
        return failed and self._pool.submit(work, Shape(number)).result().side == number + 1

    def attack(self, flag: str, where: str) -> dict[str, str]:
        """The marker comes as a task or as a result."""
        return {"got": str(self._pool.submit(work, marked(flag, where)).result())}


def main() -> None:
    """The program."""
    owner = Owner()
    talk.converse(
        {}, {"good": talk.counted(owner.ask), "attack": owner.attack, "alive": lambda: {"broken": owner.broken}}
    )


if __name__ == "__main__":
    main()
