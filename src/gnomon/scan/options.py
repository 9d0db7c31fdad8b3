"""Command-line options: their defaults, and what a program of the target that starts this one passes for them."""

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gnomon.core.endpoint import Decider
from gnomon.python.facts import last_name
from gnomon.python.scopes import Scope
from gnomon.scan.values import Frame

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator


class Options:
    """Options that a module declares with `add_argument`, found by the attribute they are read from."""

    def __init__(self, evaluator: "Evaluator") -> None:
        self.evaluator = evaluator
        self._known: dict[tuple[str, str], tuple[Decider, ...]] = {}
        self._declared: dict[str, list[tuple[ast.Call, Scope]]] = {}

    def default(self, name: str, module: Scope) -> tuple[ast.expr, Frame] | None:
        """The default of the option, and the frame it stands in."""
        for call, scope in self._declarations(name, module):
            for keyword in call.keywords:
                if keyword.arg == "default":
                    return keyword.value, self.evaluator.root(scope)
        return None

    def passed(self, name: str, module: Scope) -> list[tuple[ast.expr, Frame]]:
        """What stands behind the option in the command lines that start the module: `[…, "--option", value]`."""
        project = self.evaluator.project
        found: list[tuple[ast.expr, Frame]] = []
        for call, _ in self._declarations(name, module):
            for flag in _flags(call):
                for path in project.bearing(_program(module.path), module.path):
                    found += self._behind(flag, path)
        return found

    def deciders(self, name: str, module: Scope) -> tuple[Decider, ...]:
        """The option that is read under a name, by each way of typing it.

        Declared in the module itself, or in the one other that declares such an option; else nothing is sure.
        """
        key = (name, module.path)
        if key not in self._known:
            self._known[key] = self.own_deciders(name, module) or self._elsewhere(name, module)
        return self._known[key]

    def own_deciders(self, name: str, module: Scope) -> tuple[Decider, ...]:
        """As `deciders`, declared in the module itself."""
        found = [flag for call, _ in self._declarations(name, module) for flag in _flags(call)]
        return tuple(Decider(kind="option", name=flag, path=module.path) for flag in found)

    def of_parameter(self, name: str, function: Scope) -> tuple[Decider, ...]:
        """The option that fills a parameter of a command: `@click.option("--host")` above it."""
        found: list[Decider] = []
        for node in function.decorators():
            if isinstance(node, ast.Call) and last_name(node.func) == "option":
                flags = [flag for flag in _flags(node) if flag.startswith("-")]
                if name in [flag.lstrip("-").replace("-", "_") for flag in _flags(node)]:
                    found += [Decider(kind="option", name=flag, path=function.path) for flag in flags]
        return tuple(found)

    def _elsewhere(self, name: str, module: Scope) -> tuple[Decider, ...]:
        """The option as the one module declares it that does, if only one does."""
        project = self.evaluator.project
        flag = "--" + name.replace("_", "-")
        paths = [path for path in project.bearing("add_argument", module.path) if declares(project.data[path], flag)]
        return (Decider(kind="option", name=flag, path=paths[0]),) if len(paths) == 1 else ()

    def _declarations(self, name: str, module: Scope) -> Iterator[tuple[ast.Call, Scope]]:
        declared = self._declared.get(module.path)
        if declared is None:
            declared = self._declared[module.path] = [*self.evaluator.project.calls_in(module.path, "add_argument")]
        for call, scope in declared:
            if any(flag.lstrip("-").replace("-", "_") == name for flag in _flags(call)):
                yield call, scope

    def _behind(self, flag: str, path: str) -> Iterator[tuple[ast.expr, Frame]]:
        """Expressions that follow the flag in the lists of one file."""
        project = self.evaluator.project
        word = flag.rpartition("-")[2]
        scopes: dict[Scope, None] = {}
        for line in project.mentions_in(path, word):
            if flag in project.code(path, line):
                scope = project.scope_at(path, line)
                scopes.update({scope: None} if scope is not None else {})
        for scope in scopes:
            for node, parent in list(scope.facts.parents.items()):
                if isinstance(node, ast.Constant) and node.value == flag and isinstance(parent, (ast.List, ast.Tuple)):
                    following = parent.elts[parent.elts.index(node) + 1 :]
                    yield from ((given, self.evaluator.root(scope)) for given in following[:1])


def declares(text: bytes, flag: str) -> bool:
    """True if a file's text has the flag as a whole literal."""
    name = flag.encode("utf-8", "replace")
    return b'"%s"' % name in text or b"'%s'" % name in text


def _flags(call: ast.Call) -> list[str]:
    """The names of an option in its `add_argument` call."""
    return [node.value for node in call.args if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def _program(path: str) -> str:
    """The word that whoever starts a module has to write: its name, for `__main__` that of its package."""
    *folders, file = path.removesuffix(".py").split("/")
    return folders[-1] if file == "__main__" and folders else file
