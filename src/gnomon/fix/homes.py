"""How a generated module imports the classes of the target."""

import ast
from collections.abc import Iterator

from msgspec import Struct

from gnomon.core.patch import Import
from gnomon.core.shape import Record
from gnomon.fix.modules import imported
from gnomon.fix.sources import Sources


class Home(Struct, frozen=True, kw_only=True):
    """Where a class is imported from."""

    module: str
    """Dotted, as the import statement has it."""
    name: str
    problem: str = ""
    """Why it can't be imported: a clause."""
    circle: str = ""
    """Why it can't be imported at the top of the module: a clause."""

    def line(self, bound: str) -> str:
        """The import statement that binds the class, or the one it stands in, to a name."""
        alias = "" if bound == self.name else f" as {bound}"
        return f"from {self.module} import {self.name}{alias}"


class Homes:
    """The classes of the target, seen from one generated file."""

    def __init__(self, importer: str, sources: Sources, touched: frozenset[str] = frozenset()) -> None:
        self._importer = importer
        self._sources = sources
        self._touched = touched

    def of(self, record: Record) -> Home:
        """The home of a record's class."""
        path = record.site.path
        outer = record.qualname.partition(".")[0]
        found = import_of(self._importer, path, outer, self._sources)
        where = f"`{record.qualname}` is defined in {path}:{record.site.line}"
        local = f"{where}, inside a function, where nothing can import it" if self._is_local(record) else ""
        return Home(module=found.module, name=outer, problem=local, circle=self._circle(path, where))

    def _circle(self, path: str, where: str) -> str:
        circle = next((each for each in self._reached(path) if each in self._touched), None)
        if circle == path:
            return f"{where}, which sends or receives it: move it to a module of its own, that both ends can import"
        if circle is not None:
            return f"{where}, whose imports lead back to {circle}: move it to a module of its own"
        return ""

    def _is_local(self, record: Record) -> bool:
        around = self._sources.around(record.site.path, record.site.span)
        return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) for node in around)

    def _reached(self, path: str) -> Iterator[str]:
        """The file, and those of the target that importing it imports."""
        seen, waiting = {path}, [path]
        while waiting:
            current = waiting.pop()
            yield current
            for inner in _imports(current, self._sources):
                if inner not in seen:
                    seen.add(inner)
                    waiting.append(inner)


def import_of(importer: str, path: str, name: str, sources: Sources) -> Import:
    """How a file imports a name that another file defines, be that a package's own."""
    if path.endswith("/__init__.py"):
        path = path.removesuffix("/__init__.py") + ".py"
    return imported(importer, path, name, sources)


def _imports(path: str, sources: Sources) -> Iterator[str]:
    """Files of the target that a file imports at its top."""
    for item in sources.imports(path):
        if item.top:
            module = item.source.module
            dot = "" if module.endswith(".") else "."
            names = (f"{module}{dot}{item.source.name}", module) if item.source.name else (module,)
            for dotted in names:
                found = _file(dotted, path, sources)
                if found:
                    yield found
                    break


def _file(dotted: str, importer: str, sources: Sources) -> str:
    """The file that a dotted module name means; "" if none of the target."""
    level = len(dotted) - len(dotted.lstrip("."))
    tail = dotted[level:].replace(".", "/")
    if level:
        folders = importer.split("/")[:-1]
        starts = ["/".join(folders[: len(folders) - level + 1])]
    else:
        root = sources.package_root(importer)
        starts = [importer.rpartition("/")[0] if root is None else root, ""]
    for start in starts:
        stem = "/".join(part for part in (start, tail) if part)
        for path in (f"{stem}.py", f"{stem}/__init__.py"):
            if path in sources.python:
                return path
    return ""
