"""Processes that do what they are told, and whose silence, failure or death is an error and never a wait."""

import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Self


class Failed(Exception):
    """A process did not do what it was told: who, what, and why."""


class Worker:
    """A process that has one object, and calls its methods by name. To be used as a context: it ends with it."""

    def __init__(self, name: str, make: Callable[..., object], *given: object) -> None:
        """`make(*given)` makes the object, in the process; both are pickled."""
        # Forked from a process that has imported, and done nothing else: quick to start, and like a new one.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["cryptography", "gnomon.wire", "numpy"])
        self._name = name
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, make, given), name=name, daemon=True)
        self._process.start()
        theirs.close()
        self._told = ""

    def tell(self, method: str, *arguments: object) -> None:
        """Have it call a method; `answer` has what that returned."""
        self._told = method
        try:
            self._pipe.send((method, arguments))
        except OSError:
            raise self._dead() from None

    def answer(self, within_s: float) -> object:
        """What the method returned. Raises Failed if it raised, if the process ended, or after `within_s`."""
        return answers((self,), within_s)[0]

    def call(self, method: str, *arguments: object, within_s: float) -> object:
        """`tell` and `answer`."""
        self.tell(method, *arguments)
        return self.answer(within_s)

    def read(self) -> object:
        """What the method that it was told to call returned. Waits for it; raises Failed."""
        try:
            done, what = self._pipe.recv()
        except (EOFError, OSError):
            raise self._dead() from None
        if not done:
            raise Failed(f"{self.busy} failed:\n{what}")
        return what

    def signals(self) -> tuple[object, object]:
        """What `wait` finds ready when there is something to read, or the process has ended."""
        return self._pipe, self._process.sentinel

    @property
    def busy(self) -> str:
        """Who does what."""
        return f"{self._name} in {self._told!r}"

    def _dead(self) -> Failed:
        self._process.join(1)
        return Failed(f"{self.busy} ended (exit code {self._process.exitcode})")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()  # it has nothing that it must write down, and may be waiting for ever
        self._process.join()
        self._process.close()
        self._pipe.close()


def answers(workers: Sequence[Worker], within_s: float) -> list[object]:
    """What each of them has to answer. Raises Failed as soon as one does not, or after `within_s` altogether."""
    deadline = time.monotonic() + within_s
    found: dict[Worker, object] = {}
    while left := [worker for worker in workers if worker not in found]:
        ready = wait([each for worker in left for each in worker.signals()], max(deadline - time.monotonic(), 0))
        if not ready:
            raise Failed(f"not done after {within_s:g} s: {', '.join(worker.busy for worker in left)}")
        for worker in left:
            if any(each in ready for each in worker.signals()):
                found[worker] = worker.read()
    return [found[worker] for worker in workers]


def _serve(pipe: Connection, make: Callable[..., object], given: tuple[object, ...]) -> None:
    """The process itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; the parent ends us
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        served = make(*given)
        while True:
            method, arguments = pipe.recv()
            pipe.send((True, getattr(served, method)(*arguments)))
    except EOFError:
        return
    except Exception:  # noqa: BLE001 (whatever it is, the parent tells it)
        pipe.send((False, traceback.format_exc()))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)  # the other thread may be waiting in libzmq, which nothing else would end
