"""Questions spread over forked processes, which know all that this one knows and need no message but a number.

A worker is told the number of a question and answers with bytes: typed msgpack, never a pickle. One that dies (out of
memory, a parser that overflows its stack) costs the question it was at.
"""

import os
import select
import struct
import sys
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Generic

import msgspec
from msgspec import Struct

from gnomon.core.spread import IN_TURN, A, Q, Spread

MAX_WORKERS = 8
"""More share little: what they have in common is parsed by each of them."""
_NUMBER, _HEAD = struct.Struct("<I"), struct.Struct("<BQ")
_READ_BYTES = 1 << 20
_SIGKILL = 9
_DONE, _REFUSED = 0, 1


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(workers: int) -> Spread:
    """Spreads questions over that many processes, at most MAX_WORKERS; in this one where forking is not safe."""
    # macOS's own libraries may not be used in a forked process, and Windows has no fork.
    return _Forked(min(workers, MAX_WORKERS)) if workers > 1 and sys.platform.startswith("linux") else IN_TURN


class _Forked(Struct, frozen=True):
    """Puts questions to processes forked for them."""

    workers: int

    def __call__(
        self, ask: Callable[[Q], A], questions: Sequence[Q], kind: type[A], lost: Callable[[Q, str], A]
    ) -> Iterable[A]:
        """The answers, in the order of the questions. Work on them begins at once, whenever they are taken."""
        pool = _Pool(ask, questions, kind, lost)
        pool.begin(min(self.workers, len(questions)))
        return pool.answers()


class _Worker(Struct):
    """A forked process, and this end of the pipes to it and from it."""

    pid: int
    questions: int
    answers: int
    left: deque[int]
    """What it is to be asked, unless another is done before."""
    at: int = -1
    """The question it was given last."""
    received: bytearray = msgspec.field(default_factory=bytearray)


class _Pool(Generic[Q, A]):
    """The questions that are left, and the answers so far."""

    def __init__(
        self, ask: Callable[[Q], A], questions: Sequence[Q], kind: type[A], lost: Callable[[Q, str], A]
    ) -> None:
        self._ask = ask
        self._questions = questions
        self._lost = lost
        self._left: list[deque[int]] = []
        """For each worker questions in a row, since neighbours have much in common."""
        self._answers: dict[int, A] = {}
        self._workers: dict[int, _Worker] = {}
        """By the pipe that its answers come through."""
        self._poll = select.poll()
        self._decoder = msgspec.msgpack.Decoder(kind)

    def begin(self, count: int) -> None:
        """Puts that many workers to work."""
        asked = range(len(self._questions))
        self._left = [deque(asked[len(asked) * at // count : len(asked) * (at + 1) // count]) for at in range(count)]
        try:
            for left in self._left:
                self._start(left)
        except OSError:
            self._stop()
            raise

    def answers(self) -> Iterator[A]:
        """Every answer, in the order of the questions."""
        try:
            while self._workers:
                for pipe, _ in self._poll.poll():
                    self._receive(self._workers[pipe])
        finally:
            self._stop()
        yield from (self._answers[number] for number in range(len(self._questions)))

    def _stop(self) -> None:
        for worker in list(self._workers.values()):
            os.kill(worker.pid, _SIGKILL)
            self._end(worker)

    def _start(self, left: deque[int]) -> None:
        """Forks a worker and gives it a question."""
        questions, to_worker = os.pipe()
        from_worker, answers = os.pipe()
        with warnings.catch_warnings():
            # Python 3.12 and newer warn of forking beside a thread: ours only writes progress, the worker writes none.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if not pid:
            # A pipe ends when nobody holds its other end any more.
            busy = (worker for worker in self._workers.values() if worker.at >= 0)
            for ours in (to_worker, from_worker, *(worker.questions for worker in busy)):
                os.close(ours)
            self._serve(questions, answers)
        os.close(questions)
        os.close(answers)
        worker = self._workers[from_worker] = _Worker(pid, to_worker, from_worker, left)
        self._poll.register(from_worker, select.POLLIN)
        self._give(worker)

    def _give(self, worker: _Worker) -> None:
        """The next question, or the end."""
        longest = max(self._left, key=len)
        if not longest:
            worker.at = -1
            os.close(worker.questions)
            return
        worker.at = worker.left.popleft() if worker.left else longest.pop()
        with suppress(BrokenPipeError):  # it died: reading says so
            os.write(worker.questions, _NUMBER.pack(worker.at))

    def _receive(self, worker: _Worker) -> None:
        data = os.read(worker.answers, _READ_BYTES)
        if not data:
            self._bury(worker)
            return
        worker.received += data
        if len(worker.received) < _HEAD.size:
            return
        outcome, length = _HEAD.unpack_from(worker.received)
        if len(worker.received) == _HEAD.size + length:
            payload = bytes(worker.received[_HEAD.size :])
            worker.received.clear()
            refused = outcome == _REFUSED
            asked = self._questions[worker.at]
            self._answers[worker.at] = self._ask(asked) if refused else self._decoder.decode(payload)
            self._give(worker)

    def _bury(self, worker: _Worker) -> None:
        """Answers for a worker that died, and starts another if there is more to do."""
        status = self._end(worker)
        if worker.at < 0:
            return
        why = f"the process that was at it ended early ({ending(status)})"
        self._answers[worker.at] = self._lost(self._questions[worker.at], why)
        if any(self._left):
            self._start(worker.left)

    def _end(self, worker: _Worker) -> int:
        """How a process ended that is ending: its exit code, or minus the signal."""
        del self._workers[worker.answers]
        self._poll.unregister(worker.answers)
        os.close(worker.answers)
        if worker.at >= 0:
            os.close(worker.questions)
        return os.waitstatus_to_exitcode(os.waitpid(worker.pid, 0)[1])

    def _serve(self, questions: int, answers: int) -> None:
        """A worker's life: answers until there are no more questions, and never returns."""
        encoder = msgspec.msgpack.Encoder()
        code = 1
        try:
            while number := os.read(questions, _NUMBER.size):
                answer = self._ask(self._questions[_NUMBER.unpack(number)[0]])
                try:
                    payload, outcome = encoder.encode(answer), _DONE
                except UnicodeEncodeError:  # the name of a file is no text: no document can hold it
                    payload, outcome = b"", _REFUSED
                write_whole(answers, _HEAD.pack(outcome, len(payload)) + payload)
            code = 0
        finally:
            os._exit(code)  # not through the parent's own endings, which would run twice


def write_whole(pipe: int, data: bytes) -> None:
    """All of it: a pipe takes 64 KB at a time."""
    left = memoryview(data)
    while left:
        left = left[os.write(pipe, left) :]


def ending(status: int) -> str:
    """How a process ended, in words."""
    return f"signal {-status}" if status < 0 else f"exit code {status}"
