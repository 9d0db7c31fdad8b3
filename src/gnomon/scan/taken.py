"""What functions and classes of the target take: by annotation, and by what a function does with its parameter."""

import ast
from typing import TYPE_CHECKING

from gnomon.core.merging import merged
from gnomon.core.shape import Keyed, Plain, Record, Row, Shape, Unknown, unknowns
from gnomon.python.facts import defaults
from gnomon.python.scopes import Scope
from gnomon.scan.annotations import annotation_of
from gnomon.scan.readings import Reading, joined
from gnomon.scan.values import Class, Found, Frame, Function

if TYPE_CHECKING:
    from gnomon.scan.used import Used

BUDGET = 600
"""Work allowed for finding out what one call calls."""
_MADE_OF_FIELDS = ("dataclass", "pydantic", "struct", "namedtuple", "typeddict")
_OPEN = Unknown(why="what takes it does not declare it")


class Taken:
    """Parameters of what is called."""

    def __init__(self, used: "Used") -> None:
        self.used = used
        self.evaluator = used.shapes.evaluator

    def _targets(self, node: ast.Call, frame: Frame) -> list[Function | Class] | None:
        """What is called; None unless all of it is of the target."""
        with self.evaluator.allowance(BUDGET):
            found: list[Found] = self.evaluator.calls.targets(node, frame)
        targets = [item.value for item in found if isinstance(item.value, (Function, Class))]
        return targets if found and len(targets) == len(found) else None

    def by(self, node: ast.Call, place: str, frame: Frame) -> Reading | None:
        """What an argument has to be, by its position or keyword; None if that is not known."""
        targets = self._targets(node, frame)
        read = [self._one(target, place) for target in targets or ()]
        known = [each for each in read if each is not None]
        return joined(known) if known and len(known) == len(read) else None

    def _one(self, target: Function | Class, place: str) -> Reading | None:
        if isinstance(target, Class):
            constructor = self._constructor(target.scope)
            if constructor is None:
                return self._field(target.scope, place)
            return self._parameter(constructor, place)
        return self._parameter(target.scope, place)

    def _constructor(self, scope: Scope) -> Scope | None:
        for current in self.evaluator.fields.classes.inherited(scope):
            for child in current.children:
                if child.name == "__init__":
                    return child
        return None

    def _field(self, scope: Scope, place: str) -> Reading | None:
        shape = self.used.shapes.kinds.of(scope)
        fields = list(shape.fields) if isinstance(shape, Record) and shape.kind in _MADE_OF_FIELDS else []
        named = dict(fields)
        found = named.get(place) if not place.isdigit() else None
        if place.isdigit() and int(place) < len(fields):
            found = fields[int(place)][1]
        return Reading(found, (f"`{scope.name}` declares it ({scope.path}:{scope.start})",)) if found else None

    def _parameter(self, scope: Scope, place: str) -> Reading | None:
        node = scope.node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return None
        names = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args)]
        if scope.enclosing_class is not None and not self._is_static(scope):
            names = names[1:]
        keywords = [*names, *(arg.arg for arg in node.args.kwonlyargs)]
        name = place if place in keywords else ""
        if place.isdigit() and int(place) < len(names):
            name = names[int(place)]
        if not name:
            return None
        declared = self._declared(scope, name)
        if declared is not None and not unknowns(declared):
            return Reading(declared, (f"`{scope.name}` declares it ({scope.path}:{scope.start})",))
        inner = self.used.parameter(scope, name)
        if declared is not None and not isinstance(declared, Unknown) and isinstance(inner.shape, Unknown):
            return Reading(declared, (f"`{scope.name}` declares it ({scope.path}:{scope.start})",))
        return inner

    def _declared(self, scope: Scope, name: str) -> Shape | None:
        annotation = annotation_of(scope, name)
        if annotation is None or scope.parent is None:
            return None
        shape = self.used.shapes.declared(annotation, self.evaluator.root(scope.parent))
        default = dict(defaults(scope.node)).get(name) if isinstance(scope.node, ast.FunctionDef) else None
        if isinstance(default, ast.Constant) and default.value is None:
            return merged([shape, Plain("None")])
        return shape

    @staticmethod
    def _is_static(scope: Scope) -> bool:
        return any(isinstance(each, ast.Name) and each.id == "staticmethod" for each in scope.decorators())

    def spread(self, node: ast.Call, frame: Frame, kind: str) -> Shape | None:
        """What `*` or `**` spreads into a call, where that is all of one class's or function's parameters."""
        targets = self._targets(node, frame)
        if targets is None or len(targets) != 1:
            return None
        given = {keyword.arg for keyword in node.keywords if keyword.arg is not None}
        alone = not given and sum(not isinstance(each, ast.Starred) for each in node.args) == 0
        fields = self._fields(targets[0])
        if fields is None or len(node.args) + len(node.keywords) > 1 + len(given) or (kind == "*" and not alone):
            return None
        if kind == "*":
            return None if any(optional for _, _, optional in fields) else Row(items=tuple(s for _, s, _ in fields))
        rest = [(name, shape, optional) for name, shape, optional in fields if name not in given]
        return Keyed(
            fields=tuple((name, shape) for name, shape, _ in rest),
            optional=tuple(name for name, _, optional in rest if optional),
        )

    def _fields(self, target: Function | Class) -> list[tuple[str, Shape, bool]] | None:
        """Name, shape and whether it may be left out; None if anything can be given."""
        scope = target.scope
        if isinstance(target, Class):
            constructor = self._constructor(scope)
            if constructor is None:
                return self._of_class(scope)
            scope = constructor
        node = scope.node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) or node.args.kwarg or node.args.vararg:
            return None
        names = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args)]
        if scope.enclosing_class is not None and not self._is_static(scope):
            names = names[1:]
        names += [arg.arg for arg in node.args.kwonlyargs]
        optional = {name for name, _ in defaults(node)}
        return [(name, self._declared(scope, name) or _OPEN, name in optional) for name in names]

    def _of_class(self, scope: Scope) -> list[tuple[str, Shape, bool]] | None:
        shape = self.used.shapes.kinds.of(scope)
        if not isinstance(shape, Record) or shape.kind not in _MADE_OF_FIELDS:
            return None
        records = self.evaluator.fields.classes.record_fields(scope)
        optional = {name for name, statement, _ in records if statement.value is not None}
        return [(name, inner, name in optional) for name, inner in shape.fields]
