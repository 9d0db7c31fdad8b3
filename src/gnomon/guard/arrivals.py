"""Calls a function with a module as soon as it has been imported, and at once if it has been already.

Every guarded process imports this, so it does without `importlib.abc` and `importlib.util`, which would cost 8 ms.
"""

import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, TypeAlias

Arrived: TypeAlias = Callable[[ModuleType], None]


def when_imported(name: str, arrived: Arrived) -> None:
    """`arrived(module)` once the module's body has run, before its importer goes on. What it raises ends the import."""
    module = sys.modules.get(name)
    if module is not None:
        arrived(module)
        return
    _finder().expected.setdefault(name, []).append(arrived)


def when_run(name: str, arrived: Arrived) -> None:
    """As when_imported, and again each time the module's body is run: `importlib.reload` makes its classes anew."""
    _finder().expected.setdefault(name, []).append(arrived)
    module = sys.modules.get(name)
    if module is not None:
        arrived(module)


class _Arrivals:
    """Stands first among the finders, and lets the others find what it waits for."""

    def __init__(self) -> None:
        self.expected: dict[str, list[Arrived]] = {}

    def find_spec(self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> Any:
        """The others' answer, with a loader that tells us when it is done."""
        if fullname not in self.expected:
            return None
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec: Any = finder.find_spec(fullname, path, target)
            if spec is not None:
                if spec.loader is not None:
                    spec.loader = _Telling(spec.loader, self.expected[fullname])
                return spec
        return None


class _Telling:
    """Loads as the other does, then tells."""

    def __init__(self, loader: Any, told: list[Arrived]) -> None:
        self._loader = loader
        self._told = told

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: Any) -> ModuleType | None:
        """As the other does."""
        module: ModuleType | None = self._loader.create_module(spec)
        return module

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
