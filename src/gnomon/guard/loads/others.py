"""Deserializers that are not pickle's: those whose look-up of names can be checked are, the others are told of."""

import os
import sys
from collections.abc import Callable
from types import CodeType, ModuleType
from typing import Any, Final, TypeAlias, cast

from ..arrivals import when_imported
from ..events import Tell
from ..sites import portable
from .holding import Hold

Untold: TypeAlias = Callable[[tuple[object, ...]], None]
UNCOVERED: Final = {
    "zodbpickle": "its unpicklers are its own, in C, and raise no audit event",
    "pickle5": "its unpicklers are its own, in C",
}
"""Modules whose loads guard can't hold; importing them is told."""
_UNMARSHAL: Final = "PyMarshal_Read"


def cover_others(hold: Hold, tell: Tell) -> None:
    """Checks names in jsonpickle and in unsafe loaders of YAML; tells of the others when they are imported."""
    when_imported("jsonpickle.unpickler", lambda module: _cover_jsonpickle(module, hold))
    when_imported("yaml.constructor", lambda module: _cover_yaml(module.FullConstructor, hold))
    when_imported("ruamel.yaml.constructor", lambda module: _cover_yaml(module.Constructor, hold))
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

    def body(args: tuple[object, ...]) -> None:
        if args and isinstance(args[0], CodeType) and (machine := _silent_machine(args[0])):
            why = "an unpickler of its own, which raises no audit event"
            tell("not-covered", module=portable(args[0].co_filename), name=machine, why=why)

    starting = dict.fromkeys(("subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn"), child)
    return {"exec": body, "ctypes.dlsym": symbol, **starting}


def _silent_machine(body: CodeType) -> str:
    """The class in a module's body that is made as pickle's unpickler is and looks names up unseen; or empty.

    What was copied from pickle.py before Python 3.8 has no audit event, and later copies have it.
    """
    for part in body.co_consts:
        if isinstance(part, CodeType) and "find_class" in part.co_names and "load_build" in part.co_names:
            finders = (each for each in part.co_consts if isinstance(each, CodeType) and each.co_name == "find_class")
            if not any("audit" in finder.co_names for finder in finders):
                return part.co_name
    return ""


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


def _cover_yaml(constructor: Any, hold: Hold) -> None:
    for method in ("find_python_name", "find_python_module"):
        setattr(constructor, method, _checked(getattr(constructor, method), hold))


def _checked(own: Callable[..., Any], hold: Hold) -> Callable[..., Any]:
    def find(self: Any, name: str, *args: Any, **options: Any) -> Any:
        path, _, last = str(name).rpartition(".")
        hold.check(path, last, sys._getframe(1))
        return own(self, name, *args, **options)

    return find
