"""Pickles between processes: multiprocessing and concurrent.futures load whatever comes along."""

import logging
import multiprocessing as mp
import pickle
import shelve
import socket
import struct
import tempfile
import threading
import trace
from concurrent.futures import ProcessPoolExecutor
from logging.handlers import SocketHandler
from multiprocessing.connection import Client, Listener
from multiprocessing.managers import BaseManager
from multiprocessing.reduction import ForkingPickler
from pathlib import Path

from bench.guard import marker
from bench.guard.way import DEADLINE_S, Sent, way

PROCESSES = "https://docs.python.org/3/library/multiprocessing.html"
KEY = b"only for this connection"


def passed(value: object) -> object:
    """What came."""
    return value


@way("connection", "process", "multiprocessing.connection.Client, Listener, recv",
     "its unpickler is a reference taken when multiprocessing was imported",
     f"{PROCESSES}#multiprocessing.connection.Connection.recv",
     "https://github.com/python/cpython/issues/84220")  # fmt: skip
def connection(sent: Sent) -> object:
    """Both ends in one process, over loopback."""
    with Listener(("127.0.0.1", 0), authkey=KEY) as listener:
        sender = threading.Thread(target=_send, args=(listener.address, sent), daemon=True)
        sender.start()
        with listener.accept() as accepted:
            try:
                return accepted.recv()
            finally:
                sender.join(DEADLINE_S)


def _send(address: tuple[str, int], sent: Sent) -> None:
    with Client(address, authkey=KEY) as client:
        client.send(sent.value)


@way("forking-pickler", "process", "ForkingPickler.loads",
     "an attribute that holds the original pickle.loads; servers call it on messages",
     "https://github.com/python/cpython/blob/3.11/Lib/multiprocessing/reduction.py")  # fmt: skip
def forking_pickler(sent: Sent) -> object:
    """Without a connection."""
    return ForkingPickler.loads(bytes(ForkingPickler.dumps(sent.value)))


@way("mp-queue", "process", "multiprocessing.Queue", "a feeder thread writes, get() loads",
     f"{PROCESSES}#multiprocessing.Queue")  # fmt: skip
def mp_queue(sent: Sent) -> object:
    """Both ends in one process."""
    queue = mp.get_context("fork").Queue()
    try:
        queue.put(sent.value)
        return queue.get(timeout=DEADLINE_S)
    finally:
        queue.close()
        queue.join_thread()


@way("pool-fork", "process", "multiprocessing.Pool, forked",
     "the task is loaded in the worker, in frames of the standard library alone",
     f"{PROCESSES}#multiprocessing.pool.Pool")  # fmt: skip
def pool_fork(sent: Sent) -> None:
    """The marker is an argument of a task."""
    _in_pool(sent, "fork")


@way("pool-spawn", "process", "multiprocessing.Pool, spawned",
     "the worker is a new interpreter", f"{PROCESSES}#contexts-and-start-methods")  # fmt: skip
def pool_spawn(sent: Sent) -> None:
    """As before, started anew."""
    _in_pool(sent, "spawn")


@way("pool-forkserver", "process", "multiprocessing.Pool, from a fork server",
     "the worker is forked from a third process", f"{PROCESSES}#contexts-and-start-methods")  # fmt: skip
def pool_forkserver(sent: Sent) -> None:
    """As before, forked from a clean process."""
    _in_pool(sent, "forkserver")


def _in_pool(sent: Sent, method: str) -> None:
    """A worker that a refused task has ended is replaced, so the second task is answered in any case."""
    with mp.get_context(method).Pool(1) as pool:
        pool.apply_async(passed, (sent.value,))
        marker.told(pool.apply_async(marker.state).get(DEADLINE_S))


@way("process-pool", "process", "concurrent.futures.ProcessPoolExecutor",
     "as Pool, by another queue", "https://docs.python.org/3/library/concurrent.futures.html#processpoolexecutor",
     )  # fmt: skip
def process_pool(sent: Sent) -> None:
    """The marker is an argument of a task; a worker that ends breaks the pool."""
    with ProcessPoolExecutor(1, mp_context=mp.get_context("fork")) as pool:
        pool.submit(passed, sent.value)
        marker.told(pool.submit(marker.state).result(DEADLINE_S))


class Box:
    """Lives in a manager's process."""

    def take(self, value: object) -> None:
        """Nothing is done with it."""

    def state(self) -> tuple[bool, bool]:
        """The marker in that process."""
        return marker.state()


class Manager(BaseManager):
    """Serves a Box."""


Manager.register("box", Box)


@way("manager", "process", "BaseManager", "each call of a proxy is a pickle to the server",
     f"{PROCESSES}#multiprocessing.managers.BaseManager")  # fmt: skip
def manager(sent: Sent) -> None:
    """The marker is an argument of a method."""
    with Manager(ctx=mp.get_context("fork")) as served:
        box = served.box()
        try:
            box.take(sent.value)
        finally:
            marker.told(box.state())


@way("log-records", "network", "logging.handlers.SocketHandler and the recipe's server",
     "the cookbook's server loads whatever a client sends",
     "https://docs.python.org/3/howto/logging-cookbook.html#sending-and-receiving-logging-events-across-a-network",
     )  # fmt: skip
def log_records(sent: Sent) -> object:
    """The recipe's frame: four bytes of length and a pickle; the marker is an argument of the message."""
    ours, theirs = socket.socketpair()
    handler = SocketHandler("unused", None)
    handler.makeSocket = lambda *_: ours
    record = logging.makeLogRecord({"msg": "hello"})
    data = pickle.dumps({**record.__dict__, "extra": sent.value}, 1)
    handler.send(struct.pack(">L", len(data)) + data)
    handler.close()
    with theirs, theirs.makefile("rb") as stream:
        (length,) = struct.unpack(">L", stream.read(4))
        return logging.makeLogRecord(pickle.loads(stream.read(length)))


@way("shelve", "file", "shelve", "a database whose values are pickles",
     "https://docs.python.org/3/library/shelve.html#shelve.Shelf")  # fmt: skip
def shelved(sent: Sent) -> object:
    """A file in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "shelf")
        with shelve.open(path) as shelf:
            shelf["key"] = sent.value
        with shelve.open(path) as shelf:
            return shelf["key"]


@way("coverage-counts", "file", "trace.CoverageResults(infile=…)",
     "a loader within the standard library that nobody thinks of, and that swallows some errors",
     "https://docs.python.org/3/library/trace.html#trace.CoverageResults",
     "https://github.com/python/cpython/blob/3.11/Lib/trace.py")  # fmt: skip
def coverage_counts(sent: Sent) -> object:
    """A file of counts, as an earlier run of `python -m trace` leaves it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "counts"
        path.write_bytes(pickle.dumps(({}, {}, sent.value), 1))
        return trace.CoverageResults(infile=str(path))


@way("grammar", "file", "lib2to3.pgen2.grammar.Grammar.loads", "as before; a name that scanners had to learn",
     "https://github.com/python/cpython/blob/3.11/Lib/lib2to3/pgen2/grammar.py",
     "https://github.com/trailofbits/fickling/pull/210", until=(3, 13))  # fmt: skip
def grammar(sent: Sent) -> None:
    """A table of a parser, which is a pickled dictionary."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # lib2to3 is about to leave
        from lib2to3.pgen2.grammar import Grammar
    Grammar().loads(pickle.dumps({"start": sent.value}))
