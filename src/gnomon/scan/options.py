"""Command-line options: their defaults, and what a program of the target that starts this one passes for them."""

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gnomon.python.scopes import Scope
from gnomon.scan.values import Frame

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator


class Options:
    """Options that a module declares with `add_argument`, found by the attribute they are read from."""

    def __init__(self, evaluator: "Evaluator") -> None:
        self.evaluator = evaluator

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

    def _declarations(self, name: str, module: Scope) -> Iterator[tuple[ast.Call, Scope]]:
        for call, scope in self.evaluator.project.calls_in(module.path, "add_argument"):
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


def _flags(call: ast.Call) -> list[str]:
    """The names of an option in its `add_argument` call."""
    return [node.value for node in call.args if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def _program(path: str) -> str:
    """The word that whoever starts a module has to write: its name, for `__main__` that of its package."""
    *folders, file = path.removesuffix(".py").split("/")
    return folders[-1] if file == "__main__" and folders else file
