"""What the code after a load takes the loaded object for: a second source of shapes, beside what is sent.

A use says something only where every way after the load agrees, or where a check ends the others: what would be
refused by the shape that is read here was of no use to the receiver before.
"""

import ast
from typing import TYPE_CHECKING

from gnomon.core.shape import Shape, Unknown
from gnomon.python.project import is_test_like
from gnomon.python.scopes import Scope
from gnomon.scan.readings import Reading, joined, reading
from gnomon.scan.taken import Taken
from gnomon.scan.ways import Ways

if TYPE_CHECKING:
    from gnomon.scan.loads import Arrival
    from gnomon.scan.shapes import Shapes

BUDGET = 4_000
"""Work allowed for one load, as for what one dump sends."""
MAX_DEPTH = 5
"""Functions that an object is followed into, or out of."""


class Used:
    """Answers what loaded objects are used as, over one project."""

    def __init__(self, shapes: "Shapes") -> None:
        self.shapes = shapes
        self.evaluator = shapes.evaluator
        self.taken = Taken(self)
        self._known: dict[tuple[object, str], Reading] = {}
        self._open: list[tuple[object, str]] = []
        self._cuts = 0

    def of(self, arrival: "Arrival") -> Reading:
        """What the object is used as that one load gives."""
        if arrival.site.named_at:
            return Reading(Unknown(why="it is loaded by whoever the deserializer is handed to"))
        return self.at(arrival.node, arrival.site.where[0])

    def at(self, node: ast.AST, scope: Scope) -> Reading:
        """What the value of an expression is used as."""
        self.shapes.begin()
        with self.evaluator.allowance(BUDGET):
            return self._read((node, ""), scope)

    def parameter(self, scope: Scope, name: str) -> Reading:
        """What a function uses its parameter as."""
        return self._read((scope.node, name), scope)

    def returned(self, scope: Scope) -> Reading:
        """What those who call a function use its result as."""
        sites = self.evaluator.callers.of(scope)
        own = [site for site in sites if not is_test_like(site.scope.path)] or sites
        read = []
        for site in own:
            node = site.arguments.node
            if site.hook is not None or site.handler is not None or not isinstance(node, ast.Call):
                return Reading(Unknown(why=f"`{scope.name}` is called by a library"))
            read.append(self._read((node, ""), site.arguments.frame.scope))
        return joined(read) if read else Reading(Unknown(why=f"nothing in the target calls `{scope.name}`"))

    def _read(self, key: tuple[ast.AST, str], scope: Scope) -> Reading:
        known = self._known.get(key)
        if known is not None:
            return known
        if key in self._open or len(self._open) > MAX_DEPTH or self.evaluator.spent:
            self._cuts += 1
            return Reading(Unknown(why="it is not followed any farther"))
        self._open.append(key)
        before = self._cuts
        try:
            found = self._ways(key, scope)
        finally:
            self._open.pop()
        if not self._open or self._cuts == before:
            self._known[key] = found
        return found

    def _ways(self, key: tuple[ast.AST, str], scope: Scope) -> Reading:
        node, name = key
        if isinstance(scope.node, ast.Lambda):
            return Reading(Unknown(why=f"it is given back by a lambda ({scope.path}:{scope.start})"))
        ways = Ways(self, self.evaluator.root(scope), None if name else node, name)
        parts = ways.all()
        if ways.cut:
            return Reading(Unknown(why=f"`{scope.name}` has more ways than are followed ({scope.path}:{scope.start})"))
        read = [reading(part, lambda names: self._class_with(names, scope.path)) for part in parts if not part.dropped]
        return joined(read) if read else Reading(Unknown(why=f"`{scope.name}` does not look at it"))

    def _class_with(self, names: frozenset[str], path: str) -> Shape | None:
        """Objects of the one class that has all of these attributes: one alone is too common to tell."""
        fields = self.evaluator.fields
        owners = fields.owners_of_all(names, path) if len(names) > 1 else []
        return self.shapes.kinds.typed(owners[0]) if len(owners) == 1 else None
