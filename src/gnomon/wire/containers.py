"""Lists, tuples, sets, dictionaries and unions of what has a plan of its own."""

from collections.abc import Callable, Collection
from functools import reduce
from itertools import repeat
from operator import or_
from types import GenericAlias

import msgspec

from gnomon.wire.errors import EncodeError
from gnomon.wire.plan import (
    Incoming,
    Lift,
    Lower,
    Outgoing,
    Plan,
    inside,
    kind_of,
    lift_all_of,
    lift_of,
    lower_of,
)

_LISTS = (list, tuple, set, frozenset)


def list_plan(cls: type, item: Plan) -> Plan:
    """Plan of a list, a set, a frozenset or a tuple of any length."""
    arguments = (item.wire, ...) if cls is tuple else (item.wire,)
    schema = f"{cls.__name__}[{item.schema}]"
    if not item.lower and not item.lift:
        return Plan(wire=GenericAlias(cls, arguments), schema=schema, classes=(cls,), unbounded=item.unbounded)
    return Plan(
        wire=GenericAlias(list, (item.wire,)) if item.lift else GenericAlias(cls, arguments),
        schema=schema,
        classes=(cls,),
        lower=_lowers_list(item),
        lift=_lifts_list(cls, item) if item.lift else None,
        apart=item.apart,
        unbounded=item.unbounded,
    )


def _lowers_list(item: Plan) -> Lower:
    lower_one, lower_all, only = lower_of(item), item.lower_all, frozenset(item.classes)

    def lower(value: object, out: Outgoing) -> object:
        if not isinstance(value, _LISTS):
            raise EncodeError(f"is of type {kind_of(value)}, not a list", "")
        if lower_all is not None and only.issuperset(map(type, value)):
            depth = out.depth
            try:
                return lower_all(value, out)
            except EncodeError as error:
                out.depth = depth
                raise _placed(error, value, lower_one, out) from None
        lowered: list[object] = []
        try:
            lowered.extend(map(lower_one, value, repeat(out)))
        except EncodeError as error:
            raise inside(error, f"[{len(lowered)}]") from None
        return lowered

    return lower


def _placed(error: EncodeError, values: Collection[object], lower: Lower, out: Outgoing) -> EncodeError:
    """The error with its place in the list: many at once are lowered without looking where each is."""
    for at, value in enumerate(values):
        try:
            lower(value, out)
        except EncodeError as found:
            return inside(found, f"[{at}]")
    return error


def _lifts_list(cls: type, item: Plan) -> Lift:
    lift_all = lift_all_of(item)

    def lift(value: list[object], source: Incoming) -> object:
        lifted = lift_all(value, source)
        return lifted if type(lifted) is cls else cls(lifted)

    return lift


def tuple_plan(items: list[Plan]) -> Plan:
    """Plan of a tuple with a type for each place."""
    wire = GenericAlias(tuple, tuple(item.wire for item in items))
    schema = f"tuple[{', '.join(item.schema for item in items)}]"
    unbounded = any(item.unbounded for item in items)
    if not any(item.lower or item.lift for item in items):
        return Plan(wire=wire, schema=schema, classes=(tuple,), unbounded=unbounded)
    lowers, lifts = [lower_of(item) for item in items], [lift_of(item) for item in items]

    def lower(value: object, out: Outgoing) -> object:
        if not isinstance(value, tuple) or len(value) != len(lowers):
            raise EncodeError(f"is of type {kind_of(value)}, not a tuple of {len(lowers)}", "")
        lowered: list[object] = []
        try:
            for step, each in zip(lowers, value, strict=True):
                lowered.append(step(each, out))
        except EncodeError as error:
            raise inside(error, f"[{len(lowered)}]") from None
        return lowered

    def lift(value: tuple[object, ...], source: Incoming) -> object:
        return tuple(step(each, source) for step, each in zip(lifts, value, strict=True))

    apart = any(item.apart for item in items)
    return Plan(wire=wire, schema=schema, classes=(tuple,), lower=lower, lift=lift, apart=apart, unbounded=unbounded)


