"""Whether a message is verified before it is loaded: a check on the same data that must succeed for the load to run.

1. Find verification calls (or calls of functions of the target that verify) in the functions the data passes through.
2. The check must be on the same data, decide whether the load runs, and stop on failure: in a test that guards the
   load, or as a call that raises, before the load.
3. It is not effective if it is an `assert`, if its failure is ignored, if it only runs under a condition that is off or
   open by default, if it covers a part of what is loaded, or if its key is no secret.
"""

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import replace

from gnomon.core.endpoint import Authentication
from gnomon.core.incomplete import IncompleteKind
from gnomon.python.order import guards, leaves, preceding_statements
from gnomon.python.scopes import Scope
from gnomon.scan.checks import Check, Checks
from gnomon.scan.implication import contains, implies, signs_prefix, variables
from gnomon.scan.questions import CONDITION_BUDGET
from gnomon.scan.truth import by_default
from gnomon.scan.values import (
    Bound,
    Found,
    Frame,
    Instance,
    Outside,
    Result,
)

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator


class Verified(Struct, frozen=True):
    """A check that was found on the way, and why it does or does not protect the load."""

    kind: Authentication
    effective: bool
    note: str
    node: ast.AST
    scope: Scope
    lacks: IncompleteKind | None = None


_SAID: dict[IncompleteKind, str] = {
    "constant-key": "is verified with a key that is written in the code",
    "key-in-message": "is verified with a key that came along with it",
    "plain-hash": "is compared with a hash that takes no key: its sender can compute it as well",
    "part-of-message": "is loaded whole, but only a part of it is verified",
}
"""What is said of a flaw that no other outweighs."""
_OFF = "is verified only if an option is set that is off by default"


