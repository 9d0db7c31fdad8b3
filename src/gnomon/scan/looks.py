"""What expressions do with a loaded object: its keys, items and attributes that are read, and where it goes."""

import ast
from typing import TYPE_CHECKING

from gnomon.core.merging import merged
from gnomon.core.shape import Keyed, Mapping, Plain, Shape, Unknown
from gnomon.scan.handed import Handed
from gnomon.scan.parts import Part, Told, Way
from gnomon.scan.values import Const

if TYPE_CHECKING:
    from gnomon.scan.used import Used
    from gnomon.scan.values import Frame

_NUMBER = merged([Plain("int"), Plain("float")])
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)


class Looks:
    """Reads expressions of one function, for one way at a time."""

    def __init__(self, used: "Used", frame: "Frame", start: ast.AST | None) -> None:
        self.used = used
        self.frame = frame
        self.start = start
        shared = (each for each in ast.walk(frame.scope.node) if isinstance(each, (ast.Global, ast.Nonlocal)))
        self._shared = {name for each in shared for name in each.names}
        self.handed = Handed(self)
        self.maybe = 0
        """Above 0 inside of what may not be evaluated: it says nothing of what the object has to be."""

    def place(self, node: ast.AST) -> str:
        """`server.py:12`."""
        return f"{self.frame.scope.path}:{getattr(node, 'lineno', self.frame.scope.start)}"

    def shape(self, node: ast.expr) -> Shape:
        """What an expression can be that has nothing to do with the object."""
        return self.used.shapes.shape(node, self.frame)

    def is_constant(self, node: ast.expr) -> bool:
        """True if an expression has one value, which is written in the target."""
        found = self.used.evaluator.values(node, self.frame)
        return isinstance(node, ast.Constant) or (len(found) == 1 and isinstance(found[0].value, Const))

    def text(self, node: ast.expr) -> str | None:
        """The text that a key is."""
        return self.used.shapes.text(node, self.frame)

    def classes(self, node: ast.expr) -> Shape:
        """Objects of the classes that a test names."""
        named = node.elts if isinstance(node, ast.Tuple) else [node]
        return merged([self.used.shapes.declared(each, self.frame) for each in named])

    def value(self, node: ast.expr, way: Way) -> Part | None:
        """The part of the object that an expression is; None for anything else. Notes what is done with parts."""
        if node is self.start:
            way.root = way.root or Part()
            return way.root
        match node:
            case ast.Name():
                return way.names.get(node.id)
            case ast.NamedExpr():
                part = self.value(node.value, way)
                self.assigned(node.target, part, way)
                return part
            case ast.Await() | ast.Starred():
                return self.value(node.value, way)
            case ast.Attribute():
                return self._attribute(self.value(node.value, way), node)
            case ast.Subscript():
                return self._subscript(node, way)
            case ast.Call():
                return self.handed.call(node, way)
            case _:
                self._made_of(node, way)
        return None

    def _made_of(self, node: ast.expr, way: Way) -> None:
        """What a new value is computed of."""
        match node:
            case ast.BinOp():
                self._computed(node, way)
            case ast.Compare():
                self.parts([node.left, *node.comparators], way)
            case ast.BoolOp() | ast.IfExp():
                self._choice(node, way)
            case ast.JoinedStr() | ast.FormattedValue() | ast.UnaryOp():
                self._children(node, way)
            case ast.Lambda():
                self.captured(node, way)
            case _ if isinstance(node, _COMPREHENSIONS):
                self._comprehension(node, way)
            case _:
                for part in self._children(node, way):
                    part.gone = f"is put into another value ({self.place(node)})"

    def parts(self, nodes: list[ast.expr], way: Way) -> list[Part]:
        """Those expressions that are parts of the object."""
        found = [self.value(node, way) for node in nodes]
        return [part for part in found if part is not None]

    def _children(self, node: ast.AST, way: Way) -> list[Part]:
        return self.parts([each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)], way)

    def children(self, node: ast.stmt, way: Way) -> None:
        """A statement of another kind: what it does with the object is not followed."""
        for part in self._children(node, way):
            part.gone = f"is used where it is not followed ({self.place(node)})"

    def _choice(self, node: ast.BoolOp | ast.IfExp, way: Way) -> None:
        """Only what comes first is sure to be evaluated; what comes of it is not followed."""
        sides = list(node.values) if isinstance(node, ast.BoolOp) else [node.test, node.body, node.orelse]
        found = self.parts(sides[:1], way) if isinstance(node, ast.BoolOp) else []
        if isinstance(node, ast.IfExp):
            self.value(node.test, way)
        self.maybe += 1
        found += self.parts(sides[1:], way)
        self.maybe -= 1
        for part in found:
            part.gone = part.gone or f"is one of several values ({self.place(node)})"

    def tell(self, part: Part, shape: Shape, why: str, *, weak: bool = False) -> None:
        """Note what a use says, if it is sure to be one."""
        if not self.maybe:
            (part.weak if weak else part.told).append(Told(shape, why))

    def note(self, part: Part, node: ast.AST) -> None:
        """Remember where something of the part is first read for sure."""
        if not self.maybe:
            part.noted = part.noted or self.place(node)

    def key(self, whole: Part, name: str, node: ast.AST, *, needed: bool) -> Part:
        """What is under a key that is read."""
        if name in whole.over:
            return whole.over[name]
        self.note(whole, node)
        if needed and not self.maybe:
            whole.needed.add(name)
        return whole.under(name)

    def _attribute(self, base: Part | None, node: ast.Attribute) -> Part | None:
        if base is None:
            return None
        self.note(base, node)
        return base.member(node.attr)

    def _subscript(self, node: ast.Subscript, way: Way) -> Part | None:
        base = self.value(node.value, way)
        if base is None:
            for part in self.parts([node.slice], way):
                self._looked_up(part, node)
            return None
        index = node.slice
        if isinstance(index, ast.Constant) and isinstance(index.value, int):
            return base.at(index.value)
        name = self.text(index) if not isinstance(index, ast.Slice) else None
        if name is not None:
            return self.key(base, name, node, needed=True)
        self.parts([index], way)
        base.gone = f"is read by `{ast.unparse(node)[:60]}` ({self.place(node)})"
        return None

    def _looked_up(self, part: Part, node: ast.Subscript) -> None:
        """A key that something else is asked for: as the keys of that are."""
        table = self.shape(node.value)
        key: Shape | None = Plain("str") if isinstance(table, Keyed) and table.fields else None
        key = table.key if isinstance(table, Mapping) else key
        if isinstance(key, Plain):
            self.tell(part, key, f"is looked up in `{ast.unparse(node.value)[:60]}` ({self.place(node)})", weak=True)

    def _computed(self, node: ast.BinOp, way: Way) -> None:
        for side, other in ((node.left, node.right), (node.right, node.left)):
            part = self.value(side, way)
            if part is None:
                continue
            constant = other.value if isinstance(other, ast.Constant) else None
            told = f"is part of `{ast.unparse(node)[:60]}` ({self.place(node)})"
            if isinstance(constant, (str, bytes)) and isinstance(node.op, ast.Add):
                self.tell(part, Plain("str" if isinstance(constant, str) else "bytes"), told, weak=True)
            elif isinstance(constant, (int, float)) and not isinstance(node.op, (ast.Mult, ast.Mod)):
                self.tell(part, _NUMBER, told, weak=True)

    def _comprehension(self, node: ast.expr, way: Way) -> None:
        """Each element is treated alike, unless there is a condition."""
        inner = Way(way.root, dict(way.names))
        generators: list[ast.comprehension] = getattr(node, "generators", [])
        part = self.value(generators[0].iter, way)
        unsure = part is None or len(generators) > 1 or bool(generators[0].ifs)
        self.maybe += unsure
        if part is not None:
            self.note(part, node)
            self.assigned(generators[0].target, part.each(), inner)
        else:
            self._forget(generators[0].target, inner)
        for generator in generators[1:]:
            self._forget(generator.target, inner)
        for each in ast.iter_child_nodes(node):
            if isinstance(each, ast.expr):
                for found in self.parts([each], inner):
                    found.gone = found.gone or f"is put into another value ({self.place(node)})"
        for generator in generators:
            self.parts([*generator.ifs, *([] if generator is generators[0] else [generator.iter])], inner)
        self.maybe -= unsure

    # what is bound

    def bound(self, name: str, part: Part | None, way: Way) -> None:
        """A name gets the part, or something else."""
        if part is None:
            way.names.pop(name, None)
            return
        way.names[name] = part
        if name in self._shared or not self.frame.scope.is_function:
            part.gone = part.gone or f"is kept in `{name}`, which other functions see"

    def assigned(self, target: ast.expr | None, part: Part | None, way: Way) -> None:
        """A target gets the part, or something else."""
        match target:
            case ast.Name():
                self.bound(target.id, part, way)
            case ast.Tuple() | ast.List():
                starred = any(isinstance(each, ast.Starred) for each in target.elts)
                if part is not None and not starred:
                    part.length = len(target.elts)
                    self.note(part, target)
                for index, each in enumerate(target.elts):
                    inner = each.value if isinstance(each, ast.Starred) else each
                    self.assigned(inner, part.at(index) if part is not None and not starred else None, way)
            case ast.Subscript():
                self._stored(target, part, way)
            case ast.Attribute():
                base = self.value(target.value, way)
                if base is not None:
                    base.gone = f"is changed ({self.place(target)})"
                if part is not None:
                    part.gone = part.gone or f"is kept in `{ast.unparse(target)[:60]}` ({self.place(target)})"

    def _stored(self, target: ast.Subscript, part: Part | None, way: Way) -> None:
        base = self.value(target.value, way)
        name = self.text(target.slice) if base is not None else None
        if base is not None and name is not None:
            base.over[name] = part or Part()
        elif base is not None:
            base.gone = f"is changed ({self.place(target)})"
        if part is not None:
            part.gone = part.gone or f"is kept in `{ast.unparse(target)[:60]}` ({self.place(target)})"

    def _forget(self, target: ast.expr, way: Way) -> None:
        for each in ast.walk(target):
            if isinstance(each, ast.Name):
                way.names.pop(each.id, None)

    def augmented(self, node: ast.AugAssign, way: Way) -> None:
        """`name += part` is an operation, and gives the name something else."""
        self._computed(ast.copy_location(ast.BinOp(left=node.target, op=node.op, right=node.value), node), way)
        if isinstance(node.target, ast.Name):
            self.bound(node.target.id, None, way)

    def declared(self, node: ast.AnnAssign, part: Part | None) -> None:
        """What the target's annotation says."""
        shape = self.used.shapes.declared(node.annotation, self.frame)
        if part is not None and not isinstance(shape, Unknown):
            told = f"is declared `{ast.unparse(node.annotation)[:60]}` ({self.place(node)})"
            self.tell(part, shape, told)

    def captured(self, node: ast.AST, way: Way) -> None:
        """A function that is defined here may use what it finds in this one, at any time."""
        for each in ast.walk(node):
            if isinstance(each, ast.Name) and each.id in way.names:
                way.names[each.id].gone = f"is used by a function that is defined there ({self.place(node)})"

    def iterated(self, node: ast.For | ast.AsyncFor, part: Part | None, way: Way) -> None:
        """A loop takes elements from the part; there may be none."""
        if part is not None:
            self.note(part, node)
            part.each()
        self._forget(node.target, way)

    def over(self, node: ast.For | ast.AsyncFor, part: Part | None, way: Way) -> None:
        """The loop's target is an element."""
        if part is not None:
            self.assigned(node.target, part.each(), way)

    def returned(self, node: ast.Return, way: Way) -> None:
        """What callers do with what they are given."""
        part = self.value(node.value, way) if node.value is not None else None
        self.handed.back(part, node)
