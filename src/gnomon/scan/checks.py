"""What verifies a message: calls that compare or check it, also inside functions of the target, and with what key."""

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from gnomon.core.endpoint import Authentication
from gnomon.python.facts import Facts
from gnomon.python.project import module_name
from gnomon.python.scopes import Scope
from gnomon.scan.digests import Digests, Flaw
from gnomon.scan.libraries import library_target
from gnomon.scan.truth import off_by_default
from gnomon.scan.values import Bound, Container, Found, Frame, Function, Instance, Opaque, Outside, Parts, Result

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator

MAX_LOOKED_THROUGH = 6
"""Calls and containers that checked data is followed back through, to the call it was read by."""


class Check(Struct, frozen=True):
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


class Checks:
    """The verifying calls and comparisons of expressions and functions."""

    def __init__(self, evaluator: "Evaluator") -> None:
        self.evaluator = evaluator
        catalog = evaluator.catalog
        self.digests = Digests(evaluator)
        roots = {root for api in (*catalog.verifications, *catalog.digests) for root in catalog.modules_of(api)}
        self.files = {path for root in roots for path in evaluator.project.importing(root)}
        """Files that can verify anything at all."""
        self._verifying: dict[int, Check | None] = {}

    def within(self, node: ast.expr, frame: Frame) -> Iterator[Check]:
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

    def _of_call(self, call: ast.Call, frame: Frame) -> Check | None:
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
                    return Check(call, model.kind, model.fails_by == "raising", flaw)
                return self._of_equality(call, call.args, frame, flaw)
            if isinstance(value, Function):
                inner = self._of_function(value, call)
                if inner is not None:
                    return replace(inner, call=call)
        return None

    def _of_function(self, function: Function, call: ast.Call) -> Check | None:
        """What a function of the target verifies when it is called, if it verifies at all."""
        scope = function.scope
        if scope.path not in self.files and not self._calls_into_verifying(scope):
            return None
        known = self._verifying.get(id(scope), ...)
        if known is not ...:
            return known if isinstance(known, Check) else None
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

    def _checks_within(self, scope: Scope, home: Frame) -> Iterator[Check]:
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
        names = {module_name(path) for path in self.files}
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

    def _of_comparison(self, node: ast.Compare, frame: Frame) -> Check | None:
        """`hmac.new(…).digest() == signature`."""
        if frame.scope.path not in self.files or len(node.ops) != 1:
            return None
        sides = [node.left, *node.comparators]
        if not isinstance(node.ops[0], (ast.Eq, ast.NotEq)) or any(isinstance(side, ast.Constant) for side in sides):
            return None
        found = [item for side in sides for item in self.evaluator.values(side, frame)]
        if any(self.digests.is_keyed(item) for item in found):
            flaw = self.digests.weak_keys(frame.scope, frame)
            return Check(node, "hmac", raises=False, flaw=flaw, timed=True)
        return self._unkeyed(node, sides, frame)

    def _of_equality(self, call: ast.Call, sides: list[ast.expr], frame: Frame, flaw: Flaw) -> Check:
        """`compare_digest(signature, …)`."""
        plain = self._unkeyed(call, sides, frame)
        if plain is not None:
            return plain
        for side in sides:
            flaw = flaw or self.digests.known(self.evaluator.values(side, frame))
        # else it is a secret that is sent along, not a digest of the message
        return Check(call, "hmac" if self._compares_digests(call, frame) else "token", raises=False, flaw=flaw)

    def _unkeyed(self, node: ast.expr, sides: list[ast.expr], frame: Frame) -> Check | None:
        """The comparison of a hash without a key with something that was sent along."""
        if len(sides) < 2:
            return None
        for side, other in ((sides[0], sides[-1]), (sides[-1], sides[0])):
            plain = any(self.digests.is_plain(item) for item in self.evaluator.values(side, frame))
            if plain and self._came_from([other], frame):
                return Check(node, "none", raises=False, flaw="plain-hash")
        return None

    def _compares_digests(self, call: ast.Call, frame: Frame) -> bool:
        """True if an argument of a comparison is a digest, or may be one that was made elsewhere."""
        found = [item for argument in call.args for item in self.evaluator.values(argument, frame)]
        return any(isinstance(item.value, Opaque) or self.digests.is_keyed(item) for item in found)

    def sources(self, node: ast.expr, frame: Frame) -> set[int]:
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
