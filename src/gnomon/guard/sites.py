"""Where a program loads, receives or opens something: file and function of its own code, not of the library between."""

import sys
from types import FrameType
from typing import Final, NamedTuple

PLUMBING: Final = frozenset({
    "_gnomon_guard", "asyncio", "cloudpickle", "codecs", "copyreg", "dill", "functools", "gnomon.guard",
    "importlib", "joblib._store_backends", "joblib.externals.cloudpickle", "joblib.externals.loky.backend",
    "joblib.externals.loky.cloudpickle_wrapper", "joblib.memory", "joblib.numpy_pickle", "joblib.numpy_pickle_compat",
    "jsonpickle", "loky.backend", "loky.cloudpickle_wrapper",
    "multiprocessing.connection", "multiprocessing.queues", "multiprocessing.reduction", "numpy",
    "pandas.io.pickle", "pickle", "shelve", "threading", "torch._utils", "torch.distributed.c10d_logger",
    "torch.distributed.distributed_c10d", "torch.multiprocessing.queue", "torch.multiprocessing.reductions",
    "torch.serialization", "torch.storage", "ruamel.yaml", "yaml", "zmq",
})  # fmt: skip
"""Modules, with all below them, that pass bytes on for whoever calls them."""


_OURS: Final = ("_gnomon_guard", "gnomon.guard")


class Site(NamedTuple):
    """A function of the program, named so that it is the same on another machine."""

    file: str
    """Below the folder that it was imported from, with `/`: `lmdeploy/pytorch/engine/rpc.py`."""
    function: str
    """Qualified name: `Server.run`, `main.<locals>.handle`, `<module>`."""

    def __str__(self) -> str:
        return f"{self.file}:{self.function}"


def site_of(frame: FrameType | None) -> Site:
    """The first function from `frame` outwards that is not plumbing; the outermost if all are, guard's own left out."""
    last = None
    while frame is not None:
        if not is_plumbing(frame):
            return _named(frame)
        if not str(frame.f_globals.get("__name__")).startswith(_OURS):
            last = frame
        frame = frame.f_back
    return _named(last) if last is not None else Site("?", "?")


def is_plumbing(frame: FrameType) -> bool:
    """True for a library that passes bytes on, and for Python's frozen importers."""
    name = frame.f_globals.get("__name__")
    if not isinstance(name, str):
        return False
    while name:
        if name in PLUMBING:
            return True
        name = name.rpartition(".")[0]
    return False


def _named(frame: FrameType) -> Site:
    code = frame.f_code
    return Site(portable(code.co_filename, frame.f_globals.get("__name__")), code.co_qualname)


def portable(path: str, module: object = None) -> str:
    """The part of the path that the module's name gives; else that below the longest folder of `sys.path` around it."""
    if isinstance(module, str):
        tail = module.replace(".", "/")
        for ending in (f"{tail}.py", f"{tail}/__init__.py"):
            if path.endswith(f"/{ending}"):
                return ending
    folders = [folder.rstrip("/") + "/" for folder in sys.path if folder]
    return path[max((len(folder) for folder in folders if path.startswith(folder)), default=0) :]
