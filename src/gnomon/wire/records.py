"""Records: dataclasses, structs, named tuples and typed dictionaries. Their fields travel in order, without names.

Both ends know the names: a type's number says which fields there are. So nothing is skipped that a receiver does not
know, and how deep a message can be nested follows from its type.
"""

import dataclasses
import inspect
from collections.abc import Callable, Collection, Iterable
from itertools import starmap
from operator import attrgetter, itemgetter
from types import GenericAlias
from typing import Annotated, Any, NotRequired, Required, TypeVar, get_args, get_origin, get_type_hints, is_typeddict

import msgspec

from gnomon.wire.errors import EncodeError
from gnomon.wire.plan import (
    Incoming,
    Lift,
    LiftAll,
    Lower,
    LowerAll,
    Outgoing,
    Plan,
    inside,
    kind_of,
    lift_all_of,
    lift_of,
    lower_all_of,
    lower_of,
)

Compile = Callable[[object, str], Plan]
_Values = tuple[object, ...]
_T = TypeVar("_T")
_Column = tuple[int, list[object], Callable[[Collection[object], _T], Collection[object]]]


def is_record(cls: type) -> bool:
    """Whether it is a class with declared fields."""
    return (
        issubclass(cls, msgspec.Struct)
        or dataclasses.is_dataclass(cls)
        or (issubclass(cls, tuple) and hasattr(cls, "_fields"))
        or is_typeddict(cls)
    )


def record_plan(cls: type, compiled: Compile, path: str) -> Plan:
    """Plan of a record; `compiled` gives the plans of its fields.

    Raises TypeError if the class is not made of its fields.
    """
    hints = _hints(cls)
    if is_typeddict(cls):
        return _dictionary_plan(cls, hints, compiled, path)
    names = _fields(cls)
    plans = [compiled(hints[name], f"{path}.{name}") for name in names]
    getter, make = _getter(cls, names), _maker(cls, names)
    direct = _is_array(cls) and not any(plan.lift for plan in plans)
    if direct and not any(plan.lower for plan in plans):
        getter = _itself
    return Plan(
        wire=cls if direct else GenericAlias(tuple, tuple(plan.wire for plan in plans)),
        schema=_schema(cls, names, plans),
        classes=(cls,),
        lower=_lowers(cls, names, plans, getter),
        lift=None if direct else _lifts(plans, make),
        lower_all=_lowers_all(plans, getter),
        lift_all=None if direct else _lifts_all(plans, make),
        apart=any(plan.apart for plan in plans),
        unbounded=any(plan.unbounded for plan in plans),
    )


def _is_array(cls: type) -> bool:
    """Whether msgspec itself sends it as we do, as an array of its fields, and takes no others."""
    if not issubclass(cls, msgspec.Struct):
        return False
    config = cls.__struct_config__
    return config.array_like and config.forbid_unknown_fields and not config.omit_defaults and config.tag is None


def _itself(record: _Values) -> _Values:
    return record


def _hints(cls: type) -> dict[str, object]:
    if getattr(cls, "__parameters__", ()):
        raise TypeError(f"{cls.__qualname__} has type parameters; register a class without")
    try:
        return get_type_hints(cls, include_extras=True)
    except NameError as error:
        raise TypeError(f"the types of {cls.__qualname__} can't be resolved: {error}") from error


def _fields(cls: type) -> tuple[str, ...]:
    """Names in the order in which they are sent."""
    if issubclass(cls, msgspec.Struct):
        return cls.__struct_fields__
    if dataclasses.is_dataclass(cls):
        return tuple(field.name for field in dataclasses.fields(cls))
    return tuple(cls._fields)  # type: ignore[attr-defined]


def _schema(cls: type, names: Iterable[str], plans: Iterable[Plan]) -> str:
    return f"{cls.__qualname__}({', '.join(f'{name}: {plan.schema}' for name, plan in zip(names, plans, strict=True))})"


def _getter(cls: type, names: tuple[str, ...]) -> Callable[[Any], _Values]:
    """Takes the values of the fields out of a record, at the speed of C."""
    if issubclass(cls, msgspec.Struct):
        return msgspec.structs.astuple
    if issubclass(cls, tuple):
        return tuple
    if len(names) > 1:
        return attrgetter(*names)
    return lambda record: tuple(getattr(record, name) for name in names)


def _maker(cls: type, names: tuple[str, ...]) -> Callable[..., object]:
    """Makes a record of its fields in order. Raises TypeError if its class takes something else."""
    parameters = inspect.signature(cls).parameters
    if set(parameters) != set(names):
        odd = ", ".join(sorted(set(parameters) ^ set(names)))
        raise TypeError(f"{cls.__qualname__} is not made of exactly its fields ({odd}): give it a Hook")
    if tuple(parameters) == names and all(each.kind is not each.KEYWORD_ONLY for each in parameters.values()):
        return cls
    return lambda *values: cls(**dict(zip(names, values, strict=True)))


def _foreign(cls: type, value: object) -> EncodeError:
    more = ", which would lose what it adds: name it in a union" if isinstance(value, cls) else ""
    return EncodeError(f"is of type {kind_of(value)}, not {cls.__qualname__}{more}", "")


