"""Tells the first name that loading a pickle would ask for in vain, without loading what the names stand for.

The parser is the one that the program uses, `_pickle.Unpickler`, so none has to be imitated. Instead of a class or
function it gets a stand-in that takes whatever a pickle can do to one, and does nothing. The stand-in keeps no state:
a pickle can't change what the next one meets. Where a pickle computes a name from what a real function would have
returned, the stand-in gives no string and the load here ends early: the answer is None, and the audit hook still stops
the real load.
"""

import copyreg
from _pickle import Unpickler
from collections.abc import Container
from itertools import repeat
from typing import Any, Final, TypeAlias

Bytes: TypeAlias = bytes | memoryview
Name: TypeAlias = tuple[str, str]
"""Module and qualified name as the pickle spells them, and as the audit event `pickle.find_class` tells them."""

NO_BUFFERS: Final = repeat(b"")
"""Stands for whatever frames belong to a pickle."""
_SHORT: Final = 1 << 16
"""Bytes up to which looking for the five that no name goes without costs next to nothing, and so does a copy."""
_AT_ONCE: Final = 1 << 13
"""Bytes of a long pickle that are shown at once: so many of a value's are copied at most."""


def refused_name(data: Bytes, allowed: Container[Name]) -> Name | None:
    """The first name in the pickle that is not allowed; None if there is none, or if `data` is no pickle."""
    if type(data) is bytes and len(data) <= _SHORT and not _may_name(data):
        return None
    registered = copyreg._inverted_registry  # type: ignore[attr-defined]
    if registered:  # a kept object of an extension code would be the real one here, and a stand-in in the program
        copyreg.clear_extension_cache()
    file: Any = _Whole(data) if len(data) <= _SHORT else _Long(data)
    load = _Dry(file, encoding="latin-1", buffers=NO_BUFFERS)
    load.allowed = allowed
    load.refused = None
    try:
        load.load()
    except Exception:  # noqa: BLE001 (what is wrong with a pickle is the program's to meet)
        return load.refused
    finally:
        if registered:
            copyreg.clear_extension_cache()
    return None


def _may_name(data: bytes) -> bool:
    """False if whatever a pickle is made of these bytes asks for no name. They may be data as well.

    A name needs STACK_GLOBAL, or GLOBAL or INST, which read two lines with their ends, or a code: EXT1, EXT2, EXT4.
    One end of a line is in many a message: it is also the length of a text of ten letters.
    """
    return 0x93 in data or 0x82 in data or 0x83 in data or 0x84 in data or data.count(0x0A) > 1


class _Kind(type):
    """What the stand-in does when it is used as a function, or as the list, dictionary or set that a function made."""

    def __call__(cls, *args: object, **options: object) -> "_Kind":  # noqa: ARG002
        return cls

    def __setitem__(cls, key: object, value: object) -> None:
        pass


class _Inert(metaclass=_Kind):
    """Stands for every class and function. Called it gives itself, and made without a call an object as dead."""

    __slots__ = ()

    def __init__(self, *args: object) -> None:
        """Never run. It is here since `object.__new__` takes arguments only of classes with an `__init__`."""

    def __call__(self, *args: object) -> "_Inert":  # noqa: ARG002
        return self

    def __setitem__(self, key: object, value: object) -> None:
        pass

    # `callable` is a function in C that takes one object and leaves no trace, which is what these must do.
    __setstate__ = append = extend = add = staticmethod(callable)


class _Dry(Unpickler):
    """Loads stand-ins."""

    __slots__ = ("allowed", "refused")
    allowed: Container[Name]
    refused: Name | None

    def find_class(self, module: str, name: str, /) -> type[_Inert]:
        if (module, name) not in self.allowed:
            self.refused = module, name
            raise _Refused
        return _Inert

    def persistent_load(self, pid: object) -> type[_Inert]:  # noqa: ARG002
        return _Inert


class _Refused(Exception):
    """Ends a load."""


class _Whole:
    """A file that shows all it has at once, so that the unpickler reads memory as `pickle.loads` does."""

    __slots__ = ("_data",)

    def __init__(self, data: Bytes) -> None:
        self._data = data

    def peek(self, size: int) -> Bytes:  # noqa: ARG002
        """All there is, then nothing: asked again, the unpickler has used it up, or misses something at its end."""
        data, self._data = self._data, b""
        return data

    # `read(size)` and `readline()` come after that, and give nothing. In C, since one of them ends every load.
    read = b"".__mul__
    readline = b"".upper


class _Long:
    """A file that is read in pieces, and passes over a long value of bytes: those that the unpickler has made room for.

    What such a value holds is not what a load goes by: names are texts, and the stand-ins look at nothing. Memory that
    is not written to is not handed out by the system, which would take longer than all the rest.
    """

    __slots__ = ("_at", "_data")

    def __init__(self, data: Bytes) -> None:
        self._data = memoryview(data)
        self._at = 0

    def peek(self, size: int) -> memoryview:  # noqa: ARG002
        return self._data[self._at : self._at + _AT_ONCE]

    def read(self, size: int) -> memoryview:
        data = self._data[self._at : self._at + size]
        self._at += len(data)
        return data

    def readline(self) -> memoryview:
        length, pieces = 0, self._data[self._at :]
        while length < len(pieces):
            piece = pieces[length : length + _AT_ONCE].tobytes()
            if end := piece.find(b"\n") + 1:
                return self.read(length + end)
            length += len(piece)
        return self.read(length)

    def readinto(self, room: memoryview) -> int:
        size = min(len(room), len(self._data) - self._at)
        self._at += size
        return size