class Verifications:
    """Message verification."""

    def __init__(self, evaluator: "Evaluator") -> None:
        self.evaluator = evaluator
        self.checks = Checks(evaluator)
        self._variables: dict[ast.AST, set[str]] = {}

    def on_the_way(self, places: list[tuple[ast.AST, Frame]], source: ast.AST) -> Verified | None:
        """The best check of the data from `source` before any of the places it passes, sink first."""
        if not self.checks.files:
            return None
        best: Verified | None = None
        for node, frame in places:
            for verified in self._before(node, frame, source):
                if verified.effective:
                    return verified
                best = best or verified
        return best

    def compares(self, test: ast.expr, frame: Frame) -> bool:
        """True if a test asks whether a signature, digest or token is the right one."""
        return bool(self.checks.files) and next(self.checks.within(test, frame), None) is not None

    def _before(self, node: ast.AST, frame: Frame, source: ast.AST | None) -> Iterator[Verified]:
        facts = frame.scope.facts
        loaded = self._variables_of(node, frame)
        for test, needed in guards(node, facts):
            about = self._about(test, loaded, frame, source)
            if about is False:
                yield from self._of_another_part(test, frame, source)
                continue
            for verified in self._in_test(test, frame, about, needed=needed):
                yield self._of_a_part(verified) if signs_prefix(verified.node, node, facts) else verified
        for statement in preceding_statements(node, facts):
            about = self._about(statement, loaded, frame, source)
            if about is not False:
                yield from self._in_statement(statement, frame, about)

    def _of_another_part(self, test: ast.expr, frame: Frame, source: ast.AST | None) -> Iterator[Verified]:
        """A signature of another part of the same message than the one that is loaded."""
        if source is None or not any(isinstance(part, ast.Call) for part in ast.walk(test)):
            return
        with self.evaluator.allowance(CONDITION_BUDGET):
            for check in self.checks.within(test, frame):
                if check.kind == "hmac" and id(source) in self.checks.sources(check.call, frame):
                    yield self._of_a_part(self._verdict(check, frame, ""))

    @staticmethod
    def _of_a_part(verified: Verified) -> Verified:
        lacks: IncompleteKind = "part-of-message"
        return replace(verified, effective=False, note=_SAID[lacks], lacks=lacks)

    def _in_test(self, test: ast.expr, frame: Frame, source: ast.AST | None, *, needed: bool) -> Iterator[Verified]:
        for check in self.checks.within(test, frame):
            if not self._same_message(check.call, frame, source) and not self._is_token(check, frame):
                continue
            if implies(test, check.call, needed=needed):
                yield self._verdict(check, frame, "is verified before the load, which does not run if that fails")
            elif self._implies_with_defaults(test, check.call, frame, needed=needed):
                note = "is verified before the load unless an option that is on by default is off"
                yield self._verdict(check, frame, note)
            else:
                note = "is verified only under a condition that is off by default"
                yield self._refused(check, frame, note, "off-by-default")

    def _in_statement(self, statement: ast.stmt, frame: Frame, source: ast.AST | None) -> Iterator[Verified]:
        if isinstance(statement, ast.Assert):
            for check in self.checks.within(statement.test, frame):
                yield self._refused(check, frame, "is verified by an `assert`, which `python -O` removes", "assert")
        elif isinstance(statement, ast.If):
            yield from self._in_if(statement, frame, source)
        elif isinstance(statement, ast.Expr | ast.Assign | ast.AnnAssign) and statement.value is not None:
            for check in self.checks.within(statement.value, frame):
                if self._same_message(check.call, frame, source):
                    if check.raises and not self._is_swallowed(statement, frame):
                        yield self._verdict(check, frame, "is verified before the load by a call that raises")
                    elif check.raises:
                        note = "is verified, but what is raised when that fails is caught, and the load runs"
                        yield self._refused(check, frame, note, "failure-ignored")
                    elif isinstance(statement, ast.Expr):
                        note = "is verified, but the result is ignored"
                        yield self._refused(check, frame, note, "failure-ignored")

    def _in_if(self, statement: ast.If, frame: Frame, source: ast.AST | None) -> Iterator[Verified]:
        if not leaves(statement.body):
            yield from self._nested(statement, frame, source)
            if leaves(statement.orelse):
                return  # one of the tests that guard the load
            note = "is verified, but the load runs all the same when that fails"
        elif isinstance(frame.scope.facts.parents.get(statement), ast.Try):
            if not self._is_swallowed(statement, frame):
                yield from self._in_test(statement.test, frame, source, needed=False)
                return
            note = "is verified, but what is raised when that fails is caught, and the load runs"
        else:
            return  # one of the tests that guard the load
        for check in self.checks.within(statement.test, frame):
            if check.kind != "token" and self._same_message(check.call, frame, source):
                yield self._refused(check, frame, note, "failure-ignored")

    def _nested(self, statement: ast.If, frame: Frame, source: ast.AST | None) -> Iterator[Verified]:
        """`if key: if not verify(…): raise` verifies only when the outer condition holds."""
        for inner in statement.body:
            found: list[Verified] = []
            if isinstance(inner, ast.If) and leaves(inner.body):
                found = list(self._in_test(inner.test, frame, source, needed=False))
            elif isinstance(inner, ast.Expr):
                found = list(self._in_statement(inner, frame, source))
            for verified in found:
                on = by_default(self.evaluator, statement.test, frame)
                if verified.effective and on is not True:
                    note = _OFF if on is False else "is verified only under a condition that is not known to hold"
                    yield replace(verified, effective=False, note=note, lacks="off-by-default")
                else:
                    yield verified

    def _implies_with_defaults(self, test: ast.expr, call: ast.expr, frame: Frame, *, needed: bool) -> bool:
        """`if enabled and not verify(…): raise` protects if `enabled` holds by default."""
        if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) and not needed:
            others = [value for value in test.values if not contains(value, call)]
            mine = [value for value in test.values if contains(value, call)]
            on = all(by_default(self.evaluator, value, frame) is True for value in others)
            return on and any(implies(value, call, needed=False) for value in mine)
        return False

    def _is_swallowed(self, statement: ast.stmt, frame: Frame) -> bool:
        """True if a handler around the raising call lets the function go on."""
        facts = frame.scope.facts
        parent = facts.parents.get(statement)
        return isinstance(parent, ast.Try) and any(not leaves(handler.body) for handler in parent.handlers)

    def _verdict(self, check: Check, frame: Frame, note: str) -> Verified:
        """What a check is worth that decides whether the load runs."""
        if check.asserted:
            return self._refused(check, frame, "is verified by an `assert`, which `python -O` removes", "assert")
        if check.flaw is not None:
            return self._refused(check, frame, note, check.flaw)
        if check.off:
            return self._refused(check, frame, _OFF, "off-by-default")
        lacks: IncompleteKind | None = "timing" if check.timed else None
        said = f"{note}; an operator compares the signatures" if check.timed else note
        return Verified(kind=check.kind, effective=True, note=said, node=check.call, scope=frame.scope, lacks=lacks)

    def _refused(self, check: Check, frame: Frame, note: str, lacks: IncompleteKind) -> Verified:
        """A check that does not protect the load; a key that anyone can read is said first."""
        lacks = check.flaw or lacks
        said = _SAID.get(lacks, note)
        return Verified(kind=check.kind, effective=False, note=said, node=check.call, scope=frame.scope, lacks=lacks)

    def _is_token(self, check: Check, frame: Frame) -> bool:
        """True for a comparison of a secret that the sender sends along, in a header or another part of the message."""
        if check.kind != "token" or not isinstance(check.call, ast.Call):
            return False
        found = [item for argument in check.call.args for item in self.evaluator.values(argument, frame)]
        return any(self._is_sent(item) for item in found)

    def _is_sent(self, found: Found) -> bool:
        """True for data from outside, and for what is read off a request object."""
        value = found.value
        if isinstance(value, Outside):
            return value.kind != "file"
        if isinstance(value, Instance):
            return value.type in self.evaluator.catalog.annotations.values()
        return isinstance(value, (Result, Bound)) and any(self._is_sent(receiver) for receiver in value.receivers)

    def _same_message(self, node: ast.expr, frame: Frame, source: ast.AST | None) -> bool:
        """True unless the checked data is known to be something else."""
        if source is None:
            return True
        if isinstance(node, ast.Name):
            bindings = frame.scope.facts.bindings.get(node.id, ())
            return any(
                binding.value is not None and self._same_message(binding.value, frame, source) for binding in bindings
            )
        seen = self.checks.sources(node, frame)
        return id(source) in seen or not seen

    def _variables_of(self, node: ast.AST, frame: Frame) -> set[str]:
        known = self._variables.get(node)
        if known is None:
            known = self._variables[node] = variables(node, frame)
        return known

    def _about(
        self, check: ast.AST, loaded: set[str], frame: Frame, source: ast.AST | None
    ) -> ast.AST | Literal[False] | None:
        """What a check must be on: nothing more (None) if it shares a variable with the load, False if it can't be.

        A check and a load in one function that are on parts without a common variable are on different messages.
        """
        checked = self._variables_of(check, frame)
        if checked & loaded:
            return None
        return False if checked and loaded else source
