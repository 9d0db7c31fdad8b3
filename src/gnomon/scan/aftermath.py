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
from gnomon.scan.values import Frame, Function
from gnomon.scan.verification import Verifications

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator

_MAX_FOLLOWING = 12
"""Statements after a load in which a check is looked for."""
_MAX_CALLERS = 4
"""Callers that are asked what they do with a value that a function loads for them."""
_CHECKING = re.compile(r"^_*(?:validate|verify|check|authenticate|sanitize)", re.IGNORECASE)


class Aftermath:
    """What is done with a loaded object first."""

    def __init__(self, evaluator: "Evaluator", verifications: Verifications) -> None:
        self.evaluator = evaluator
        self.verifications = verifications

    def of(self, site: SinkSite) -> Incomplete | None:
        """The check that follows the load, in its function or in all that call it."""
        load = site.arguments.node
        if site.named_at:
            return None
        told = self._after(load, site.scope)
        if told is None and site.scope.is_function and _is_returned(load, site.scope.facts):
            callers = self.evaluator.callers.of(site.scope)[:_MAX_CALLERS]
            each = [self._after(caller.arguments.node, caller.arguments.frame.scope) for caller in callers]
            told = each[0] if each and all(each) else None
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
        test = _test_of(statement)
        if test is not None:
            if self.verifications.compares(test, frame):
                yield test, "a signature or token is checked when the message has been loaded"
            elif _refuses_a_type(statement, names):
                yield test, "what the message holds is checked when it has been loaded"
        for call in _plain_calls(statement):
            name = last_name(call.func)
            if _CHECKING.search(name) and _mentions(call, names) and self._raises(call, frame):
                yield call, f"`{name}` is called when the message has been loaded"

    def _raises(self, call: ast.Call, frame: Frame) -> bool:
        """True for a function of the target that may raise: it refuses something."""
        functions = [t.value.scope for t in self.evaluator.calls.targets(call, frame) if isinstance(t.value, Function)]
        return any(isinstance(node, ast.Raise) for scope in functions for node in scope.facts.parents)


def _test_of(statement: ast.stmt) -> ast.expr | None:
    """The test by which a statement may end the way."""
    if isinstance(statement, ast.Assert):
        return statement.test
    leaving = isinstance(statement, ast.If) and (leaves(statement.body) or leaves(statement.orelse))
    return statement.test if leaving and isinstance(statement, ast.If) else None


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


def _refuses_a_type(statement: ast.stmt, names: set[str]) -> bool:
    """True for `if not isinstance(message, …): raise`, and for its twins."""
    match statement:
        case ast.If(test=ast.UnaryOp(op=ast.Not(), operand=test)):
            return _is_type_test(test, names)
        case ast.If(test=ast.BoolOp(op=ast.Or(), values=values), body=[*_, ast.Raise()]):
            return any(
                isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not) and _is_type_test(value.operand, names)
                for value in values
            )
        case ast.If(test=test, orelse=[*_, ast.Raise()]):
            return _is_type_test(test, names)
    return False


def _is_type_test(test: ast.expr, names: set[str]) -> bool:
    return isinstance(test, ast.Call) and last_name(test.func) == "isinstance" and _mentions(test, names)


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
