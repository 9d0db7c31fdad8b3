"""`restricted_pickle.py`: unpickling that finds listed names alone; needs Python 3.8 and nothing else.

As in https://docs.python.org/3/library/pickle.html#restricting-globals, with an exact list for each place that loads.
"""

from collections.abc import Iterable

from gnomon.core.patch import Section

Name = tuple[str, str]
"""Module and qualified name, exactly as the pickle has them."""
_WIDTH = 88
"""Characters of a line, as ruff and black have it."""
_SUMMARY = "Unpickling that finds the names that are listed here, and no others."


def sections(path: str, name: str, allowed: Iterable[Name]) -> tuple[Section, ...]:
    """The module at `path`, with `loads` for what may ask for `allowed`; its name ends in `name` if there is one."""
    shared = Section(path=path, name="0", summary=_SUMMARY, imports=_IMPORTS, body=_BODY)
    return shared, Section(path=path, name=f"1 {name}", summary=_SUMMARY, body=_own(name, sorted(set(allowed))))


def _own(name: str, allowed: list[Name]) -> str:
    lines = "".join(map(_entry, allowed))
    names = f"frozenset(\n    {{\n{lines}    }}\n)" if lines else "frozenset()"
    said = '"""Names that messages may ask for; numbers, texts and containers have none."""'
    ending = f"_{name}" if name else ""
    listed = f"ALLOWED_{name.upper()}" if name else "ALLOWED"
    loads = f"loads{ending} = RestrictedPickles({listed}).loads"
    return f"{listed}: frozenset[tuple[str, str]] = {names}\n{said}\n{loads}\n"


def _entry(name: Name) -> str:
    module, qualname = map(_quoted, name)
    line = f"        ({module}, {qualname}),\n"
    return (
        line
        if len(line) <= _WIDTH + 1
        else "".join(("        (\n", f"            {module},\n", f"            {qualname},\n", "        ),\n"))
    )


def _quoted(text: str) -> str:
    """A string literal as ruff writes it; names have no quotes in them, and what has is escaped."""
    return '"' + text.encode("unicode_escape").decode("ascii").replace('"', '\\"') + '"'


_IMPORTS = ("from __future__ import annotations", "import io", "import pickle", "from typing import Any")
_BODY = '''\
class RestrictedPickles:
    """Pickles that may ask for listed names alone: pairs of module and qualified name.

    A class that is listed can be made with any arguments by whoever can send a
    message: list only what holds data.
    """

    def __init__(self, allowed: frozenset[tuple[str, str]]) -> None:
        self.allowed = allowed

    def loads(self, data: bytes | bytearray | memoryview) -> Any:
        """Load a pickle.

        Raises pickle.UnpicklingError, before it is looked up, for every other name.
        """
        return _Unpickler(data, self.allowed).load()


class _Unpickler(pickle.Unpickler):
    def __init__(
        self,
        data: bytes | bytearray | memoryview,
        allowed: frozenset[tuple[str, str]],
    ) -> None:
        super().__init__(io.BytesIO(data))
        self._allowed = allowed

    def find_class(self, module: str, name: str, /) -> Any:
        if (module, name) not in self._allowed:
            raise pickle.UnpicklingError(f"{module}.{name} may not be loaded here")
        return super().find_class(module, name)

    def persistent_load(self, pid: object, /) -> Any:
        raise pickle.UnpicklingError(f"nothing is known by the reference {pid!r}")
'''