def dict_plan(key: Plan, item: Plan) -> Plan:
    """Plan of a dictionary. Its keys travel as they are: raises TypeError for keys that need more."""
    if key.lower or key.lift:
        raise TypeError(f"a dictionary's keys can't be of type {key.schema}")
    wire = GenericAlias(dict, (key.wire, item.wire))
    schema = f"dict[{key.schema}, {item.schema}]"
    if not item.lower and not item.lift:
        return Plan(wire=wire, schema=schema, classes=(dict,), unbounded=item.unbounded)
    lower_one, lift_one = lower_of(item), lift_of(item)

    def lower(value: object, out: Outgoing) -> object:
        if not isinstance(value, dict):
            raise EncodeError(f"is of type {kind_of(value)}, not a dict", "")
        lowered: dict[object, object] = {}
        at: object = None
        try:
            for at, each in value.items():
                lowered[at] = lower_one(each, out)
        except EncodeError as error:
            raise inside(error, f"[{at!r}]") from None
        return lowered

    def lift(value: dict[object, object], source: Incoming) -> object:
        return {at: lift_one(each, source) for at, each in value.items()}

    return Plan(
        wire=wire, schema=schema, classes=(dict,), lower=lower, lift=lift, apart=item.apart, unbounded=item.unbounded
    )


def optional_plan(item: Plan) -> Plan:
    """Plan of a value or None."""
    lower_one, lift_one = item.lower, item.lift
    return Plan(
        wire=reduce(or_, (item.wire, None)),
        schema=f"{item.schema} | None",
        classes=(*item.classes, type(None)),
        lower=lower_one and (lambda value, out: None if value is None else lower_one(value, out)),
        lift=lift_one and (lambda value, source: None if value is None else lift_one(value, source)),
        apart=item.apart,
        unbounded=item.unbounded,
    )


def union_plan(items: list[Plan]) -> Plan:
    """Plan of a value of one of several types; travels as the number of the type, and the value.

    Which it is, is told by the value's class: raises TypeError for two types with the same class.
    """
    numbers: dict[type, int] = {}
    for number, item in enumerate(items):
        for cls in item.classes:
            if numbers.setdefault(cls, number) != number:
                schemas = f"{items[numbers[cls]].schema} and {item.schema}"
                raise TypeError(f"{schemas} can't be told apart in a union")
    wraps = [_wrap(number, item) for number, item in enumerate(items)]
    lowers, lifts = [lower_of(item) for item in items], [lift_of(item) for item in items]

    def lower(value: object, out: Outgoing) -> object:
        number = numbers.get(type(value))
        if number is None and type(value) is not bool:  # which Python takes for an int, and no receiver does
            number = next((at for cls, at in numbers.items() if isinstance(value, cls)), None)
        if number is None:
            raise EncodeError(f"is of type {kind_of(value)}, none of {', '.join(item.schema for item in items)}", "")
        return wraps[number](lowers[number](value, out))

    def lift(value: object, source: Incoming) -> object:
        number = value.__struct_config__.tag  # type: ignore[attr-defined]
        return lifts[number](value.value, source)  # type: ignore[attr-defined]

    return Plan(
        wire=reduce(or_, wraps),
        schema=" | ".join(item.schema for item in items),
        classes=tuple(numbers),
        lower=lower,
        lift=lift,
        apart=any(item.apart for item in items),
        unbounded=any(item.unbounded for item in items),
    )


def _wrap(number: int, item: Plan) -> Callable[[object], object]:
    return msgspec.defstruct(
        f"Case{number}",
        [("value", item.wire)],
        tag=number,
        array_like=True,
        forbid_unknown_fields=True,
    )


def recursive_plan(cls: type, whole: Callable[[], Plan]) -> Plan:
    """Plan of a record within itself.

    Its wire type has no name to refer to, so that each level is checked as it is lifted.
    """

    def lower(value: object, out: Outgoing) -> object:
        out.enter()
        lowered = lower_of(whole())(value, out)
        out.leave()
        return lowered

    def lift(value: object, source: Incoming) -> object:
        plan = whole()
        return lift_of(plan)(msgspec.convert(value, plan.wire), source)

    return Plan(wire=list, schema=cls.__qualname__, classes=(cls,), lower=lower, lift=lift, apart=True, unbounded=True)
