"""Asks what a received message is used as in small programs: the result of their call of `receive`."""

import ast
import textwrap

from gnomon.core.tree import SourceFile
from gnomon.knowledge.load import load
from gnomon.python.project import Project
from gnomon.python.scopes import Scope
from gnomon.scan.catalog import Catalog
from gnomon.scan.evaluate import Evaluator
from gnomon.scan.identity import naming
from gnomon.scan.readings import Reading
from gnomon.scan.shapes import Shapes
from gnomon.scan.used import Used


def used(code: str, **others: str) -> Reading:
    """What the first call of `receive` in the module `app` is used as; `others` are further modules by name."""
    files = [SourceFile(path="app.py", data=textwrap.dedent(code).encode())]
    files += [SourceFile(path=f"{name}.py", data=textwrap.dedent(text).encode()) for name, text in others.items()]
    project = Project(files)
    with naming():
        evaluator = Evaluator(project, Catalog(load()))
        evaluator.refill()
        module = project.module("app.py")
        assert module is not None
        call, scope = _call(module)
        return Used(Shapes(evaluator)).at(call, scope)


def _call(module: Scope) -> tuple[ast.Call, Scope]:
    for scope in module.walk():
        for call in scope.facts.calls_named("receive"):
            return call, scope
    raise AssertionError("nothing is received")
