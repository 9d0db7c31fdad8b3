"""Calls a function with a module as soon as it has been imported, and at once if it has been already."""

import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from threading import local
from types import ModuleType
from typing import TypeAlias

Arrived: TypeAlias = Callable[[ModuleType], None]


def when_imported(name: str, arrived: Arrived) -> None:
    """`arrived(module)` once the module's body has run, before its importer goes on. What it raises ends the import."""
    module = sys.modules.get(name)
    if module is not None:
        arrived(module)
        return
    _finder().expected.setdefault(name, []).append(arrived)


class _Arrivals(MetaPathFinder):
    """Stands first among the finders, and lets the others find what it waits for."""

    def __init__(self) -> None:
        self.expected: dict[str, list[Arrived]] = {}
        self._asking = local()

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 (the protocol's signature)
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        """The others' answer, with a loader that tells us when it is done."""
        if fullname not in self.expected or getattr(self._asking, "now", False):
            return None
        self._asking.now = True
        try:
            spec = find_spec(fullname)
        finally:
            self._asking.now = False
        if spec is not None and spec.loader is not None:
            spec.loader = _Telling(spec.loader, self.expected[fullname])
        return spec


class _Telling(Loader):
    """Loads as the other does, then tells."""

    def __init__(self, loader: Loader, told: list[Arrived]) -> None:
        self._loader = loader
        self._told = told

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """As the other does."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """As the other does; then the module has its own loader again, and who waited is told."""
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        for arrived in self._told:
            arrived(module)


def _finder() -> _Arrivals:
    for finder in sys.meta_path:
        if isinstance(finder, _Arrivals):
            return finder
    sys.meta_path.insert(0, finder := _Arrivals())
    return finder
