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
from gnomon.core.model import Verification
from gnomon.python.facts import Facts
from gnomon.python.order import guards, leaves, preceding_statements
from gnomon.python.project import module_name
from gnomon.python.scopes import Scope
from gnomon.scan.digests import Digests, Flaw
from gnomon.scan.implication import contains, implies, signs_prefix, variables
from gnomon.scan.libraries import library_target
from gnomon.scan.questions import CONDITION_BUDGET
from gnomon.scan.truth import by_default, off_by_default
from gnomon.scan.values import (
    Arguments,
    Bound,
    Const,
    Container,
    Found,
    Frame,
    Function,
    Instance,
    Opaque,
    Outside,
    Parts,
    Result,
)

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator

MAX_LOOKED_THROUGH = 6
"""Calls and containers that checked data is followed back through, to the call it was read by."""


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


class _Check(Struct, frozen=True):
    """One call that verifies."""

    call: ast.expr
    kind: Authentication
    raises: bool
    flaw: Flaw = None
    """What is wrong with its key."""
    off: bool = False
    """True if a function of the target checks only under a condition that is off by default."""
    timed: bool = False
    """True if an operator compares, whose duration depends on the values."""
    asserted: bool = False
    """True if a function of the target checks by an `assert`."""


class Verifications:
    """Message verification."""

    def __init__(self, evaluator: "Evaluator") -> None:
        self.evaluator = evaluator
        catalog = evaluator.catalog
        self.digests = Digests(evaluator)
        roots = {root for api in (*catalog.verifications, *catalog.digests) for root in catalog.modules_of(api)}
        self._files = {path for root in roots for path in evaluator.project.importing(root)}
        """Files that can verify anything at all."""
        self._verifying: dict[int, _Check | None] = {}
        self._variables: dict[ast.AST, set[str]] = {}

    def on_the_way(self, places: list[tuple[ast.AST, Frame]], source: ast.AST) -> Verified | None:
        """The best check of the data from `source` before any of the places it passes, sink first."""
        if not self._files:
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
        return bool(self._files) and next(self._checks(test, frame), None) is not None

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
            for check in self._checks(test, frame):
                if check.kind == "hmac" and id(source) in self._sources(check.call, frame):
                    yield self._of_a_part(self._verdict(check, frame, ""))

    @staticmethod
    def _of_a_part(verified: Verified) -> Verified:
        lacks: IncompleteKind = "part-of-message"
        return replace(verified, effective=False, note=_SAID[lacks], lacks=lacks)

    def _in_test(self, test: ast.expr, frame: Frame, source: ast.AST | None, *, needed: bool) -> Iterator[Verified]:
        for check in self._checks(test, frame):
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
            for check in self._checks(statement.test, frame):
                yield self._refused(check, frame, "is verified by an `assert`, which `python -O` removes", "assert")
        elif isinstance(statement, ast.If):
            yield from self._in_if(statement, frame, source)
        elif isinstance(statement, ast.Expr | ast.Assign | ast.AnnAssign) and statement.value is not None:
            for check in self._checks(statement.value, frame):
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
        for check in self._checks(statement.test, frame):
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

    def _verdict(self, check: _Check, frame: Frame, note: str) -> Verified:
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

    def _refused(self, check: _Check, frame: Frame, note: str, lacks: IncompleteKind) -> Verified:
        """A check that does not protect the load; a key that anyone can read is said first."""
        lacks = check.flaw or lacks
        said = _SAID.get(lacks, note)
        return Verified(kind=check.kind, effective=False, note=said, node=check.call, scope=frame.scope, lacks=lacks)

    def _checks(self, node: ast.expr, frame: Frame) -> Iterator[_Check]:
        """Verifying calls and comparisons inside an expression, also behind a variable."""
        for part in ast.walk(node):
            if isinstance(part, ast.Call):
                check = self._of_call(part, frame)
                if check is not None:
                    yield check
            elif isinstance(part, ast.Compare):
                check = self._of_comparison(part, frame)
                if check is not None:
                    yield check
            elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
                for binding in frame.scope.facts.bindings.get(part.id, ()):
                    value = binding.value.value if isinstance(binding.value, ast.Await) else binding.value
                    if isinstance(value, ast.Call) and binding.kind == "assign":
                        check = self._of_call(value, frame)
                        if check is not None and not check.raises:
                            yield replace(check, call=part, raises=False)

    def _of_call(self, call: ast.Call, frame: Frame) -> _Check | None:
        for target in self.evaluator.calls.targets(call, frame):
            value = target.value
            api, receivers = library_target(value)
            for model in self.evaluator.catalog.verifications.get(api, ()):
                if model.key and not receivers and model.fails_by == "returning-false":
                    continue  # makes the digest, but compares nothing
                arguments = self.evaluator.calls.arguments(call, frame)
                flaw = self.digests.weak_key(model, arguments, receivers)
                flaw = flaw or self.digests.weak_keys(frame.scope, frame)
                if model.key or model.fails_by == "raising":
                    return _Check(call, model.kind, model.fails_by == "raising", flaw)
                return self._of_equality(call, call.args, frame, flaw)
            if isinstance(value, Function):
                inner = self._of_function(value, call)
                if inner is not None:
                    return replace(inner, call=call)
        return None

    def _of_function(self, function: Function, call: ast.Call) -> _Check | None:
        """What a function of the target verifies when it is called, if it verifies at all."""
        scope = function.scope
        if scope.path not in self._files and not self._calls_into_verifying(scope):
            return None
        known = self._verifying.get(id(scope), ...)
        if known is not ...:
            return known if isinstance(known, _Check) else None
        self._verifying[id(scope)] = None
        home = self.evaluator.root(scope, function.receiver)
        inner = next(self._checks_within(scope, home), None)
        if inner is not None:
            raises = inner.raises or self._raises_on_failure(inner.call, scope)
            off = inner.off or off_by_default(self.evaluator, inner.call, home)
            asserted = inner.asserted or _is_asserted(inner.call, scope.facts)
            found = replace(inner, call=call, raises=raises or asserted, off=off, asserted=asserted)
            self._verifying[id(scope)] = found
        return self._verifying[id(scope)]

    def _checks_within(self, scope: Scope, home: Frame) -> Iterator[_Check]:
        for inner in scope.facts.calls:
            check = self._of_call(inner, home)
            if check is not None:
                yield replace(check, call=inner)
        for node in scope.facts.parents:
            if isinstance(node, ast.Compare):
                check = self._of_comparison(node, home)
                if check is not None:
                    yield check

    def _calls_into_verifying(self, scope: Scope) -> bool:
        """True if the function's text may call a function in a file that verifies: a module it imports does."""
        project = self.evaluator.project
        names = {module_name(path) for path in self._files}
        return any(name.encode() in project.data.get(scope.path, b"") for name in names)

    def _raises_on_failure(self, node: ast.AST, scope: Scope) -> bool:
        """True if the function raises when the check fails (it need not be asked for its result)."""
        facts = scope.facts
        parent = facts.parents.get(node)
        while parent is not None and not isinstance(parent, ast.stmt):
            parent = facts.parents.get(parent)
        if isinstance(parent, ast.If):
            return any(isinstance(inner, ast.Raise) for inner in (*parent.body, *parent.orelse))
        if isinstance(parent, (ast.Assign, ast.AnnAssign)):
            targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
            names = {target.id for target in targets if isinstance(target, ast.Name)}
            return any(
                any(isinstance(inner, ast.Raise) for inner in other.body)
                and any(isinstance(part, ast.Name) and part.id in names for part in ast.walk(other.test))
                for other in facts.parents
                if isinstance(other, ast.If)
            )
        return False

    def _of_comparison(self, node: ast.Compare, frame: Frame) -> _Check | None:
        """`hmac.new(…).digest() == signature`."""
        if frame.scope.path not in self._files or len(node.ops) != 1:
            return None
        sides = [node.left, *node.comparators]
        if not isinstance(node.ops[0], (ast.Eq, ast.NotEq)) or any(isinstance(side, ast.Constant) for side in sides):
            return None
        found = [item for side in sides for item in self.evaluator.values(side, frame)]
        if any(self.digests.is_keyed(item) for item in found):
            flaw = self.digests.weak_keys(frame.scope, frame)
            return _Check(node, "hmac", raises=False, flaw=flaw, timed=True)
        return self._unkeyed(node, sides, frame)

    def _of_equality(self, call: ast.Call, sides: list[ast.expr], frame: Frame, flaw: Flaw) -> _Check:
        """`compare_digest(signature, …)`."""
        plain = self._unkeyed(call, sides, frame)
        if plain is not None:
            return plain
        for side in sides:
            flaw = flaw or self.digests.known(self.evaluator.values(side, frame))
        # else it is a secret that is sent along, not a digest of the message
        return _Check(call, "hmac" if self._compares_digests(call, frame) else "token", raises=False, flaw=flaw)

    def _unkeyed(self, node: ast.expr, sides: list[ast.expr], frame: Frame) -> _Check | None:
        """The comparison of a hash without a key with something that was sent along."""
        for side, other in ((sides[0], sides[-1]), (sides[-1], sides[0])):
            if any(self.digests.is_plain(item) for item in self.evaluator.values(side, frame)):
                if self._came_from([other], frame):
                    return _Check(node, "none", raises=False, flaw="plain-hash")
        return None

    def _compares_digests(self, call: ast.Call, frame: Frame) -> bool:
        """True if an argument of a comparison is a digest, or may be one that was made elsewhere."""
        found = [item for argument in call.args for item in self.evaluator.values(argument, frame)]
        return any(isinstance(item.value, Opaque) or self.digests.is_keyed(item) for item in found)

    def _is_token(self, check: _Check, frame: Frame) -> bool:
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
        seen = self._sources(node, frame)
        return id(source) in seen or not seen

    def _sources(self, node: ast.expr, frame: Frame) -> set[int]:
        """Ids of the source calls whose data a comparison, a call or an expression is about."""
        parts = [*node.args, *(keyword.value for keyword in node.keywords)] if isinstance(node, ast.Call) else [node]
        if isinstance(node, ast.Compare):
            parts = [node.left, *node.comparators]
        return self._came_from(parts, frame)

    def _came_from(self, parts: list[ast.expr], frame: Frame) -> set[int]:
        seen: set[int] = set()
        for part in parts:
            for found in self.evaluator.values(part, frame):
                self._gather(found, seen, 0)
        return seen

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

    def _gather(self, found: Found, seen: set[int], depth: int) -> None:
        """Ids of the source calls whose data a value was computed from."""
        value = found.value
        if depth > MAX_LOOKED_THROUGH:
            return
        if isinstance(value, Outside):
            seen.add(id(value.node))
        elif isinstance(value, (Container, Parts)):
            for element in self.evaluator.elements(found):
                if element.value.key != value.key:
                    self._gather(element, seen, depth + 1)
        elif isinstance(value, (Result, Bound, Instance)):
            receivers = value.belongs if isinstance(value, Instance) else value.receivers
            for receiver in receivers:
                self._gather(receiver, seen, depth + 1)
            if isinstance(value.node, ast.Call) and value.frame is not None:
                for argument in (*value.node.args, *(keyword.value for keyword in value.node.keywords)):
                    for item in self.evaluator.values(argument, value.frame):
                        if item.value.key != value.key:
                            self._gather(item, seen, depth + 1)


def _is_asserted(node: ast.AST, facts: Facts) -> bool:
    parent: ast.AST | None = node
    while parent is not None and not isinstance(parent, ast.stmt):
        parent = facts.parents.get(parent)
    return isinstance(parent, ast.Assert)
