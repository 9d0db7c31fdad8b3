"""What a condition tells of a loaded object, where it holds and where it does not."""

import ast
from typing import TYPE_CHECKING

from gnomon.core.merging import merged
from gnomon.core.shape import Plain, Record, Shape
from gnomon.python.facts import last_name
from gnomon.scan.parts import Part, Told, Way

if TYPE_CHECKING:
    from gnomon.scan.looks import Looks

NONE = Plain("None")
"""The shape of nothing."""


class Conditions:
    """Splits ways by tests and patterns."""

    def __init__(self, looks: "Looks") -> None:
        self.looks = looks

    def assumed(self, test: ast.expr, way: Way, *, holds: bool) -> list[Way]:
        """The ways on which the test comes out so."""
        match test:
            case ast.UnaryOp(op=ast.Not()):
                return self.assumed(test.operand, way, holds=not holds)
            case ast.BoolOp():
                return self._several(test, way, holds=holds)
            case ast.Call(func=ast.Name(id="isinstance"), args=[value, classes]):
                part = self.looks.value(value, way)
                if part is not None:
                    self._tested(part, self.looks.classes(classes), test, holds=holds)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                self._compared(test, left, op, right, way, holds=holds)
            case _:
                part = self.looks.value(test, way)
                if part is not None and not holds:
                    part.weak.append(Told(NONE, f"is tested by `{short(test)}` ({self.looks.place(test)})"))
                    part.denied = True
        return [way]

    def _several(self, test: ast.BoolOp, way: Way, *, holds: bool) -> list[Way]:
        """All of them come out so, or one after another does not."""
        together = isinstance(test.op, ast.And) is holds
        if together:
            ways = [way]
            for value in test.values:
                ways = [each for one in ways for each in self.assumed(value, one, holds=holds)]
            return ways
        found, ways = [], [way]
        for value in test.values:
            ending = [each.copied() for each in ways]
            found += [each for one in ending for each in self.assumed(value, one, holds=holds)]
            ways = [each for one in ways for each in self.assumed(value, one, holds=not holds)]
        return found

    def _tested(self, part: Part, shape: Shape, test: ast.expr, *, holds: bool) -> None:
        if holds:
            part.told.append(Told(shape, f"is tested by `{short(test)}` ({self.looks.place(test)})"))
        else:
            part.denied = True

    def _compared(
        self, test: ast.Compare, left: ast.expr, op: ast.cmpop, right: ast.expr, way: Way, *, holds: bool
    ) -> None:
        if isinstance(op, (ast.NotEq, ast.IsNot, ast.NotIn)):
            holds = not holds
        if isinstance(op, (ast.In, ast.NotIn)):
            self._contained(test, left, right, way, holds=holds)
            return
        typed = _type_of(left)
        if typed is not None and isinstance(op, (ast.Is, ast.IsNot, ast.Eq, ast.NotEq)):
            part = self.looks.value(typed, way)
            if part is not None:
                self._tested(part, self.looks.classes(right), test, holds=holds)
            return
        sides = [(self.looks.value(left, way), right), (self.looks.value(right, way), left)]
        for part, other in sides:
            shape = self.constant(other) if part is not None else None
            if part is not None and shape is not None:
                self._equals(part, shape, test, op, holds=holds)
                return

    def _equals(self, part: Part, shape: Shape, test: ast.Compare, op: ast.cmpop, *, holds: bool) -> None:
        told = Told(shape, f"is compared in `{short(test)}` ({self.looks.place(test)})")
        if isinstance(op, (ast.Eq, ast.NotEq, ast.Is, ast.IsNot)):
            if holds:
                part.told.append(told)
            elif shape != NONE:
                part.compared.append(told)
            else:
                part.denied = True
        elif shape in (Plain("int"), Plain("float")):
            part.weak.append(Told(merged([Plain("int"), Plain("float")]), told.why))
        elif shape == Plain("str"):
            part.weak.append(told)

    def _contained(self, test: ast.Compare, left: ast.expr, right: ast.expr, way: Way, *, holds: bool) -> None:
        """`part in ("a", "b")`, and `"key" in part`."""
        whole = self.looks.value(right, way)
        part = self.looks.value(left, way)
        if whole is not None:
            name = self.looks.text(left)
            if name is None:
                whole.gone = f"is searched for `{short(left)}` ({self.looks.place(test)})"
            elif holds:
                self.looks.key(whole, name, test, needed=True)
            else:
                whole.denied = True
        elif part is not None:
            items = right.elts if isinstance(right, (ast.Tuple, ast.List, ast.Set)) else []
            shapes = [self.constant(item) for item in items]
            known = [shape for shape in shapes if shape is not None]
            if known and len(known) == len(shapes):
                (part.told if holds else part.compared).append(Told(merged(known), self._said(test)))

    def _said(self, test: ast.expr) -> str:
        return f"is compared in `{short(test)}` ({self.looks.place(test)})"

    def constant(self, node: ast.expr) -> Shape | None:
        """The shape of a constant, or of an enum's member; None for anything else, such as a variable."""
        if not isinstance(node, (ast.Constant, ast.Name, ast.Attribute)):
            return None
        shape = self.looks.shape(node)
        if isinstance(shape, Plain):
            return shape if self.looks.is_constant(node) else None
        return shape if isinstance(shape, Record) and shape.kind == "enum" else None


def _type_of(node: ast.expr) -> ast.expr | None:
    """What `type(…)` is asked of."""
    if isinstance(node, ast.Call) and last_name(node.func) == "type" and len(node.args) == 1:
        return node.args[0]
    return None


def short(node: ast.AST) -> str:
    """Code as it is told, of any length."""
    return ast.unparse(node)[:60]
