"""Deserializers that are not pickle's: those whose look-up of names can be checked are, the others are told of."""

import os
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, Final, TypeAlias, cast

from .arrivals import when_imported
from .events import Tell
from .holding import Hold

Untold: TypeAlias = Callable[[tuple[object, ...]], None]
UNCOVERED: Final = {
    "zodbpickle": "its unpicklers are its own, in C, and raise no audit event",
    "pickle5": "its unpicklers are its own, in C",
}
"""Modules whose loads guard can't hold; importing them is told."""
_UNMARSHAL: Final = "PyMarshal_Read"


def cover_others(hold: Hold, tell: Tell) -> None:
    """Checks the names of jsonpickle and of YAML's unsafe loaders; tells of the others when they are imported."""
    when_imported("jsonpickle.unpickler", lambda module: _cover_jsonpickle(module, hold))
    when_imported("yaml.constructor", lambda module: _cover_yaml(module, hold))
    for name, why in UNCOVERED.items():
        when_imported(name, lambda module, why=why: tell("not-covered", module=module.__name__, why=why))  # type: ignore[misc]


def untold(tell: Tell) -> dict[str, Untold]:
    """Audit events that stand for something guard can't hold, and how it is told."""

    def symbol(args: tuple[object, ...]) -> None:
        if len(args) == 2 and str(args[1]).startswith(_UNMARSHAL):
            tell("not-covered", name=args[1], why="it loads code objects below Python, through ctypes")

    def child(args: tuple[object, ...]) -> None:
        if any(_without_site(each) for each in args):
            tell("not-covered", name="python -S", why="it starts a Python that reads nothing of its environment")

    return {
        "ctypes.dlsym": symbol,
        **dict.fromkeys(("subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn"), child),
    }


def _without_site(arguments: object) -> bool:
    if not isinstance(arguments, list | tuple) or not arguments:
        return False
    program, *words = (os.fsdecode(each) if isinstance(each, bytes | os.PathLike) else str(each) for each in arguments)
    if not os.path.basename(program).startswith("python"):
        return False
    for word in words:
        if not word.startswith("-") or word.startswith(("-c", "-m", "--")):
            return False
        if "S" in word:
            return True
    return False


def _cover_jsonpickle(module: ModuleType, hold: Hold) -> None:
    own = module.loadclass

    def loadclass(module_and_name: str, *args: Any, **options: Any) -> Any:
        path, _, name = str(module_and_name).rpartition(".")
        hold.check(path, name, sys._getframe(1))
        return own(module_and_name, *args, **options)

    cast("Any", module).loadclass = loadclass


def _cover_yaml(module: ModuleType, hold: Hold) -> None:
    constructor = module.FullConstructor
    for method in ("find_python_name", "find_python_module"):
        setattr(constructor, method, _checked(getattr(constructor, method), hold))


def _checked(own: Callable[..., Any], hold: Hold) -> Callable[..., Any]:
    def find(self: Any, name: str, *args: Any, **options: Any) -> Any:
        path, _, last = str(name).rpartition(".")
        hold.check(path, last, sys._getframe(1))
        return own(self, name, *args, **options)

    return find
