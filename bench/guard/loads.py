"""A program that loads; the overhead bench runs it plain, under guard, and under other hooks.

usage: loads.py [--hook nothing|code|fickling FOLDER]
"""

import io
import pickle
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from time import thread_time_ns
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import zmq

from bench.guard.letters import LETTERS
from bench.guard.turns import answer


def receive(data: bytes) -> object:
    """As a server does: a function for each message."""
    return pickle.loads(data)


class Own(pickle.Unpickler):
    """Looks names up by itself."""

    def find_class(self, module: str, name: str) -> object:
        """Without pickle's."""
        return getattr(sys.modules[module], name)


class Super(pickle.Unpickler):
    """Has a look at names."""

    def find_class(self, module: str, name: str) -> object:
        """And asks pickle's."""
        return super().find_class(module, name)


def receive_own(data: bytes) -> object:
    """With a find_class of its own."""
    return Own(io.BytesIO(data)).load()


def receive_super(data: bytes) -> object:
    """With one that asks pickle's."""
    return Super(io.BytesIO(data)).load()


def _often(load: Callable[[bytes], object], data: bytes) -> Callable[[int], None]:
    def run(count: int) -> None:
        for _ in range(count):
            load(data)

    return run


def _received(data: bytes) -> Callable[[int], None]:
    context = zmq.Context.instance()
    ours, theirs = context.socket(zmq.PAIR), context.socket(zmq.PAIR)
    ours.bind("inproc://here")
    theirs.connect("inproc://here")

    def run(count: int) -> None:
        for _ in range(count):
            theirs.send(data)
            ours.recv_pyobj()

    return run


def _asking_for_code() -> Callable[[str, tuple[object, ...]], None]:
    """A hook that asks who loads, by the function's code object, as cheaply as CPython allows; and nothing else."""

    def asked() -> Generator[None, Any, None]:
        mine = yield
        yield
        while True:
            _ = mine.f_back.f_back.f_code
            yield

    generator = asked()
    next(generator)
    generator.send(generator.gi_frame)
    send = generator.send

    def hook(event: str, _args: tuple[object, ...]) -> None:
        if event == "pickle.find_class":
            send(None)

    return hook


def _hook(name: str, folder: str) -> None:
    if name == "nothing":
        sys.addaudithook(lambda _event, _args: None)
    if name == "code":
        sys.addaudithook(_asking_for_code())
    if name == "fickling":
        sys.path.append(folder)
        import fickling.hook

        names = {f"bench.guard.letters.{each}" for each in ("Point", "Request", "SamplingParams")}
        numpy = {"numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer", "numpy.dtype", "numpy.ndarray"}
        fickling.hook.activate_safe_ml_environment(also_allow=sorted(names | numpy))


def main() -> None:
    """Answer."""
    if "--hook" in sys.argv:
        _hook(sys.argv[2], sys.argv[-1])
    data = {name: pickle.dumps(make(), 5) for name, make in LETTERS.items()}
    cases = {f"loads: {name}": _often(receive, each) for name, each in data.items()}
    for name in ("dataclass, 3 fields", "request, 100 ids"):
        cases[f"own find_class: {name}"] = _often(receive_own, data[name])
        cases[f"find_class with super: {name}"] = _often(receive_super, data[name])
    cases["recv_pyobj: request, 100 ids"] = _received(data["request, 100 ids"])
    answer(cases, thread_time_ns)


if __name__ == "__main__":
    main()
