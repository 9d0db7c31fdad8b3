"""The mode `learn`: writes down what each load site asks for, as it happens, so that a killed process loses nothing."""

import json
import os
import pickle
import sys
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from threading import local
from types import FrameType
from typing import Any, Final, cast

from ..loads.holding import Load
from ..loads.older_names import older_meaning
from ..policy import MOST_BEFORE, Kind, Name
from ..sites import Site, is_plumbing, site_of
from .description import description

REMEMBERED: Final = 256
"""Received messages among which the bytes of a load are looked for."""
MOST_BYTES: Final = 256_000_000
"""Of them together; the newest is kept whatever its size."""
TELLING: Final = 16
"""Bytes from which on a part of a message is taken to be from that message."""
RECEIVING: Final = frozenset({
    "recv", "recv_into", "recvfrom", "recv_multipart", "recv_bytes", "readexactly", "recv_pyobj", "accept", "makefile",
})  # fmt: skip


class Journal:
    """A process's own file of lines, each written at once; a forked child has its own."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._written: set[str] = set()
        self._pid = 0

    def note(self, table: dict[str, object]) -> None:
        """One line, the first time. Raises OSError: what can't be written down would be refused later."""
        if self._pid != os.getpid():
            self._pid, self._written = os.getpid(), set()
            self._path = os.path.join(self._folder, f"{self._pid}.{os.urandom(4).hex()}.jsonl")
        line = json.dumps(table)
        if line in self._written:
            return
        self._written.add(line)
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.write(file, line.encode() + b"\n")
        finally:
            os.close(file)


class Learning:
    """Allows everything, and notes it: names by site, kinds of sources, and which sockets feed which sites."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._listening = False
        self._names: dict[Site, set[Name]] = {}
        self._received: deque[tuple[Site, bytes]] = deque()
        self._bytes = 0
        self._load = local()
        """Of the load that runs in this thread: `source`, and `new` names that are not described yet."""

    # -- a judge --

    anywhere: frozenset[Name] = frozenset()

    def names(self, site: Site) -> set[Name]:
        """Those that were noted already."""
        return self._names.setdefault(site, set())

    def other(self, load: Load, frame: FrameType | None) -> None:
        """Notes the name."""
        kind, basis = getattr(self._load, "source", None) or _by_frames(frame)
        self._note(load.site, kind, basis, (load.module, load.name))
        self.names(load.site).add((load.module, load.name))
        self._load.new = [*getattr(self._load, "new", ()), (load.module, load.name)]

    # -- the ways in --

    def listen(self) -> None:
        """From now on notes; puts watched functions in the place of `pickle.loads` and `pickle.load`."""
        import _pickle

        self._listening = True

        loads = Watched(self, _pickle_loads, "loads", self.of_bytes)
        load = Watched(self, _pickle_load, "load", self.of_file)
        for module in (cast("Any", _pickle), cast("Any", pickle)):
            module.loads, module.load = loads, load

    def loaded(self, load: Callable[[], Any], source: tuple[Kind, str]) -> Any:
        """What the load gives. Its new names are described once they are there."""
        before = getattr(self._load, "source", None)
        self._load.source = source
        try:
            return load()
        finally:
            self._load.source = before
            for module, name in getattr(self._load, "new", ()):
                self._describe((module, name))
            self._load.new = []

    def _describe(self, name: Name) -> None:
        what, older = description(*name), older_meaning(name)
        line: dict[str, object] = {"name": list(name), "is": what or description(*older)}
        self._journal.note(line if what or older == name else line | {"older": True})

    def of_bytes(self, data: Any, frame: FrameType | None) -> tuple[Kind, str]:
        """Where bytes that are loaded came from; notes the site, though the load may ask for no name."""
        site = site_of(frame)
        kind, basis = _by_frames(frame)
        received = self._received_as(data)
        if received is not None:
            created, start = received
            kind, basis = "socket", f"received from a ZeroMQ socket that is made at {created}"
            self._journal.note({"made": list(created), "feeds": list(site), "start": start})
        self._note(site, kind, basis, None)
        return kind, basis

    def of_unpickler(self, load: Callable[[], Any], file: Any, frame: FrameType | None) -> Any:
        """What an unpickler's `load` gives."""
        return self.loaded(load, self.of_file(file, frame))

    def of_file(self, file: Any, frame: FrameType | None) -> tuple[Kind, str]:
        """Where an opened file's bytes come from."""
        if hasattr(file, "getbuffer"):
            return self.of_bytes(file.getbuffer(), frame)
        kind, basis = _by_file(file) or _by_frames(frame)
        self._note(site_of(frame), kind, basis, None)
        return kind, basis

    # -- a channel of any socket --

    def opened(self, site: Site) -> "Heard":
        """Every socket of pyzmq is listened to."""
        return Heard(self, site)

    def heard(self, site: Site, frame: bytes) -> None:
        """Remembers what was received, for the load that may follow."""
        received = self._received
        received.append((site, frame))
        self._bytes += len(frame)
        while len(received) > REMEMBERED or (self._bytes > MOST_BYTES and len(received) > 1):
            self._bytes -= len(received.popleft()[1])

    def _received_as(self, data: Any) -> tuple[Site, int] | None:
        """Where the socket was made that had these bytes, and how many others came before them in their frame."""
        try:
            content = bytes(data)
        except TypeError:
            return None
        for site, frame in reversed(self._received):
            start = frame.find(content) if len(content) >= TELLING or len(content) == len(frame) else -1
            if start >= 0:
                return site, start if start <= MOST_BEFORE else 0
        return None

    def _note(self, site: Site, kind: Kind, basis: str, name: Name | None) -> None:
        if not self._listening:
            return
        line: dict[str, object] = {"site": list(site), "kind": kind, "basis": basis}
        self._journal.note(line | ({"name": list(name)} if name else {}))


