"""All files of a target as one searchable project: byte search first, parsing only on demand."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache, partial

from gnomon.core.spread import IN_TURN, Spread
from gnomon.core.tree import SourceFile
from gnomon.python.headers import Header
from gnomon.python.outline import outlined
from gnomon.python.parse import Unparsable, parse
from gnomon.python.scopes import Scope, module_scope
from gnomon.python.source import Source
from gnomon.python.text import searchable
from gnomon.python.words import Words

MAX_PARSED_BYTES = 3_000_000
"""A syntax tree takes about a hundred times the memory of its text."""
MAX_PARSED_LINES = 150_000
"""As MAX_PARSED_BYTES, for files of very short lines."""
_TEST_LIKE = re.compile(
    r"(^|/)(tests?|testing|examples?|benchmarks?|docs?)(/|$)|(^|/)(test_[^/]*|conftest|[^/]*_test)\.py$"
)


def module_name(path: str) -> str:
    """The last part of the name that a file is imported by."""
    return path.removesuffix("/__init__.py").removesuffix(".py").rpartition("/")[2]


@cache
def is_test_like(path: str) -> bool:
    """True for tests, examples, benchmarks and documentation."""
    return bool(_TEST_LIKE.search(path))


class Project:
    """The files of one target, found by content and by import name."""

    def __init__(self, files: Iterable[SourceFile], spread: Spread = IN_TURN) -> None:
        self.data: dict[str, bytes] = {file.path: searchable(file.data) for file in files}
        self.skipped: set[tuple[str, str]] = set()
        """(path, why the file, or part of it, was not analysed)."""
        self._opened: set[str] = set()
        self._words = Words(self.data, spread)
        self._sources: dict[str, Source] = {}
        self._modules: dict[str, Scope | None] = {}
        self._mentions: dict[tuple[object, ...], list[tuple[str, int]]] = {}
        self._importers: dict[tuple[object, ...], frozenset[str]] = {}
        self._settings: dict[tuple[object, ...], list[tuple[str, int]]] = {}
        self._importing: dict[str, frozenset[str]] = {}
        self._heirs: dict[tuple[object, ...], list[tuple[str, Header]]] = {}
        self._homes: dict[str, tuple[str, str]] = {}
        self._naming: dict[str, frozenset[str]] = {}
        self._definitions: dict[tuple[str, int], Scope | None] = {}
        self._by_stem: dict[str, list[str]] | None = None
        self._imports: dict[tuple[str, str], tuple[str, str] | None] = {}

    @property
    def opened(self) -> int:
        """How many files have been looked into since `begin`, whoever had them parsed."""
        return len(self._opened)

    def prepare(self) -> None:
        """Puts other processes to work, as far as there are any: this one may import the engine meanwhile."""
        self._words.begin()

    def begin(self) -> None:
        """Counts from here which files are looked into."""
        self._opened.clear()

    def skip(self, path: str, reason: str) -> None:
        """Notes that a file, or a part of it, was not analysed."""
        self.skipped.add((path, reason))

    def naming(self, word: str) -> list[str]:
        """Paths of files in which `word` stands as a whole word."""
        return self._words.files(word)

    def containing(self, literal: str) -> list[str]:
        """Paths of files that contain the text."""
        return self._words.containing(literal)

    def importing(self, module: str) -> frozenset[str]:
        """Paths of files that may import a module of that (last) name, also where imports are computed."""
        known = self._importing.get(module)
        if known is None:
            computed = {*self.naming("import_module"), *self.naming("__import__")}
            paths = self.naming(module)
            known = frozenset(path for path in paths if path in computed or self.source(path).imports(module))
            self._importing[module] = known
        return known

    def heirs(self, name: str, asker: str | None) -> list[tuple[str, Header]]:
        """(path, class statement) of classes that name a class of that name as a base, or one of those.

        Only the text is read: the names may be those of other classes. `asker` is as for `mentions`.
        """
        key = (name, *self.view(asker))
        found = self._heirs.get(key)
        if found is None:
            found = self._heirs[key] = []
            names, seen = [name], {name}
            while names:
                base = names.pop()
                for path in self.bearing(base, asker):
                    for header in self.source(path).headers():
                        if base in header.bases:
                            found.append((path, header))
                            names += [header.name] if header.name not in seen else []
                            seen.add(header.name)
        return found

    def bearing(self, name: str, asker: str | None) -> list[str]:
        """Paths of files in which `name` stands as a whole word, and that bear on `asker` as for `mentions`.

        Where a target holds several packages, code elsewhere bears on the asker's only if it names that package.
        """
        files = self._words.files(name)
        if not _sees_tests(asker):
            files = [path for path in files if not is_test_like(path)]
        root, package = self._home(asker) if asker is not None else ("", "")
        if not root:
            return files
        users = self._users(package)
        return [path for path in files if path.startswith(root) or path in users]

    def view(self, asker: str | None) -> tuple[object, ...]:
        """What of the asker decides which files bear on it."""
        return _sees_tests(asker), *(self._home(asker) if asker is not None else ())

    def _home(self, path: str) -> tuple[str, str]:
        """The folder that a file's top-level package lies in (ending in `/`), and the package; empty without one."""
        folder = path.rpartition("/")[0]
        known = self._homes.get(folder)
        if known is None:
            root, package = folder, ""
            while root and f"{root}/__init__.py" in self.data:
                root, _, package = root.rpartition("/")
            known = self._homes[folder] = (f"{root}/" if root and package else "", package)
        return known

    def _users(self, package: str) -> frozenset[str]:
        """Files that name a package."""
        known = self._naming.get(package)
        if known is None:
            known = self._naming[package] = frozenset(self._words.files(package))
        return known

    def mentions(self, name: str, asker: str | None) -> list[tuple[str, int]]:
        """Every (path, line) where `name` stands as a whole word, as far as it bears on the file `asker`.

        What a program does is not decided by its tests and examples: they are searched only for one of themselves,
        or for None.
        """
        key = (name, *self.view(asker))
        found = self._mentions.get(key)
        if found is None:
            paths = self.bearing(name, asker)
            found = self._mentions[key] = [(path, line) for path in paths for line in self.mentions_in(path, name)]
        return found

    def importers(self, name: str, asker: str | None) -> frozenset[str]:
        """Paths of files that may import `name` by itself, by their text; `asker` is as for `mentions`."""
        key = (name, *self.view(asker))
        found = self._importers.get(key)
        if found is None:
            written = re.escape(name)
            imported = re.compile(rf"\bimport\b.*\b{written}\b|^{written},?$")
            places = self.mentions(name, asker)
            found = frozenset(path for path, line in places if imported.search(self.code(path, line)))
            self._importers[key] = found
        return found

    def settings(self, name: str, asker: str) -> list[tuple[str, int]]:
        """Every (path, line) where attribute `name` of something other than `self` may be set, by the text."""
        key = (name, *self.view(asker))
        found = self._settings.get(key)
        if found is None:
            assigned = re.compile(rf"(?<!\bself)\.{re.escape(name)}\s*((:[^=]*)?=[^=]|,)")
            attribute = f".{name}".encode()
            files = (path for path in self.bearing(name, asker) if attribute in self.data[path])
            places = [(path, line) for path in files for line in self.mentions_in(path, name)]
            found = self._settings[key] = [place for place in places if assigned.search(self.code(*place))]
        return found

    def mentions_in(self, path: str, name: str) -> list[int]:
        """Lines of one file where `name` stands as a whole word."""
        return self.source(path).lines_with(name)

    def source(self, path: str) -> Source:
        """The text of one file; empty for a path that the target does not have."""
        known = self._sources.get(path)
        if known is None:
            known = self._sources[path] = Source(self.data.get(path, b""))
        return known

    def code(self, path: str, line: int) -> str:
        """The source line, stripped and shortened."""
        return self.source(path).code(line)

    def module(self, path: str) -> Scope | None:
        """The parsed module, or None (and an entry in `skipped`) if it can't be parsed."""
        self._opened.add(path)
        if path not in self._modules:
            self._modules[path] = self._parse(path)
        return self._modules[path]

    def _parse(self, path: str) -> Scope | None:
        size = len(self.data[path])
        lines = self.data[path].count(b"\n") if size > MAX_PARSED_LINES else 0
        if size > MAX_PARSED_BYTES or lines > MAX_PARSED_LINES:
            self.skip(path, f"too large to analyse: {size:,} bytes, {lines:,} lines")
            return None
        outline = outlined(self.data[path], partial(self.skip, path))
        if outline is not None:
            return module_scope(outline.tree, path, outline)
        try:
            parsed = parse(self.data[path].decode())
            if parsed.masked:
                self.skip(path, parsed.shortfall)
            return module_scope(parsed.tree, path)
        except Unparsable as error:
            self.skip(path, str(error))
        except RecursionError:
            self.skip(path, "nested too deeply to analyse")
        return None

    def scope_at(self, path: str, line: int) -> Scope | None:
        """The innermost function, class or module whose body holds a line.

        The head of a definition (decorators, defaults, annotations) belongs to the scope around it.
        """
        scope = self.definition_at(path, line)
        while scope is not None and scope.parent is not None and line < scope.body:
            scope = scope.parent
        return scope

    def definition_at(self, path: str, line: int) -> Scope | None:
        """The innermost function, class or module that a line is part of, its head included."""
        self._opened.add(path)
        key = (path, line)
        if key not in self._definitions:
            self._definitions[key] = self._innermost(path, line)
        return self._definitions[key]

    def _innermost(self, path: str, line: int) -> Scope | None:
        scope = self.module(path)
        while scope is not None:
            inner = next((child for child in scope.children if child.start <= line <= child.end), None)
            if inner is None:
                return scope
            scope = inner
        return None

    def calls_in(self, path: str, name: str) -> Iterator[tuple[ast.Call, Scope]]:
        """Calls of `name(…)` and `….name(…)` in one file, with the scope each stands in."""
        seen: set[int] = set()
        for line in self.mentions_in(path, name):
            around = self.scope_at(path, line)
            for scope in around.with_lambdas() if around is not None else ():
                for call in scope.facts.calls_named(name):
                    if id(call) not in seen:
                        seen.add(id(call))
                        yield call, scope

    def scopes_mentioning(self, name: str, asker: str) -> Iterator[tuple[Scope, int]]:
        """(innermost scope, line) of every mention of `name` that bears on the file `asker`."""
        for path, line in self.mentions(name, asker):
            scope = self.scope_at(path, line)
            if scope is not None:
                yield scope, line

    def resolve_import(self, dotted: str, importer: str) -> tuple[str, str] | None:
        """(path of the module, rest of the name inside it) for a dotted name as `importer` would import it.

        None if nothing in the target answers to it. `rest` is "" if the name is the module itself.
        """
        key = (dotted, importer.rpartition("/")[0])
        if key not in self._imports:
            self._imports[key] = self._resolve(dotted, importer)
        return self._imports[key]

    def _resolve(self, dotted: str, importer: str) -> tuple[str, str] | None:
        if dotted.startswith("."):
            return self._relative(dotted, importer)
        parts = dotted.split(".")
        for count in range(len(parts), 0, -1):
            path = self._absolute(parts[:count], importer)
            if path is not None:
                return path, ".".join(parts[count:])
        return None

    def _relative(self, dotted: str, importer: str) -> tuple[str, str] | None:
        level = len(dotted) - len(dotted.lstrip("."))
        folder = importer.split("/")[:-1]
        folder = folder[: len(folder) - (level - 1)] if level > 1 else folder
        parts = [part for part in dotted[level:].split(".") if part]
        for count in range(len(parts), -1, -1):
            path = self._file("/".join([*folder, *parts[:count]]))
            if path is not None:
                return path, ".".join(parts[count:])
        return None

    def _file(self, stem: str) -> str | None:
        """The file that a module path names."""
        package = f"{stem}/__init__.py" if stem else "__init__.py"
        return f"{stem}.py" if f"{stem}.py" in self.data else package if package in self.data else None

    def _absolute(self, parts: list[str], importer: str) -> str | None:
        """The file of an absolute import: its first part must lie in a folder that is not a package."""
        tail = "/".join(parts)
        candidates = [path for path in self._stems().get(parts[-1], ()) if self._is_root_of(path, tail)]
        if not candidates:
            return None
        return max(candidates, key=lambda path: (_common(path, importer), -len(path)))

    def _is_root_of(self, path: str, tail: str) -> bool:
        stem = path.removesuffix("/__init__.py").removesuffix(".py")
        if stem != tail and not stem.endswith("/" + tail):
            return False
        root = stem[: len(stem) - len(tail)]
        return f"{root}__init__.py" not in self.data

    def _stems(self) -> dict[str, list[str]]:
        if self._by_stem is None:
            self._by_stem = {}
            for path in self.data:
                self._by_stem.setdefault(module_name(path), []).append(path)
        return self._by_stem


def _sees_tests(asker: str | None) -> bool:
    return asker is None or is_test_like(asker)


def _common(left: str, right: str) -> int:
    """How many leading folders two paths share."""
    count = 0
    for one, other in zip(left.split("/"), right.split("/"), strict=False):
        if one != other:
            break
        count += 1
    return count


def dotted_name(node: ast.expr) -> str:
    """`a.b.c` for a chain of names and attributes, else ""."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(parts)])
