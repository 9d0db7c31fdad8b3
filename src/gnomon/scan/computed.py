"""What operators, indexes and loops make of shapes."""

import ast
from collections.abc import Callable

from gnomon.core.merging import NOTHING, merged, of_any_length, without_none
from gnomon.core.shape import Array, Either, Keyed, Mapping, Plain, Record, Row, Sequence, Shape, Unknown, unknowns

_INT, _FLOAT, _STR, _BOOL = Plain("int"), Plain("float"), Plain("str"), Plain("bool")
_NUMBERS = (_INT, _FLOAT, _BOOL)
_SURE = (ast.Is, ast.IsNot, ast.In, ast.NotIn)
Otherwise = Callable[[], Unknown]
"""What is said of what is not certain."""


def each(shape: Shape, apply: Callable[[Shape], Shape]) -> Shape:
    """What is made of each alternative."""
    return merged([apply(one) for one in shape.shapes]) if isinstance(shape, Either) else apply(shape)


def operation(op: ast.operator, left: Shape, right: Shape) -> Shape | None:
    """What an arithmetic expression is; None if that is not certain."""
    if isinstance(left, Array) or isinstance(right, Array):
        known = all(isinstance(side, Array) or side in _NUMBERS for side in (left, right))
        return (left if isinstance(left, Array) else right) if known else None
    if left in _NUMBERS and right in _NUMBERS:
        return _number(op, left, right)
    if isinstance(op, ast.Mod) and left == _STR:
        return _STR
    if isinstance(op, ast.Add):
        return _joined(left, right)
    if isinstance(op, ast.Mult) and _INT in (left, right):
        return _repeated(right if left == _INT else left)
    if isinstance(op, ast.BitOr):
        return _updated(left, right)
    if isinstance(op, ast.Div) and getattr(left, "type", "") == "pathlib.Path":
        return left
    return None


def _number(op: ast.operator, left: Shape, right: Shape) -> Shape | None:
    if isinstance(op, ast.Div):
        return _FLOAT
    if isinstance(op, ast.Add | ast.Sub | ast.Mult | ast.FloorDiv | ast.Mod):
        return _FLOAT if _FLOAT in (left, right) else _INT
    if isinstance(op, ast.LShift | ast.RShift):
        return _INT
    if isinstance(op, ast.BitAnd | ast.BitOr | ast.BitXor):
        return _BOOL if left == right == _BOOL else _INT
    return None  # a power of whole numbers may be no whole number


def _joined(left: Shape, right: Shape) -> Shape | None:
    if left == right and left in (_STR, Plain("bytes")):
        return left
    if isinstance(left, Row) and isinstance(right, Row):
        return Row(items=(*left.items, *right.items))
    one, other = of_any_length(left), of_any_length(right)
    if isinstance(one, Sequence) and isinstance(other, Sequence) and one.kind == other.kind:
        return merged([one, other])
    return None


def _repeated(shape: Shape) -> Shape | None:
    if isinstance(shape, Row):
        return of_any_length(shape)
    known = isinstance(shape, Sequence) or shape in (_STR, Plain("bytes"))
    return shape if known else None


def _updated(left: Shape, right: Shape) -> Shape | None:
    if isinstance(left, Keyed) and isinstance(right, Keyed):
        return updated(left, right)
    if isinstance(left, Keyed | Mapping) and isinstance(right, Keyed | Mapping):
        return merged([left, right])
    return None


def updated(shape: Keyed, more: Keyed) -> Keyed:
    """A dictionary into which another one is put."""
    theirs = dict(more.fields)
    sure = theirs.keys() - set(more.optional)
    fields = dict(shape.fields)
    for name, inner in theirs.items():
        fields[name] = inner if name in sure or name not in fields else merged([fields[name], inner])
    mine = {name for name, _ in shape.fields} - set(shape.optional)
    return Keyed(fields=tuple(fields.items()), optional=tuple(name for name in fields if name not in mine | sure))


def comparison(node: ast.Compare, sides: list[Shape]) -> Shape | None:
    """A truth value, unless arrays may be compared."""
    if all(isinstance(op, _SURE) for op in node.ops):
        return _BOOL
    if any(side == _STR for side in sides) and not any(_may_be_array(side) for side in sides):
        return _BOOL
    settled = all(not _may_be_array(side) and not isinstance(side, Unknown) for side in sides)
    return _BOOL if settled else None


