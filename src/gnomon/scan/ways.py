"""The ways through a function after a message is loaded in it: statements in order, each branch a way of its own."""

import ast
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from gnomon.python.order import leaves
from gnomon.scan.conditions import Conditions
from gnomon.scan.looks import Looks
from gnomon.scan.parts import Part, Way
from gnomon.scan.patterns import Patterns

if TYPE_CHECKING:
    from gnomon.scan.used import Used
    from gnomon.scan.values import Frame

MAX_WAYS = 48
"""Ways that are told apart; where there are more nothing is told."""
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_TRIES = (ast.Try, ast.TryStar)


class _Loop:
    """The ways out of a loop that is being walked."""

    def __init__(self) -> None:
        self.broken: list[Way] = []
        self.continued: list[Way] = []


class Ways:
    """Walks one function: from a load in it, or from its start with the object in a parameter."""

    def __init__(self, used: "Used", frame: "Frame", start: ast.AST | None, parameter: str = "") -> None:
        self.scope = frame.scope
        self.looks = Looks(used, frame, start)
        self.conditions = Conditions(self.looks)
        self.patterns = Patterns(self.conditions)
        self.cut = False
        """True if there were too many ways."""
        self._parameter = parameter
        self._around = set(_ancestors(start, frame.scope.facts.parents)) if start is not None else set()
        self._loops: list[_Loop] = []
        self._done: list[Way] = []

    def all(self) -> list[Part]:
        """The loaded object as each way uses it, where a way was found that gets there."""
        root = Part() if self._parameter else None
        way = Way(root, {self._parameter: root} if root is not None else {})
        self._done += self._block(self.scope.statements, [way])
        return [each.root for each in self._done if each.root is not None]

    def _block(self, body: Iterable[ast.stmt], ways: list[Way]) -> list[Way]:
        for statement in body:
            ways = self._apart(way for each in ways for way in self._statement(statement, each))
        return ways

    def _apart(self, ways: Iterable[Way]) -> list[Way]:
        """Each way once, and no more than are followed."""
        kept: dict[object, Way] = {}
        for way in ways:
            kept.setdefault(way.key(), way)
            if len(kept) > MAX_WAYS:
                self.cut = True
                break
        return list(kept.values())

    def _statement(self, node: ast.stmt, way: Way) -> list[Way]:
        if way.root is None and node not in self._around:
            return [way]
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self.looks.captured(node, way)
            return [way]
        if node not in self._around and not isinstance(node, _ENDING) and not _names(node, way.names):
            if not _leaves_inside(node):
                return [way]
            self._done.append(way.copied())  # it may end there, without a look at the message
            return [way]
        match node:
            case ast.If():
                return self._branches(node, way)
            case ast.For() | ast.AsyncFor() | ast.While():
                return self._loop(node, way)
            case ast.Try() | ast.TryStar():
                return self._try(node, way)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    self.looks.assigned(item.optional_vars, self.looks.value(item.context_expr, way), way)
                return self._block(node.body, [way])
            case ast.Match():
                return self._match(node, way)
            case _:
                return self._simple(node, way)

    def _branches(self, node: ast.If, way: Way) -> list[Way]:
        found: list[Way] = []
        for body, holds in ((node.body, True), (node.orelse, False)):
            found += self._block(body, self.conditions.assumed(node.test, way.copied(), holds=holds))
        return found

    def _simple(self, node: ast.stmt, way: Way) -> list[Way]:
        match node:
            case ast.Assign(value=ast.IfExp() as choice) | ast.Return(value=ast.IfExp() as choice):
                return self._chosen(node, choice, way)
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                self._assign(node, way)
            case ast.Return():
                self.looks.returned(node, way)
                self._done.append(way)
                return []
            case ast.Raise():
                return []  # the program refuses it itself
            case ast.Assert():
                return self.conditions.assumed(node.test, way, holds=True)
            case ast.Break() | ast.Continue():
                return self._leave(way, broken=isinstance(node, ast.Break))
            case ast.Expr():
                if leaves([node]):
                    self._done.append(way)
                    return []
                self.looks.value(node.value, way)
            case _:
                self.looks.children(node, way)
        return [way]

    def _assign(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign, way: Way) -> None:
        if isinstance(node, ast.AugAssign):
            self.looks.augmented(node, way)
            return
        part = self.looks.value(node.value, way) if node.value is not None else None
        if isinstance(node, ast.AnnAssign):
            self.looks.declared(node, part)
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            self.looks.assigned(target, part, way)

    def _chosen(self, node: ast.Assign | ast.Return, choice: ast.IfExp, way: Way) -> list[Way]:
        """`name = a if test else b` is an `if` with two assignments."""
        found: list[Way] = []
        for value, holds in ((choice.body, True), (choice.orelse, False)):
            for each in self.conditions.assumed(choice.test, way.copied(), holds=holds):
                part = self.looks.value(value, each)
                if isinstance(node, ast.Return):
                    self.looks.handed.back(part, node)
                    self._done.append(each)
                    continue
                for target in node.targets:
                    self.looks.assigned(target, part, each)
                found.append(each)
        return found

    def _leave(self, way: Way, *, broken: bool) -> list[Way]:
        if not self._loops:
            return []
        loop = self._loops[-1]
        (loop.broken if broken else loop.continued).append(way)
        return []

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, way: Way) -> list[Way]:
        """Not at all, or once: a further round is like the first."""
        skipped, endless = [way.copied()], False
        if isinstance(node, ast.While):
            endless = isinstance(node.test, ast.Constant) and bool(node.test.value)
            inside = self.conditions.assumed(node.test, way, holds=True)
            skipped = [] if endless else self.conditions.assumed(node.test, skipped[0], holds=False)
        else:
            part = self.looks.value(node.iter, way)
            self.looks.iterated(node, part, way)
            skipped = [way.copied()]
            self.looks.over(node, part, way)
            inside = [way]
        self._loops.append(_Loop())
        ended = self._block(node.body, inside)
        loop = self._loops.pop()
        rounds = [*ended, *loop.continued]
        if endless:
            self._done += rounds
            return loop.broken
        return [*self._block(node.orelse, [*skipped, *rounds]), *loop.broken]

    def _try(self, node: ast.Try | ast.TryStar, way: Way) -> list[Way]:
        """An error inside ends the way, unless the handler goes on with what the message was before."""
        before = way.copied()
        found = self._block(node.orelse, self._block(node.body, [way]))
        for handler in node.handlers:
            read = {each.id for part in handler.body for each in ast.walk(part) if isinstance(each, ast.Name)}
            for each in found:
                for name in read & each.names.keys() - before.names.keys():
                    each.names[name].gone = f"may be read after an error ({self.looks.place(handler)})"
            failed = before.copied()
            if failed.root is not None:
                failed.root.denied = True
                found = [*found, *self._block(handler.body, [failed])]
        return self._block(node.finalbody, found)

    def _match(self, node: ast.Match, way: Way) -> list[Way]:
        part = self.looks.value(node.subject, way)
        label = part.label if part is not None else None
        rest, found = [way], []
        for case in node.cases:
            matched, others = [], []
            for each in rest:
                subject = self.looks.value(node.subject, each) if label is not None else None
                for one, holds in self.patterns.matched(case.pattern, subject, each):
                    if holds and case.guard is not None:
                        others.append(one.copied())
                        matched += self.conditions.assumed(case.guard, one, holds=True)
                    elif holds:
                        matched.append(one)
                    else:
                        others.append(one)
            found += self._block(case.body, self._apart(matched))
            rest = self._apart(others)
        return [*found, *rest]


_ENDING = (ast.Return, ast.Raise, ast.Break, ast.Continue)


def _ancestors(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    current: ast.AST | None = node
    while current is not None:
        yield current
        current = parents.get(current)


def _names(node: ast.AST, names: Iterable[str]) -> bool:
    known = set(names)
    return any(isinstance(each, ast.Name) and each.id in known for each in ast.walk(node))


def _leaves_inside(node: ast.AST) -> bool:
    """True if a way may end inside of a statement."""
    return any(isinstance(each, (ast.Return, ast.Break, ast.Continue)) for each in ast.walk(node))
