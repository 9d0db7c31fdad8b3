"""What a call gives: of a function of the target, a class, a method of a known value, or a well-known library."""

import ast
from typing import TYPE_CHECKING

from gnomon.core.merging import NOTHING, merged, without_none
from gnomon.core.shape import Either, Failure, Keyed, Mapping, Plain, Record, Row, Sequence, Shape, Unknown, unknowns
from gnomon.python.project import dotted_name
from gnomon.python.scopes import Scope
from gnomon.scan import computed, results
from gnomon.scan.calls import MAX_CALL_DEPTH
from gnomon.scan.values import (
    Arguments,
    Bound,
    Class,
    External,
    Frame,
    Function,
    Instance,
    Outside,
    Partial,
    Value,
    arguments_of,
)

if TYPE_CHECKING:
    from gnomon.scan.shapes import Shapes

_INT, _STR = Plain("int"), Plain("str")
_SAME = frozenset({"copy.copy", "copy.deepcopy", "typing.cast", "abs"})
_GIVING_BACK = frozenset({"get", "pop", "setdefault", "copy", "items", "keys", "values"})


class Outcomes:
    """Calls."""

    def __init__(self, shapes: "Shapes") -> None:
        self.shapes = shapes
        self.evaluator = shapes.evaluator

    def call(self, node: ast.Call, frame: Frame) -> Shape:
        """What a call expression gives."""
        if isinstance(node.func, ast.Attribute):
            known = self._method(node, node.func, frame)
            if known is not None:
                return known
        targets = self.evaluator.calls.targets(node, frame)
        found = [self._called(target.value, node, frame) for target in targets]
        return merged(found) if found else self._unsure(node, frame)

    def _unsure(self, node: ast.AST, frame: Frame, why: str = "") -> Unknown:
        told = ast.unparse(node.func)[:60] if isinstance(node, ast.Call) else "this"
        return self.shapes.unknown(why or f"what `{told}(…)` gives could not be followed", node, frame)

    def _called(self, value: Value, node: ast.Call, frame: Frame) -> Shape:
        match value:
            case Function() | Instance(type=Scope()) if (function := self.function_of(value)) is not None:
                return self.returned(function, arguments_of(node, frame), node, frame)
            case Class():
                return self.shapes.kinds.of(value.scope)
            case External():
                return self._library(value.name, node, frame)
            case Bound(receivers=receivers) if any(isinstance(item.value, Outside) for item in receivers):
                return self._unsure(node, frame)
            case Bound():
                return results.LIBRARY.get(value.api) or self._unsure(node, frame, f"`{value.api}` gives it")
            case Partial():
                return self._called(value.function.value, node, frame)
            case Outside():
                return self._unsure(node, frame, f"it was received by `{value.api}`")
            case _:
                return self._unsure(node, frame)

    def function_of(self, value: Value) -> Function | None:
        """The function of the target that runs where a value is called: itself, or the `__call__` of an object."""
        if isinstance(value, Instance) and isinstance(value.type, Scope):
            definers = self.evaluator.fields.classes.definers(value.type, "__call__")
            target = definers[-1].target if definers else None
            return Function(target, value) if isinstance(target, Scope) else None
        return value if isinstance(value, Function) else None

    def returned(self, function: Function, arguments: Arguments, node: ast.AST, frame: Frame) -> Shape:
        """What a function of the target returns."""
        scope, declared = function.scope, None
        waits = isinstance(frame.scope.facts.parents.get(node), ast.Await)
        if isinstance(scope.node, ast.AsyncFunctionDef) and not waits:
            return self._unsure(node, frame, f"`{scope.name}` is asynchronous, and not awaited here")
        if scope.facts.yields:
            return self._unsure(node, frame, f"`{scope.name}` gives a generator, which runs in this process alone")
        returns = getattr(scope.node, "returns", None)
        if returns is not None and scope.parent is not None:
            declared = self.shapes.declared(returns, self.evaluator.root(scope.parent))
            if not unknowns(declared):
                return declared
        if frame.depth >= MAX_CALL_DEPTH or frame.inside(scope) >= 2:
            return declared or self._unsure(node, frame, "calls are nested too deeply here")
        inner = self.evaluator.frame(Frame(scope, arguments, function.receiver, function.frame))
        found = [
            self.shapes.shape(each, inner) for each in scope.facts.returns if self.evaluator.calls.feasible(each, inner)
        ]
        given = merged(found) if scope.facts.returns else Plain("None")
        return computed.better(given, declared)

    def _library(self, name: str, node: ast.Call, frame: Frame) -> Shape:
        """What a function or class of a library gives."""
        arguments = [self.shapes.shape(each, frame) for each in node.args if not isinstance(each, ast.Starred)]
        if name in _SAME and arguments:
            return arguments[-1]
        if name in ("os.getenv", "os.environ.get") and arguments:
            return results.from_environment(default=arguments[1] if len(arguments) > 1 else None)
        if name == "vars" and arguments:
            return self._variables(arguments[0], node, frame)
        if name in ("dataclasses.asdict", "attrs.asdict", "attr.asdict") and arguments:
            return self._as_dictionary(arguments[0], node, frame)
        known = results.LIBRARY.get(name) or results.CONVERTING.get(name)
        if known is not None:
            return known
        if results.is_exception(name):
            return Failure(name=name)
        made = self._container(name, arguments, node, frame)
        return made if made is not None else self._unsure(node, frame, f"`{name}` gives it, which is not followed")

    def _container(self, name: str, arguments: list[Shape], node: ast.Call, frame: Frame) -> Shape | None:
        """`dict(…)`, `list(…)` and their like."""
        if name == "dict":
            return self._dictionary(node, frame)
        if name in ("collections.OrderedDict", "collections.defaultdict"):
            return None  # these are no dictionaries to who looks at the class
        if name in ("list", "tuple", "set", "frozenset", "sorted"):
            kind = "list" if name == "sorted" else name
            inner = self.shapes.elements(node.args[0], frame) if node.args else NOTHING
            if kind == "tuple" and arguments and isinstance(arguments[0], Row):
                return arguments[0]
            return Sequence(kind=kind, element=inner)  # type: ignore[arg-type]
        if name == "round":
            number = arguments and arguments[0] in (_INT, Plain("float"))
            return (_INT if len(node.args) == 1 else arguments[0]) if number else None
        if name in ("min", "max") and len(arguments) > 1:
            return merged(arguments)
        if name == "sum" and len(node.args) == 1:
            inner = self.shapes.elements(node.args[0], frame)
            return inner if inner == _INT else merged([inner, _INT]) if inner == Plain("float") else None
        return None

    def _dictionary(self, node: ast.Call, frame: Frame) -> Shape:
        shape: Shape = Keyed(fields=())
        if node.args:
            given = self.shapes.shape(node.args[0], frame)
            shape = self.shapes.put(shape, given)
        for keyword in node.keywords:
            inner = self.shapes.shape(keyword.value, frame)
            more = inner if keyword.arg is None else Keyed(fields=((keyword.arg, inner),))
            shape = self.shapes.put(shape, more)
        return shape

    def _as_dictionary(self, shape: Shape, node: ast.Call, frame: Frame) -> Shape:
        def one(each: Shape) -> Shape:
            if isinstance(each, Record) and each.fields and each.kind in ("dataclass", "class"):
                return Keyed(fields=tuple((name, self._as_part(inner, node, frame)) for name, inner in each.fields))
            return self._unsure(node, frame)

        return computed.each(shape, one)

    def _variables(self, shape: Shape, node: ast.Call, frame: Frame) -> Shape:
        """The attributes of an object."""

        def one(each: Shape) -> Shape:
            if isinstance(each, Record) and each.kind == "dataclass" and each.fields:
                return Keyed(fields=each.fields)
            return Mapping(key=_STR, value=self._unsure(node, frame, "what `vars` gives is not followed"))

        return computed.each(shape, one)

    def _as_part(self, shape: Shape, node: ast.Call, frame: Frame) -> Shape:
        def one(each: Shape) -> Shape:
            match each:
                case Record(kind="dataclass" | "class"):
                    return self._as_dictionary(each, node, frame)
                case Sequence():
                    return Sequence(kind=each.kind, element=self._as_part(each.element, node, frame))
                case Mapping():
                    return Mapping(key=each.key, value=self._as_part(each.value, node, frame))
                case Row():
                    return Row(items=tuple(self._as_part(item, node, frame) for item in each.items))
                case _:
                    return each

        return computed.each(shape, one)

    def _method(self, node: ast.Call, function: ast.Attribute, frame: Frame) -> Shape | None:
        """A method of a value that is known; None if the value is not, or its method is one of the target."""
        name = function.attr
        if isinstance(function.value, ast.Constant) and isinstance(function.value.value, str):
            return results.method(_STR, name)
        base = without_none(self.shapes.shape(function.value, frame))
        if base == NOTHING:
            return None
        found = [self._of_one(each, name, node, frame) for each in _alternatives(base)]
        known = [each for each in found if each is not None]
        return merged(known) if len(known) == len(found) else None

    def _of_one(self, base: Shape, name: str, node: ast.Call, frame: Frame) -> Shape | None:
        if isinstance(base, Keyed | Mapping) or (isinstance(base, Record) and base.kind == "typeddict"):
            return self._of_dictionary(base, name, node, frame) if name in _GIVING_BACK else None
        if isinstance(base, Sequence | Row) and name in ("pop", "popleft"):
            return computed.element(base, lambda: self._unsure(node, frame))
        if isinstance(base, Sequence | Row) and name == "copy":
            return base
        if isinstance(base, Sequence | Row) and name in ("index", "count"):
            return _INT
        if isinstance(base, Record):
            return self._of_record(base, name, node, frame)
        return results.method(base, name)

    def _of_record(self, base: Record, name: str, node: ast.Call, frame: Frame) -> Shape | None:
        """A method of an object of the target."""
        scope = self.shapes.members.class_of(base)
        definers = self.evaluator.fields.classes.definers(scope, name) if scope is not None else []
        target = definers[-1].target if definers else None
        if isinstance(target, Scope) and scope is not None and not _is_of_class(target):
            return self.returned(Function(target, Instance(scope)), arguments_of(node, frame), node, frame)
        if name == "_asdict" and base.kind == "namedtuple":
            return Keyed(fields=base.fields)
        return _STR if name in ("model_dump_json", "json") and base.kind == "pydantic" else None

    def _of_dictionary(self, base: Shape, name: str, node: ast.Call, frame: Frame) -> Shape | None:
        if name == "copy":
            return base
        if name not in ("get", "pop", "setdefault") or not node.args:
            return None  # views of a dictionary can't be sent
        default = self.shapes.shape(node.args[1], frame) if len(node.args) > 1 else None
        fields = dict(base.fields) if isinstance(base, Keyed | Record) else {}
        key = self.shapes.text(node.args[0], frame)
        if isinstance(base, Mapping):
            inner: Shape = base.value
        elif key is not None and key in fields:
            inner = fields[key]
            if name == "get" and isinstance(base, Keyed) and key not in base.optional:
                return inner
        else:
            return None
        missing = default if default is not None else Plain("None")
        return merged([inner, missing]) if name != "pop" or default is not None else inner

    def iterated(self, node: ast.expr, frame: Frame) -> Shape | None:
        """What a loop takes from what exists for loops alone: a generator, a range; None for anything else."""
        yielded = self.shapes.generators.iterated(node, frame)
        if yielded is not None or not isinstance(node, ast.Call):
            return yielded
        if isinstance(node.func, ast.Name) and self.evaluator.names.owner(node.func.id, frame.scope) is None:
            name = node.func.id
            if name == "range":
                return _INT
            if name in ("reversed", "iter", "tqdm") and node.args:
                return self.shapes.elements(node.args[0], frame)
            if name == "enumerate" and node.args:
                return Row(items=(_INT, self.shapes.elements(node.args[0], frame)))
            if name == "zip" and not any(isinstance(each, ast.Starred) for each in node.args):
                return Row(items=tuple(self.shapes.elements(each, frame) for each in node.args))
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("items", "keys", "values") and not node.args:
            return self._of_view(node.func.attr, self.shapes.shape(node.func.value, frame))
        return None

    def _of_view(self, name: str, base: Shape) -> Shape | None:
        if isinstance(base, Keyed):
            key: Shape = _STR if base.fields else NOTHING
            value = merged(inner for _, inner in base.fields)
        elif isinstance(base, Mapping):
            key, value = base.key, base.value
        else:
            return None
        return {"items": Row(items=(key, value)), "keys": key, "values": value}[name]


def _is_of_class(scope: Scope) -> bool:
    return bool({"classmethod", "property", "cached_property"} & {dotted_name(each) for each in scope.decorators()})


def _alternatives(shape: Shape) -> tuple[Shape, ...]:
    return shape.shapes if isinstance(shape, Either) else (shape,)
