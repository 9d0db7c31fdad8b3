"""Checks that come after a load: by then the code that a pickle names has run."""

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gnomon.core.incomplete import Incomplete
from gnomon.python.facts import Facts, last_name
from gnomon.python.order import following_statements, leaves
from gnomon.python.scopes import Scope
from gnomon.scan.sinks import SinkSite
from gnomon.scan.values import Frame
from gnomon.scan.verification import Verifications

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator

_MAX_FOLLOWING = 12
"""Statements after a load in which a check is looked for."""
_MAX_CALLERS = 4
"""Callers that are asked what they do with a value that a function loads for them."""
_CHECKING = re.compile(r"(?:^|_)(?:validate|verify|check|authenticate|sanitize|ensure)(?:d|s)?(?:_|$)", re.IGNORECASE)


class Aftermath:
    """What is done with a loaded object first."""

    def __init__(self, evaluator: "Evaluator", verifications: Verifications) -> None:
        self.evaluator = evaluator
        self.verifications = verifications

    def of(self, site: SinkSite) -> Incomplete | None:
        """The check that follows the load, in its function or in one that calls it."""
        load = site.arguments.node
        if site.named_at:
            return None
        told = self._after(load, site.scope)
        if told is None and site.scope.is_function and _is_returned(load, site.scope.facts):
            for caller in self.evaluator.callers.of(site.scope)[:_MAX_CALLERS]:
                if isinstance(caller.arguments.node, ast.Call):
                    told = told or self._after(caller.arguments.node, caller.arguments.frame.scope)
        return told

    def _after(self, load: ast.AST, scope: Scope) -> Incomplete | None:
        facts = scope.facts
        names = _assigned(load, facts)
        frame = self.evaluator.root(scope)
        for number, statement in enumerate(following_statements(load, facts)):
            if number >= _MAX_FOLLOWING:
                break
            for node, what in self._checks(statement, names, frame):
                return Incomplete(kind="after-load", what=what, site=self.evaluator.site(node, scope))
        return None

    def _checks(self, statement: ast.stmt, names: set[str], frame: Frame) -> Iterator[tuple[ast.AST, str]]:
        test = statement.test if isinstance(statement, ast.Assert) else None
        if isinstance(statement, ast.If) and (leaves(statement.body) or leaves(statement.orelse)):
            test = statement.test
        if test is not None:
            if self.verifications.compares(test, frame):
                yield test, "a signature or token is checked when the message has been loaded"
            elif _tests_type(test, names):
                yield test, "what the message holds is checked when it has been loaded"
        for call in _plain_calls(statement):
            if names and _CHECKING.search(last_name(call.func)) and _mentions(call, names):
                yield call, f"`{last_name(call.func)}` is called when the message has been loaded"


def _assigned(load: ast.AST, facts: Facts) -> set[str]:
    """The variables that the loaded object is put into."""
    statement: ast.AST | None = load
    while statement is not None and not isinstance(statement, ast.stmt):
        statement = facts.parents.get(statement)
    if isinstance(statement, (ast.Assign, ast.AnnAssign)):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        return {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)} - {"self"}
    return set()


def _is_returned(load: ast.AST, facts: Facts) -> bool:
    return any(part is load for value in facts.returns for part in ast.walk(value)) or any(
        isinstance(value, ast.Name) and value.id in _assigned(load, facts) for value in facts.returns
    )


def _tests_type(test: ast.expr, names: set[str]) -> bool:
    return any(
        isinstance(part, ast.Call) and last_name(part.func) == "isinstance" and _mentions(part, names)
        for part in ast.walk(test)
    )


def _plain_calls(statement: ast.stmt) -> Iterator[ast.Call]:
    """The call that a statement is, or whose result it keeps or tests."""
    value: ast.expr | None = None
    if isinstance(statement, (ast.Expr, ast.Assign, ast.AnnAssign, ast.Return)):
        value = statement.value
    elif isinstance(statement, ast.If):
        value = statement.test
    for part in ast.walk(value) if value is not None else ():
        if isinstance(part, ast.Call):
            yield part


def _mentions(node: ast.AST, names: set[str]) -> bool:
    return any(isinstance(part, ast.Name) and part.id in names for part in ast.walk(node))
