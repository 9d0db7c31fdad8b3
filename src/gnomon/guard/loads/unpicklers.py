"""Covers what unpickles without an audit event: a program's own `find_class`, and extension codes.

A subclass's `find_class` need not call pickle's, and then no event tells of the name. So `pickle.Unpickler` becomes a
subclass of itself whose `load` looks at the method that will be asked, and has each name checked first. A code from the
extension registry that was used once comes out of a cache, without an event. So none are given: pickles say the name.
"""

import _pickle
import copyreg
import pickle
import sys
from collections.abc import Callable
from functools import partial
from types import BuiltinMethodType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any, Final, TypeAlias, cast

from ..arrivals import when_run
from ..events import Tell
from .holding import FIND, Hold

Noticed: TypeAlias = Callable[[Callable[[], Any], Any, FrameType | None], Any]
"""Called with a load, its file and its caller's frame, and gives what the load gives."""
_BY_NAME: Final = (pickle.GLOBAL, pickle.STACK_GLOBAL, pickle.INST, pickle.EXT1, pickle.EXT2, pickle.EXT4)
"""Opcodes that look a name up."""


def cover_unpicklers(hold: Hold, tell: Tell, noticed: Noticed | None = None) -> None:
    """Puts unpicklers in place that check with `hold`, also when pickle is loaded again.

    Before the program runs: what it took earlier stays as it is.
    """

    class Unpickler(_pickle.Unpickler):
        """pickle's own, with the names that a subclass looks up by itself checked too."""

        if noticed is not None:

            def __init__(self, file: Any, **options: Any) -> None:
                super().__init__(file, **options)
                self._gnomon_file = file

        def load(self) -> Any:
            return _loaded(self, super().load, hold, noticed)

    Unpickler.__module__, Unpickler.__qualname__ = "_pickle", "Unpickler"

    def cover(module: ModuleType) -> None:
        cast("Any", module).Unpickler = Unpickler
        if hasattr(module, "_Unpickler"):
            _cover_pythons_own(module._Unpickler, hold, tell, noticed)

    for name in ("_pickle", "pickle"):
        when_run(name, cover)


def _cover_pythons_own(unpickler: Any, hold: Hold, tell: Tell, noticed: Noticed | None) -> None:
    own, dispatch = unpickler.load, dict(unpickler.dispatch)

    def load(self: Any) -> Any:
        if any(self.dispatch.get(opcode[0]) is not dispatch[opcode[0]] for opcode in _BY_NAME):
            why = "it looks names up by functions of its own, not by find_class"
            tell("not-covered", name=type(self).__qualname__, module=type(self).__module__, why=why)
        return _loaded(self, MethodType(own, self), hold, noticed)

    unpickler.load = load


def _loaded(unpickler: Any, load: Callable[[], Any], hold: Hold, noticed: Noticed | None) -> Any:
    if noticed is not None:
        load = partial(noticed, load, _file_of(unpickler), sys._getframe(1).f_back)
    own = unpickler.find_class
    if _tells_by_itself(own):
        return load()
    if isinstance(own, MethodType) and isinstance(own.__func__, FunctionType):
        hold.belongs_to_caller(own.__func__)
    hook = hold.hook

    def find_class(module: str, name: str) -> Any:
        hook(FIND, (module, name))
        return own(module, name)

    before = unpickler.__dict__.get("find_class")
    unpickler.find_class = find_class
    try:
        return load()
    finally:
        # Left there, unpickler and function would hold one another, and what was loaded with them.
        del unpickler.find_class
        if before is not None:
            unpickler.find_class = before


def _file_of(unpickler: Any) -> Any:
    read = getattr(unpickler, "_file_read", None)  # of Python's; of C's, what its __init__ kept
    return getattr(unpickler, "_gnomon_file", None) or getattr(read, "__self__", None)


def _tells_by_itself(find_class: object) -> bool:
    if isinstance(find_class, MethodType):
        # pickle's own, of whichever of its lives.
        code = getattr(find_class.__func__, "__code__", None)
        return code is not None and code.co_filename == pickle.__file__ and find_class.__func__.__module__ == "pickle"
    return isinstance(find_class, BuiltinMethodType) and find_class.__qualname__ == "Unpickler.find_class"


def take_extension_codes_away(tell: Tell) -> None:
    """No class gets a code any more: loads name it, and codes that are received are refused by pickle itself."""
    asked: set[tuple[str, str, int]] = set()

    def add_extension(module: str, name: str, code: int) -> None:
        """As copyreg's, without effect on pickles."""
        asked.add((module, name, code))
        tell("extension-code-not-given", module=module, name=name, code=code)

    def remove_extension(module: str, name: str, code: int) -> None:
        """As copyreg's."""
        if (module, name, code) not in asked:
            raise ValueError(f"key {(module, name)} is not registered with code {code}")
        asked.remove((module, name, code))

    codes = cast("Any", copyreg)
    codes.add_extension, codes.remove_extension = add_extension, remove_extension
    for registry in (codes._extension_registry, codes._inverted_registry, codes._extension_cache):
        registry.clear()
