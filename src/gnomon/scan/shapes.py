"""What an expression that is sent can be: the same way back as the engine's, but keeping how values are put together.

The engine follows bytes, for which a container is what is in it. A message is the container itself.
"""

import ast
from typing import TYPE_CHECKING

from gnomon.core.merging import NOTHING, merged, without_none
from gnomon.core.shape import Failure, Keyed, Mapping, Plain, Row, Sequence, Shape, Unknown
from gnomon.python.facts import Binding
from gnomon.python.order import reaching
from gnomon.python.project import dotted_name
from gnomon.python.scopes import Scope
from gnomon.scan import computed
from gnomon.scan.filled import Filled
from gnomon.scan.generators import Generators
from gnomon.scan.kinds import Kinds
from gnomon.scan.members import Members
from gnomon.scan.outcomes import Outcomes
from gnomon.scan.passed import Passed
from gnomon.scan.truth import truth
from gnomon.scan.values import (
    Class,
    Const,
    Container,
    Dumped,
    External,
    Found,
    Frame,
    Function,
    Instance,
    Module,
    Opaque,
    Outside,
    Setting,
    Text,
    Value,
)

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator

BUDGET = 4_000
"""Work allowed for what one dump sends, as for the questions of the engine."""
MAX_NODES = 3_000
"""Expressions looked at for one dump."""
MAX_DEPTH = 60
"""Expressions inside one another, through names and calls."""