class Heard:
    """A socket whose messages are remembered."""

    drops = False

    def __init__(self, learning: Learning, site: Site) -> None:
        self._learning = learning
        self._site = site

    def received(self, frames: Sequence[Any]) -> None:
        """Remembers the newest frame: each comes once."""
        self._learning.heard(self._site, frames[-1].bytes)

    def refused(self, frames: Sequence[Any]) -> bool:  # noqa: ARG002 (the protocol's signature)
        """Never."""
        return False


_pickle_loads, _pickle_load = pickle.loads, pickle.load


class Watched:
    """Stands for a built-in function, and like one is not bound to the class that holds it."""

    __slots__ = ("__name__", "_learning", "_load", "_source")
    __module__ = "_pickle"

    def __init__(self, learning: Learning, load: Any, name: str, source: Any) -> None:
        self._learning, self._load, self._source = learning, load, source
        self.__name__ = name

    def __call__(self, first: Any, /, **options: Any) -> Any:
        """As the built-in function."""
        return self._learning.loaded(partial(self._load, first, **options), self._source(first, sys._getframe().f_back))

    def __reduce__(self) -> str:
        """By name, as a function is pickled."""
        return self.__name__


def _by_file(file: Any) -> tuple[Kind, str] | None:
    raw = getattr(file, "raw", file)
    if type(raw).__name__ == "SocketIO":
        return "socket", "read from a socket's file"
    name = getattr(file, "name", None)
    if isinstance(name, str):
        return "file", "read from an opened file"
    return None


def _by_frames(frame: FrameType | None) -> tuple[Kind, str]:
    through = []
    while frame is not None and is_plumbing(frame):
        through.append(str(frame.f_globals.get("__name__")))
        frame = frame.f_back
    for module in through:
        if module.startswith(("zmq", "torch.distributed")):
            return "socket", f"loaded by {module}"
        if module.startswith(("multiprocessing", "torch.multiprocessing", "joblib.externals.loky", "loky")):
            return "processes", f"loaded by {module}"
    if frame is not None:
        module = str(frame.f_globals.get("__name__"))
        if module.startswith(("multiprocessing.", "concurrent.futures.", "joblib.externals.loky.", "loky.")):
            return "processes", f"loaded by {module}"
        calls = sorted(RECEIVING.intersection(frame.f_code.co_names))
        if calls:
            return "socket", f"inferred: the function also calls {calls[0]}"
    for module in through:
        if module.startswith(("torch", "joblib", "numpy", "pandas", "shelve")):
            return "file", f"loaded by {module}"
    return "unknown", "how the bytes get here was not seen"
