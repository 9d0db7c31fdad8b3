"""Where a loaded object goes: calls that it is given to or that are its own methods, and what it is returned to."""

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gnomon.core.shape import Mapping, Plain, Unknown, unknowns
from gnomon.python.facts import last_name
from gnomon.scan.calls import ORDINARY_NAMES
from gnomon.scan.methods import METHODS, of_argument
from gnomon.scan.parts import Part, Way
from gnomon.scan.readings import Reading

if TYPE_CHECKING:
    from gnomon.scan.looks import Looks

_ANYTHING = Unknown(why="what is in it is not looked at")
_NEUTRAL = frozenset({
    "print", "repr", "str", "len", "type", "id", "bool", "format", "hash", "callable", "isinstance", "hasattr",
    "debug", "info", "warning", "warn", "error", "exception", "critical", "log",
})  # fmt: skip
"""Calls that any object can be given to, and that keep nothing of it."""
_TRANSPARENT = frozenset({"wait_for", "shield"})
"""Calls of asyncio that give what their first argument gives."""


class Handed:
    """Calls in one function."""

    def __init__(self, looks: "Looks") -> None:
        self.looks = looks

    def back(self, part: Part | None, node: ast.AST) -> None:
        """What a part is that is returned: as the function declares its result, or as callers use it."""
        if part is None:
            return
        scope = self.looks.frame.scope
        returns = getattr(scope.node, "returns", None)
        declared = self.looks.used.shapes.declared(returns, self.looks.frame) if returns is not None else None
        if declared is not None and not isinstance(declared, Unknown):
            told = f"is what `{scope.name}` declares to return ({scope.path}:{scope.start})"
            self.looks.tell(part, declared, told)
            if not unknowns(declared):
                return
        self._takes(part, self.looks.used.returned(scope), "is returned", node)

    def _takes(self, part: Part, taken: Reading, said: str, node: ast.AST) -> None:
        """Something of the target takes the part, and uses it so."""
        if all(isinstance(each, Unknown) for each in (taken.shape, *getattr(taken.shape, "shapes", ()))):
            why = taken.shape.why if isinstance(taken.shape, Unknown) else "what takes it does not tell"
            part.gone = part.gone or f"{said} ({self.looks.place(node)}), where {why}"
            return
        told = f"{said} ({self.looks.place(node)})" + (f", where {'; '.join(taken.whys[:3])}" if taken.whys else "")
        self.looks.tell(part, taken.shape, told)

    def call(self, node: ast.Call, way: Way) -> Part | None:
        """The part that a call gives; what it is given is told of."""
        function = node.func
        if isinstance(function, ast.Attribute):
            base = self.looks.value(function.value, way)
            if base is not None:
                return self._method(base, function, node, way)
        elif not isinstance(function, ast.Name):
            self.looks.parts([function], way)
        if last_name(function) == "getattr" and len(node.args) >= 2:
            return self._named(node, way)
        if last_name(function) in _TRANSPARENT and node.args:
            return self.looks.value(node.args[0], way)
        if last_name(function) == "cast" and len(node.args) == 2:
            return self._cast(node, way)
        given = list(self._given(node, way))
        if given and last_name(function) not in _NEUTRAL:
            for part, place, spread in given:
                self._passed(part, place, spread, node)
        return None

    def _cast(self, node: ast.Call, way: Way) -> Part | None:
        """`typing.cast(Type, value)` is the value, declared to be of the type."""
        part = self.looks.value(node.args[1], way)
        shape = self.looks.used.shapes.declared(node.args[0], self.looks.frame) if part is not None else None
        if part is not None and shape is not None and not isinstance(shape, Unknown):
            self.looks.tell(part, shape, f"is declared `{ast.unparse(node.args[0])[:60]}` ({self.looks.place(node)})")
        return part

    def _named(self, node: ast.Call, way: Way) -> Part | None:
        """`getattr(…)` of the object, or by a name that is part of it."""
        base = self.looks.value(node.args[0], way)
        for part in self.looks.parts(node.args[1:2], way):
            self.looks.tell(part, Plain("str"), f"names an attribute ({self.looks.place(node)})")
        for part in self.looks.parts(node.args[2:], way):
            part.gone = f"is one of several values ({self.looks.place(node)})"
        name = self.looks.text(node.args[1])
        if base is not None and name is not None:
            if len(node.args) == 2:
                self.looks.note(base, node)
            return base.member(name)
        return None

    def _given(self, node: ast.Call, way: Way) -> Iterator[tuple[Part, str, str]]:
        """Parts that a call is given, with their places, and `*` or `**` where they are spread."""
        for index, argument in enumerate(node.args):
            part = self.looks.value(argument, way)
            if part is not None:
                yield part, str(index), "*" if isinstance(argument, ast.Starred) else ""
        for keyword in node.keywords:
            part = self.looks.value(keyword.value, way)
            if part is not None:
                yield part, keyword.arg or "", "" if keyword.arg else "**"

    def _passed(self, part: Part, place: str, spread: str, node: ast.Call) -> None:
        name = ast.unparse(node.func)[:60]
        if self.looks.maybe:
            part.gone = part.gone or f"may be given to `{name}` ({self.looks.place(node)})"
            return
        if spread:
            shape = self.looks.used.taken.spread(node, self.looks.frame, spread)
            if shape is None and spread == "**":
                shape = Mapping(key=Plain("str"), value=_ANYTHING)
            if shape is None:
                part.gone = part.gone or f"is given to `{name}` by `*` ({self.looks.place(node)})"
            else:
                self.looks.tell(part, shape, f"is given to `{name}` by `{spread}` ({self.looks.place(node)})")
            return
        taken = self.looks.used.taken.by(node, place, self.looks.frame)
        if taken is None:
            part.gone = part.gone or f"is given to `{name}`, which is not followed ({self.looks.place(node)})"
        else:
            self._takes(part, taken, f"is given to `{name}`", node)

    def _method(self, base: Part, function: ast.Attribute, node: ast.Call, way: Way) -> Part | None:
        """A method of the object."""
        name = function.attr
        given = [part for part, _, _ in self._given(node, way)]
        for part in given:
            part.gone = part.gone or f"is given to `{ast.unparse(function)[:60]}` ({self.looks.place(node)})"
        key = self.looks.text(node.args[0]) if node.args and name in ("get", "pop", "setdefault") else None
        if key is not None:
            needed = name == "pop" and len(node.args) == 1
            return self.looks.key(base, key, node, needed=needed)
        told = f"has `.{name}()` called ({self.looks.place(node)})"
        shape = METHODS.get(name) or of_argument(name, node)
        if shape is not None:
            self.looks.tell(base, shape, told, weak=not isinstance(shape, Mapping))
        if isinstance(shape, Mapping) or (shape is None and name in ORDINARY_NAMES):
            base.gone = base.gone or told
        elif shape is None:
            self.looks.note(base, node)
            base.member(name)
        return None
