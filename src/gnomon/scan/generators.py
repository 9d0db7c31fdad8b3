"""What comes out of generators and goes into them: what loops take, and what `send` gives to a `yield`."""

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from gnomon.core.merging import merged
from gnomon.core.shape import Shape
from gnomon.python.facts import Facts
from gnomon.python.order import ancestors, reaching
from gnomon.python.scopes import Scope
from gnomon.scan.calls import MAX_CALL_DEPTH
from gnomon.scan.values import Frame, arguments_of

if TYPE_CHECKING:
    from gnomon.scan.shapes import Shapes

_ENDING = frozenset({"close", "throw"})
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_NONE = ast.Constant(None)
_Given = tuple[ast.expr, Frame]


class Generators:
    """Generators of the target."""

    def __init__(self, shapes: "Shapes") -> None:
        self.shapes = shapes
        self.evaluator = shapes.evaluator
        self._open: set[tuple[ast.expr, object]] = set()

    def iterated(self, node: ast.expr, frame: Frame) -> Shape | None:
        """What a loop takes from an expression, if generators are all that it can be; None if not, or not known."""
        key = (node, frame.key)
        if key in self._open:
            return None
        self._open.add(key)
        try:
            return self._iterated(node, frame)
        finally:
            self._open.discard(key)

    def _iterated(self, node: ast.expr, frame: Frame) -> Shape | None:
        match node:
            case ast.GeneratorExp(elt=element):
                return self.shapes.shape(element, frame)
            case ast.Call():
                return self._called(node, frame)
            case ast.Name():
                return self._kept(node, frame)
            case ast.Yield():
                given = self.sent(frame.scope)
                return self._each(given) if given is not None else None
            case _:
                return None

    def _each(self, nodes: Iterable[_Given]) -> Shape | None:
        """What loops take from several expressions; None is nothing that a loop can run over."""
        found: list[Shape] = []
        for node, frame in nodes:
            if isinstance(node, ast.Constant) and node.value is None:
                continue
            each = self.iterated(node, frame)
            if each is None:
                return None
            found.append(each)
        return merged(found) if found else None

    def _kept(self, node: ast.Name, frame: Frame) -> Shape | None:
        names = self.evaluator.names
        if names.owner(node.id, frame.scope) is not frame.scope:
            return None
        facts = frame.scope.facts
        bindings = names.feasible(reaching(facts.bindings.get(node.id, []), node, facts), frame)
        values = [each.value for each in bindings if each.kind == "assign" and not each.path and each.value is not None]
        return self._each((value, frame) for value in values) if len(values) == len(bindings) else None

    def _called(self, node: ast.Call, frame: Frame) -> Shape | None:
        """What the generators that a call gives have one after the other."""
        found: list[Shape] = []
        for target in self.evaluator.calls.targets(node, frame):
            function = self.shapes.outcomes.function_of(target.value)
            if function is None or isinstance(function.scope.node, ast.AsyncFunctionDef):
                return None
            scope = function.scope
            if frame.depth >= MAX_CALL_DEPTH or frame.inside(scope) >= 2:
                return None
            arguments = arguments_of(node, frame)
            inner = self.evaluator.frame(Frame(scope, arguments, function.receiver, function.frame))
            given = self._yielded(scope, inner) if scope.facts.yields else self._returned(scope, inner)
            if given is None:
                return None
            found.append(given)
        return merged(found) if found else None

    def _yielded(self, scope: Scope, inner: Frame) -> Shape:
        found = []
        for each in scope.facts.yields:
            whole = isinstance(scope.facts.parents.get(each), ast.YieldFrom)
            found.append(self.shapes.elements(each, inner) if whole else self.shapes.shape(each, inner))
        return merged(found)

    def _returned(self, scope: Scope, inner: Frame) -> Shape | None:
        """What the generators have that a function without a `yield` of its own gives back."""
        returns = [each for each in scope.facts.returns if self.evaluator.calls.feasible(each, inner)]
        return self._each((each, inner) for each in returns)

    def given(self, scope: Scope) -> Shape | None:
        """What a `yield` gives to the generator's own code; None if who goes on with it is not known."""
        sent = self.sent(scope)
        return merged([self.shapes.shape(each, home) for each, home in sent]) if sent else None

    def sent(self, scope: Scope) -> list[_Given] | None:
        """What is sent into the generators that a function makes, and where; None if it is not all known.

        A loop sends None, and so does `next`, but for the one that starts a generator.
        """
        found: list[_Given] = []
        for site in self.evaluator.callers.of(scope):
            call, facts = site.arguments.node, site.scope.facts
            parent = facts.parents.get(call)
            if isinstance(parent, ast.For) and parent.iter is call:
                found.append((_NONE, self.evaluator.root(site.scope)))
                continue
            target = parent.targets[0] if isinstance(parent, ast.Assign) and len(parent.targets) == 1 else None
            if not isinstance(target, ast.Name) or len(facts.bindings.get(target.id, ())) != 1:
                return None
            for name in facts.names:
                if name.id != target.id:
                    continue
                going_on = _going_on(name, facts)
                if going_on is None:
                    return None
                found += [(each, self.evaluator.root(site.scope)) for each in going_on]
        return found


def _going_on(name: ast.Name, facts: Facts) -> list[ast.expr] | None:
    """What one use of a generator sends into it; None for a use that is not known."""
    parent = facts.parents.get(name)
    if isinstance(parent, ast.For) and parent.iter is name:
        return [_NONE]
    if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name) and parent.func.id == "next":
        again = any(isinstance(around, _LOOPS) for _, around in ancestors(parent, facts))
        return [_NONE] if again else []
    call = facts.parents.get(parent) if isinstance(parent, ast.Attribute) else None
    if not isinstance(parent, ast.Attribute) or not isinstance(call, ast.Call) or call.func is not parent:
        return None
    if parent.attr == "send" and len(call.args) == 1:
        return call.args
    return [] if parent.attr in _ENDING else None
