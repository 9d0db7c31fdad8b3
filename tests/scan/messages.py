"""Asks what is sent in small programs: the argument of their call of `send`."""

import ast
import textwrap

from gnomon.core.shape import Shape
from gnomon.core.tree import SourceFile
from gnomon.knowledge.load import load
from gnomon.python.project import Project
from gnomon.python.scopes import Scope
from gnomon.scan.catalog import Catalog
from gnomon.scan.evaluate import Evaluator
from gnomon.scan.identity import naming
from gnomon.scan.shapes import Shapes


def sent(code: str, **others: str) -> Shape:
    """What the first call of `send` in the module `app` sends; `others` are further modules by name."""
    files = [SourceFile(path="app.py", data=textwrap.dedent(code).encode())]
    files += [SourceFile(path=f"{name}.py", data=textwrap.dedent(text).encode()) for name, text in others.items()]
    project = Project(files)
    with naming():
        evaluator = Evaluator(project, Catalog(load()))
        evaluator.refill()
        module = project.module("app.py")
        assert module is not None
        call, scope = _call(module)
        return Shapes(evaluator).of(call.args[0], evaluator.root(scope))


def _call(module: Scope) -> tuple[ast.Call, Scope]:
    for scope in module.walk():
        for call in scope.facts.calls_named("send"):
            return call, scope
    raise AssertionError("nothing is sent")
