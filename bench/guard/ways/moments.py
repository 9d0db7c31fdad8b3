"""Loads at odd moments: many at once, in the middle of another one, in threads, and while somebody looks elsewhere."""

import _thread
import asyncio
import gc
import io
import pickle
import signal
import sys
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from bench.guard import marker
from bench.guard.way import DEADLINE_S, Call, Sent, way

HERE = __name__
THREADS, TIMES = 8, 60
_pending: list[bytes] = []
"""What a signal handler or a finalizer will load."""


def _allowed_here(data: bytes) -> object:
    return pickle.loads(data)


def _not_allowed_here(data: bytes) -> object:
    return pickle.loads(data)


@way("threads", "moment", "many threads, of which half may load the name and half may not",
     "a check that keeps what it found in one place for all threads lets some pass",
     "https://docs.python.org/3/glossary.html#term-global-interpreter-lock",
     "https://docs.python.org/3/library/sys.html#sys.setswitchinterval")  # fmt: skip
def threads(sent: Sent) -> None:
    """The same name at two places, as quickly as threads can be switched."""
    allowed = pickle.dumps(Call(marker.note, "calm"))
    other = pickle.dumps(Call(marker.note, "fire")) if sent.bad else sent.pickled()
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    refused: list[Exception] = []
    workers = [
        threading.Thread(target=_often, args=(load, data, refused))
        for load, data in ((_allowed_here, allowed), (_not_allowed_here, other)) * (THREADS // 2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(DEADLINE_S)
    sys.setswitchinterval(before)
    if refused and not sent.bad:
        raise refused[0]


def _often(load: Callable[[bytes], object], data: bytes, refused: list[Exception]) -> None:
    for _ in range(TIMES):
        try:
            load(data)
        except Exception as error:  # noqa: BLE001  (a refusal may be of any class; the next one must be tried)
            refused.append(error)


def interrupt() -> None:
    """Called by a pickle that is allowed to: a signal arrives while it is being loaded."""
    signal.raise_signal(signal.SIGUSR1)


def _on_signal(*_: object) -> None:
    _pending.append(pickle.loads(_pending.pop()))


@way("signal", "moment", "a signal handler that loads, in the middle of an allowed load",
     "two loads are under way in one thread at once",
     "https://docs.python.org/3/library/signal.html#execution-of-python-signal-handlers")  # fmt: skip
def in_signal_handler(sent: Sent) -> object:
    """The outer load is of another place, and allowed."""
    _pending[:] = [sent.pickled()]
    before = signal.signal(signal.SIGUSR1, _on_signal)
    try:
        return pickle.loads(pickle.dumps(Call(interrupt)))
    finally:
        signal.signal(signal.SIGUSR1, before)


class Finalized:
    """Loads when it is collected."""

    def __init__(self) -> None:
        self.myself = self

    def __del__(self) -> None:
        _pending.append(pickle.loads(_pending.pop()))


def collect() -> None:
    """Called by a pickle that is allowed to: garbage is collected while it is being loaded."""
    gc.collect()


@way("finalizer", "moment", "a finalizer that loads, in the middle of an allowed load",
     "its errors are printed and forgotten, and it runs wherever memory is collected",
     "https://docs.python.org/3/reference/datamodel.html#object.__del__")  # fmt: skip
def in_finalizer(sent: Sent) -> object:
    """A reference cycle is collected while something allowed is loaded."""
    _pending[:] = [sent.pickled()]
    Finalized()
    return pickle.loads(pickle.dumps(Call(collect)))


@way("executor", "moment", "loop.run_in_executor(None, pickle.loads, data)",
     "the thread's own frames are all of the standard library",
     "https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.run_in_executor")  # fmt: skip
def in_executor(sent: Sent) -> object:
    """As servers do to keep their loop free."""

    async def load() -> object:
        return await asyncio.get_running_loop().run_in_executor(None, pickle.loads, sent.pickled())

    return asyncio.run(load())


@way("thread-pool", "moment", "ThreadPoolExecutor.map(pickle.loads, …)",
     "the function is called by a thread that has no frame of the program's",
     "https://docs.python.org/3/library/concurrent.futures.html#threadpoolexecutor")  # fmt: skip
def in_thread_pool(sent: Sent) -> object:
    """As data loaders do."""
    with ThreadPoolExecutor(1) as pool:
        return list(pool.map(pickle.loads, [sent.pickled()]))


@way("profiled", "moment", "with sys.setprofile and sys.settrace in use",
     "audit hooks are not traced, and tracing must not silence them",
     "https://docs.python.org/3/library/sys.html#sys.addaudithook")  # fmt: skip
def profiled(sent: Sent) -> object:
    """Both functions do nothing."""
    before = sys.getprofile(), sys.gettrace()
    sys.setprofile(lambda *_: None)
    sys.settrace(lambda *_: None)
    try:
        return pickle.loads(sent.pickled())
    finally:
        sys.setprofile(before[0])
        sys.settrace(before[1])


@way("no-frame", "moment", "_thread.start_new_thread(pickle.load, …)",
     "there is no frame of Python's at all, so no place that the load could be of",
     "https://docs.python.org/3/library/_thread.html#thread.start_new_thread")  # fmt: skip
def no_frame(sent: Sent) -> None:
    """A thread that runs a function written in C, and nothing else; its file is freed when it ends."""

    class File(io.BytesIO):
        """Can be watched."""

    file, ended = File(sent.pickled()), threading.Event()
    weakref.finalize(file, ended.set)
    _thread.start_new_thread(pickle.load, (file,))
    del file
    ended.wait(DEADLINE_S)


def _made_of_text(name: str) -> Callable[[bytes], object]:
    exec(f"def {name}(data): return pickle.loads(data)", globals())  # noqa: S102  (a constant text)
    return globals()[name]


@way("one-line", "moment", "two functions made from texts, on the same line of the same module",
     "file and line are the same, and only one of the two may load the name",
     "https://docs.python.org/3/library/functions.html#exec",
     "https://github.com/python/cpython/blob/3.11/Lib/dataclasses.py")  # fmt: skip
def one_line(sent: Sent) -> object:
    """As generated methods are; the first is allowed the name, and has loaded it."""
    first, second = _made_of_text("first"), _made_of_text("second")
    first(pickle.dumps(Call(marker.note, "calm")))
    marker.forget()
    return second(pickle.dumps(Call(marker.note, "fire")) if sent.bad else sent.pickled())