class Shapes:
    """Answers what expressions can be, over one project."""

    def __init__(self, evaluator: "Evaluator") -> None:
        self.evaluator = evaluator
        self.kinds = Kinds(evaluator)
        self.passed = Passed(self)
        self.outcomes = Outcomes(self)
        self.generators = Generators(self)
        self.members = Members(self)
        self.filled = Filled(self)
        self._known: dict[tuple[ast.expr, object], Shape] = {}
        self._open: set[tuple[ast.expr, object]] = set()
        self._cuts = 0
        self._left = 0

    def of(self, node: ast.expr, frame: Frame) -> Shape:
        """What an expression can be; Unknown, with the place, for what could not be followed."""
        self.begin()
        with self.evaluator.allowance(BUDGET):
            shape = self.shape(node, frame)
        return shape if shape != NOTHING else self.unknown("what this is depends on itself alone", node, frame)

    def begin(self) -> None:
        """Start a new question, with as many expressions as one may look at."""
        self._left, self._open = MAX_NODES, set()

    def declared(self, annotation: ast.expr, frame: Frame) -> Shape:
        """What a variable or parameter can be by its annotation, with what inherits from a class that it names."""
        shape = self.kinds.annotations.shape(annotation, frame)
        return computed.each(shape, self.kinds.widened)

    def unknown(self, why: str, node: ast.AST, frame: Frame) -> Unknown:
        """Something that could not be followed; `why` is a clause that the place is put behind."""
        site = self.evaluator.site(node, frame.scope)
        return Unknown(why=f"{why} ({site.path}:{site.line})", site=site)

    def shape(self, node: ast.expr, frame: Frame) -> Shape:
        """As `of`, as part of a question; NOTHING for what is being asked already."""
        key = (node, frame.key)
        known = self._known.get(key)
        if known is not None:
            return known
        if key in self._open:
            self._cuts += 1
            return NOTHING
        self._left -= 1
        if self._left < 0 or len(self._open) > MAX_DEPTH or self.evaluator.spent:
            self._cuts += 1
            return self.unknown("the walk was cut short here", node, frame)
        self._open.add(key)
        before = self._cuts
        try:
            shape = self._shape(node, frame)
        finally:
            self._open.discard(key)
        if self._cuts == before:
            self._known[key] = shape
        return shape

    def _shape(self, node: ast.expr, frame: Frame) -> Shape:
        match node:
            case ast.Constant():
                return constant(node.value) or self.unknown("this can't be sent", node, frame)
            case ast.JoinedStr():
                return Plain("str")
            case ast.Name():
                return self._name(node, frame)
            case ast.Attribute():
                return self.members.attribute(node, frame)
            case ast.Call():
                return self.outcomes.call(node, frame)
            case ast.NamedExpr() | ast.Await(value=ast.Call()):
                return self.shape(node.value, frame)
            case ast.Tuple() | ast.List() | ast.Set() | ast.Dict():
                return self._display(node, frame)
            case ast.ListComp() | ast.SetComp() | ast.DictComp():
                return self._comprehension(node, frame)
            case _:
                return self._computed(node, frame)

    def _display(self, node: ast.Tuple | ast.List | ast.Set | ast.Dict, frame: Frame) -> Shape:
        if isinstance(node, ast.Dict):
            return self._dictionary(node, frame)
        starred = any(isinstance(item, ast.Starred) for item in node.elts)
        if isinstance(node, ast.Tuple) and not starred:
            return Row(items=tuple(self.shape(item, frame) for item in node.elts))
        items = [
            self.elements(item.value, frame) if isinstance(item, ast.Starred) else self.shape(item, frame)
            for item in node.elts
        ]
        kinds: dict[type, str] = {ast.Tuple: "tuple", ast.List: "list", ast.Set: "set"}
        return Sequence(kind=kinds[type(node)], element=merged(items))  # type: ignore[arg-type]

    def _dictionary(self, node: ast.Dict, frame: Frame) -> Shape:
        shape: Shape = Keyed(fields=())
        for key, value in zip(node.keys, node.values, strict=True):
            inner = self.shape(value, frame)
            shape = self.put(shape, inner) if key is None else self.keep(shape, key, inner, frame)
        return shape

    def keep(self, shape: Shape, key: ast.expr, value: Shape, frame: Frame, *, sure: bool = True) -> Shape:
        """A dictionary with a value under a key; `sure` if it is always there."""
        name = self.text(key, frame)
        if name is not None and isinstance(shape, Keyed):
            return computed.updated(shape, Keyed(fields=((name, value),), optional=() if sure else (name,)))
        return merged([shape, Mapping(key=self.shape(key, frame), value=value)])

    def put(self, shape: Shape, more: Shape, *, sure: bool = True) -> Shape:
        """A dictionary into which another one is put."""
        if isinstance(shape, Keyed) and isinstance(more, Keyed):
            optional = more.optional if sure else tuple(name for name, _ in more.fields)
            return computed.updated(shape, Keyed(fields=more.fields, optional=optional))
        if isinstance(more, Keyed | Mapping):
            return merged([shape, more])
        told = more if isinstance(more, Unknown) else Unknown(why="a dictionary is put in that could not be followed")
        return merged([shape, Mapping(key=told, value=told)])

    def text(self, key: ast.expr, frame: Frame) -> str | None:
        """The text that a key is, if it is one."""
        if isinstance(key, ast.Constant):
            return key.value if isinstance(key.value, str) else None
        values = {item.value.value if isinstance(item.value, Const) else None for item in self._values(key, frame)}
        found = values.pop() if len(values) == 1 else None
        return found if isinstance(found, str) else None

    def _values(self, node: ast.expr, frame: Frame) -> list[Found]:
        return self.evaluator.values(node, frame)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp, frame: Frame) -> Shape:
        if isinstance(node, ast.DictComp):
            return Mapping(key=self.shape(node.key, frame), value=self.shape(node.value, frame))
        return Sequence(kind="list" if isinstance(node, ast.ListComp) else "set", element=self.shape(node.elt, frame))

    def _computed(self, node: ast.expr, frame: Frame) -> Shape:
        match node:
            case ast.IfExp():
                known = truth(self.evaluator, node.test, frame)
                sides = [
                    side for side, needed in ((node.body, True), (node.orelse, False)) if known is not (not needed)
                ]
                return merged([self.shape(side, frame) for side in sides])
            case ast.BoolOp():
                return self._chosen(node, frame)
            case ast.Compare():
                compared = [self.shape(side, frame) for side in (node.left, *node.comparators)]
                return computed.comparison(node, compared) or self.unknown("what is compared is not known", node, frame)
            case ast.UnaryOp(op=ast.Not()):
                return Plain("bool")
            case ast.UnaryOp():
                inner = self.shape(node.operand, frame)
                return inner if inner in (Plain("int"), Plain("float")) else self.unknown("a sign", node, frame)
            case ast.BinOp():
                return self._operation(node, frame)
            case ast.Subscript():
                return self._subscript(node, frame)
            case ast.Lambda():
                return self.unknown("a lambda is a function, which no message can hold", node, frame)
            case ast.GeneratorExp():
                return self.unknown("a generator runs in this process alone", node, frame)
            case ast.Yield():
                told = f"what is sent into the generator at `{ast.unparse(node)[:60]}` could not be followed"
                return self.generators.given(frame.scope) or self.unknown(told, node, frame)
            case _:
                return self.unknown(f"`{ast.unparse(node)[:60]}` could not be followed", node, frame)

    def _chosen(self, node: ast.BoolOp, frame: Frame) -> Shape:
        """`a or b` is b where a is None."""
        shapes = [self.shape(value, frame) for value in node.values]
        if isinstance(node.op, ast.Or):
            shapes = [*(without_none(shape) for shape in shapes[:-1]), shapes[-1]]
        return merged(shapes)

    def _operation(self, node: ast.BinOp, frame: Frame) -> Shape:
        left, right = self.shape(node.left, frame), self.shape(node.right, frame)

        def one(first: Shape) -> Shape:
            return computed.each(right, lambda other: computed.operation(node.op, first, other) or unsure())

        def unsure() -> Unknown:
            return self.unknown(f"`{ast.unparse(node)[:60]}` is computed of what is not known", node, frame)

        return computed.each(left, one)

    def _subscript(self, node: ast.Subscript, frame: Frame) -> Shape:
        base = self.shape(node.value, frame)

        def unsure() -> Unknown:
            return self.unknown(f"`{ast.unparse(node)[:60]}` could not be followed", node, frame)

        if isinstance(node.slice, ast.Slice):
            return computed.sliced(base, unsure)
        return computed.item(base, node.slice, unsure)

    def elements(self, node: ast.expr, frame: Frame) -> Shape:
        """What a loop over an expression takes from it."""
        found = self.outcomes.iterated(node, frame)
        if found is not None:
            return found
        return computed.element(
            self.shape(node, frame),
            lambda: self.unknown(f"what is in `{ast.unparse(node)[:60]}` could not be followed", node, frame),
        )

    def _name(self, node: ast.Name, frame: Frame) -> Shape:
        names = self.evaluator.names
        owner = names.owner(node.id, frame.scope)
        if owner is None:
            return self.valued(node, frame)
        home = names.home(owner, frame)
        bindings = owner.facts.bindings.get(node.id, [])
        if owner is frame.scope:
            bindings = names.feasible(reaching(bindings, node, owner.facts), frame)
        shape = merged([self.bound(binding, home) for binding in bindings])
        return self.filled.name(shape, node, bindings, home, frame)

    def bound(self, binding: Binding, home: Frame) -> Shape:
        """What one binding gives a name."""
        node = binding.node

        def unsure() -> Unknown:
            return self.unknown(f"what `{binding.name}` is given could not be followed", node, home)

        match binding.kind:
            case "import":
                return self.members.imported(str(binding.target), node, home)
            case "def" | "class":
                return self.unknown(
                    f"`{binding.name}` is a {'class' if binding.kind == 'class' else 'function'}", node, home
                )
            case "param":
                return self.passed.parameter(binding, home)
            case "except" if isinstance(node, ast.ExceptHandler):
                return _caught(node)
        if binding.value is None or binding.kind in ("with", "capture"):
            return unsure()
        ask = self.elements if binding.kind == "for" else self.shape
        shape = ask(binding.value, home)
        shape = computed.picked(shape, binding.path, unsure)
        if isinstance(node, ast.AnnAssign):
            return computed.better(shape, self.declared(node.annotation, home))
        return shape

    def valued(self, node: ast.expr, frame: Frame) -> Shape:
        """What the engine's own values of an expression are, for what is not put together."""
        return merged([self._valued(found, node, frame) for found in self._values(node, frame)])

    def _valued(self, found: Found, node: ast.expr, frame: Frame) -> Shape:
        match found.value:
            case Const(value=value):
                return constant(value) or self.unknown("this can't be sent", node, frame)
            case Text():
                return Plain("str")
            case Container(node=inner, frame=home):
                return self.shape(inner, home)
            case Dumped():
                return Plain("bytes")
            case Instance(type=Scope() as scope):
                return self.kinds.of(scope)
            case Opaque(type=Scope() as scope):
                return self.kinds.typed(scope)
            case Setting(default=default) if default:
                return merged([self._valued(item, node, frame) for item in default])
            case value:
                return self.unknown(_told(value, node), node, frame)


def _told(value: Value, node: ast.expr) -> str:
    """Why a value of the engine's has no shape."""
    match value:
        case Instance(type=name):
            return f"it is a {name}"
        case Outside(api=api):
            return f"it was received by `{api}`"
        case Class() | Function() | Module():
            return "it is a class, function or module, which no message can hold"
        case External(name=name):
            return f"`{name}` is not followed into its library"
        case Opaque(reason=reason):
            return f"what it is could not be followed: {reason}"
        case _:
            return f"`{ast.unparse(node)[:60]}` could not be followed"


def constant(value: object) -> Shape | None:
    """The shape of a literal; None for one that is no value."""
    if value is None:
        return Plain("None")
    name = type(value).__name__
    return Plain(name) if name in ("str", "int", "float", "bool", "bytes") else None  # type: ignore[arg-type]


def _caught(node: ast.ExceptHandler) -> Shape:
    if node.type is None:
        return Failure()
    kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    return merged([Failure(name=dotted_name(kind).rpartition(".")[2] or "Exception") for kind in kinds])