def _may_be_array(shape: Shape) -> bool:
    return any(isinstance(one, Array) for one in (shape.shapes if isinstance(shape, Either) else (shape,)))


def item(shape: Shape, index: ast.expr, otherwise: Otherwise) -> Shape:
    """What `value[index]` is."""

    def one(base: Shape) -> Shape:
        constant = index.value if isinstance(index, ast.Constant) else None
        if (
            isinstance(index, ast.UnaryOp)
            and isinstance(index.op, ast.USub)
            and isinstance(index.operand, ast.Constant)
        ):
            value = index.operand.value
            constant = -value if isinstance(value, int) else None
        match base:
            case Row() if isinstance(constant, int) and -len(base.items) <= constant < len(base.items):
                return base.items[constant]
            case Row():
                return merged(base.items)
            case Sequence():
                return base.element
            case Keyed():
                known = dict(base.fields)
                return known[constant] if isinstance(constant, str) and constant in known else otherwise()
            case Record(kind="typeddict"):
                known = dict(base.fields)
                return known[constant] if isinstance(constant, str) and constant in known else otherwise()
            case Mapping():
                return base.value
            case Plain(type="str"):
                return base
            case Plain(type="bytes"):
                return _INT
            case _:
                return otherwise()

    return each(without_none(shape), one)


def sliced(shape: Shape, otherwise: Otherwise) -> Shape:
    """What `value[a:b]` is."""

    def one(base: Shape) -> Shape:
        whole = of_any_length(base)
        known = isinstance(whole, Sequence | Array) or whole in (_STR, Plain("bytes"))
        return whole if known else otherwise()

    return each(without_none(shape), one)


def element(shape: Shape, otherwise: Otherwise) -> Shape:
    """What a loop over a value takes from it."""

    def one(base: Shape) -> Shape:
        match base:
            case Row():
                return merged(base.items)
            case Sequence():
                return base.element
            case Keyed():
                return _STR if base.fields else NOTHING
            case Mapping():
                return base.key
            case Plain(type="str") | Array():
                return base if isinstance(base, Plain) else otherwise()
            case Plain(type="bytes"):
                return _INT
            case Unknown():
                return base
            case _:
                return otherwise()

    return each(without_none(shape), one)


def picked(shape: Shape, path: tuple[object, ...], otherwise: Otherwise) -> Shape:
    """The part that nested unpacking takes."""
    for pick in path:
        if isinstance(pick, int):
            shape = item(shape, ast.Constant(pick), otherwise) if not isinstance(shape, Unknown) else shape
        else:
            shape = element(shape, otherwise)
    return shape


def contradicts(given: Shape, declared: Shape) -> bool:
    """True if a value is seen to be what its annotation does not allow."""
    allowed = {_sort(one) for one in _alternatives(declared)}
    if any(isinstance(one, Unknown) for one in _alternatives(declared)):
        return False
    return any(_sort(one) not in allowed for one in _alternatives(given) if not isinstance(one, Unknown))


def _sort(shape: Shape) -> object:
    """What the class of a value says."""
    match shape:
        case Plain(type="int" | "float" | "bool"):
            return "number"
        case Plain():
            return shape.type
        case Keyed() | Mapping() | Record(kind="typeddict"):
            return "dict"
        case Sequence():
            return shape.kind
        case Row():
            return "tuple"
        case Record():
            return shape.site.path, shape.qualname
        case _:
            return type(shape)


def _alternatives(shape: Shape) -> tuple[Shape, ...]:
    return shape.shapes if isinstance(shape, Either) else (shape,)


def better(given: Shape, declared: Shape | None) -> Shape:
    """Of what a value is seen to be, and what it is declared to be, the one that is known as a whole."""
    if given == NOTHING:
        return declared or given
    if declared is None or not unknowns(given):
        return given
    if contradicts(given, declared):
        return given  # annotations can be wrong
    if not unknowns(declared) or (isinstance(given, Unknown) and not isinstance(declared, Unknown)):
        return declared
    return given