def _lowers(cls: type, names: tuple[str, ...], plans: list[Plan], getter: Callable[[Any], _Values]) -> Lower:
    steps = tuple((at, plan.lower) for at, plan in enumerate(plans) if plan.lower)

    def lower_leaf(value: object, _: Outgoing) -> object:
        if type(value) is not cls:
            raise _foreign(cls, value)
        return getter(value)

    def lower(value: object, out: Outgoing) -> object:
        if type(value) is not cls:
            raise _foreign(cls, value)
        lowered = list(getter(value))
        at = 0
        try:
            for at, step in steps:
                lowered[at] = step(lowered[at], out)
        except EncodeError as error:
            raise inside(error, f".{names[at]}") from None
        return lowered

    return lower if steps else lower_leaf


def _lifts(plans: list[Plan], make: Callable[..., object]) -> Lift:
    steps = tuple((at, plan.lift) for at, plan in enumerate(plans) if plan.lift)

    def lift(value: _Values, source: Incoming) -> object:
        lifted = list(value)
        for at, step in steps:
            lifted[at] = step(lifted[at], source)
        return make(*lifted)

    return lift if steps else lambda value, _: make(*value)


# Many records at once are taken column by column, which zip and map do without a line of Python for each record. So the
# buffers of a list of records come field by field: first those of every record's first field.


def _lowers_all(plans: list[Plan], getter: Callable[[Any], _Values]) -> LowerAll:
    steps = tuple((at, itemgetter(at), lower_all_of(plan)) for at, plan in enumerate(plans) if plan.lower)
    if getter is _itself:
        return lambda values, _: values
    if not steps:
        return lambda values, _: list(map(getter, values))

    def lower_all(values: Collection[object], out: Outgoing) -> Collection[object]:
        rows = list(map(getter, values))
        columns = [(at, list(map(get, rows)), step) for at, get, step in steps]
        return _replaced(rows, columns, out)

    return lower_all


def _lifts_all(plans: list[Plan], make: Callable[..., object]) -> LiftAll:
    steps = tuple((at, itemgetter(at), lift_all_of(plan)) for at, plan in enumerate(plans) if plan.lift)
    if not steps:
        return lambda values, _: list(starmap(make, values))

    def lift_all(rows: Collection[_Values], source: Incoming) -> Collection[object]:
        return list(
            starmap(make, _replaced(rows, [(at, list(map(get, rows)), step) for at, get, step in steps], source))
        )

    return lift_all


def _replaced(rows: Collection[_Values], columns: list[_Column[_T]], beside: _T) -> Collection[_Values]:
    """The rows with what the steps make of their columns, which are not even taken apart if that is the same."""
    made = [(at, column, step(column, beside)) for at, column, step in columns]
    changed = {at: after for at, before, after in made if after is not before}
    if not changed or not rows:
        return rows
    return list(zip(*(changed.get(at, column) for at, column in enumerate(zip(*rows, strict=True))), strict=True))


def _dictionary_plan(cls: type, hints: dict[str, object], compiled: Compile, path: str) -> Plan:
    """A key that may be missing travels as a list of one value or none."""
    required: frozenset[str] = cls.__required_keys__  # type: ignore[attr-defined]
    names = tuple(hints)
    plans = [compiled(_stripped(hints[name]), f"{path}[{name!r}]") for name in names]
    steps = tuple(
        (name, lower_of(plan), lift_of(plan), name in required) for name, plan in zip(names, plans, strict=True)
    )
    one = msgspec.Meta(max_length=1)
    wires = [
        plan.wire if name in required else Annotated[GenericAlias(list, (plan.wire,)), one]
        for name, plan in zip(names, plans, strict=True)
    ]

    def lower(value: object, out: Outgoing) -> object:
        if not isinstance(value, dict) or type(value) is not dict:
            raise EncodeError(f"is of type {kind_of(value)}, not dict", "")
        unknown = value.keys() - hints.keys()
        missing = required - value.keys()
        if unknown or missing:
            told = f"has the unknown key {min(unknown, key=str)!r}" if unknown else f"has no {min(missing)!r}"
            raise EncodeError(told, "")
        return [_entry(value, step, out) for step in steps]

    def lift(value: tuple[Any, ...], source: Incoming) -> object:
        made = {}
        for (name, _, lift_one, always), each in zip(steps, value, strict=True):
            for one in (each,) if always else each:
                made[name] = lift_one(one, source)
        return made

    names = tuple(name if name in required else f"{name}?" for name in names)
    return Plan(
        wire=GenericAlias(tuple, tuple(wires)),
        schema=_schema(cls, names, plans),
        classes=(dict,),
        lower=lower,
        lift=lift,
        apart=any(plan.apart for plan in plans),
        unbounded=any(plan.unbounded for plan in plans),
    )


def _entry(value: dict[str, object], step: tuple[str, Lower, Lift, bool], out: Outgoing) -> object:
    name, lower, _, always = step
    try:
        if always:
            return lower(value[name], out)
        return [lower(value[name], out)] if name in value else []
    except EncodeError as error:
        raise inside(error, f"[{name!r}]") from None


def _stripped(hint: object) -> object:
    return get_args(hint)[0] if get_origin(hint) in {Required, NotRequired} else hint
