"""Which name a pickle asks for beyond those that are allowed, found by pickle's own machine without looking one up."""

import _pickle
from collections.abc import Container
from io import BytesIO
from typing import Any


def refused_name(data: bytes | memoryview, allowed: Container[tuple[str, str]]) -> tuple[str, str] | None:
    """The first name that is not allowed; None if there is none, and for what is no pickle.

    The message is loaded with inert stand-ins instead of its classes, so no second parser can be fooled. What fails for
    another reason passes: the load itself is held too.
    """
    try:
        _Dry(BytesIO(data), allowed).load()
    except _Refused as refused:
        return refused.name
    except Exception:  # noqa: BLE001 (no pickle, or a broken one)
        return None
    return None


class _Refused(BaseException):
    def __init__(self, name: tuple[str, str]) -> None:
        self.name = name


class _Dry(_pickle.Unpickler):
    def __init__(self, file: BytesIO, allowed: Container[tuple[str, str]]) -> None:
        super().__init__(file)
        self._allowed = allowed

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self._allowed:
            raise _Refused((module, name))
        return _Inert

    def persistent_load(self, _pid: Any) -> Any:
        return _ONE


class _Inert:
    """Takes everything that a pickle can do to an object, and does nothing."""

    __slots__ = ()

    def __new__(cls, *_args: Any, **_options: Any) -> "_Inert":  # noqa: PYI034 (one for all)
        return _ONE

    def __call__(self, *_args: Any, **_options: Any) -> "_Inert":
        return self

    def nothing(self, *_args: Any) -> None:
        pass

    __setstate__ = __setitem__ = append = extend = add = nothing


_ONE = object.__new__(_Inert)
