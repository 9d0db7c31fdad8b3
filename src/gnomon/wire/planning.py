"""From an annotation to the plan by which its values are sent."""

import enum
from collections.abc import Iterable, Mapping, MutableMapping, MutableSequence, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NewType, Union, cast, get_args, get_origin
from uuid import UUID

import msgspec

from gnomon.wire.arrays import array_plan, number_plan
from gnomon.wire.containers import dict_plan, list_plan, optional_plan, recursive_plan, tuple_plan, union_plan
from gnomon.wire.hooks import Hook, built_in, hook_plan
from gnomon.wire.plain import PLAIN, PLAIN_DICT, PLAIN_LIST
from gnomon.wire.plan import Plan, bytes_plan
from gnomon.wire.records import is_record, record_plan
from gnomon.wire.tensors import tensor_plan
from gnomon.wire.tokens import TokenIds, ids_plan

_NATIVE = frozenset({bool, int, float, str, datetime, date, time, timedelta, UUID, Decimal, NoneType})
_LISTS = {
    list: list,
    tuple: tuple,
    set: set,
    frozenset: frozenset,
    Iterable: list,
    Sequence: list,
    MutableSequence: list,
}
_LISTS[AbstractSet] = set
_DICTS = frozenset({dict, Mapping, MutableMapping})
_BYTES = frozenset({bytes, bytearray, memoryview})


class _Unsendable(TypeError):
    """With the path to it."""


class Planner:
    """Makes plans, each once. Hooks come before everything that is known of a class."""

    def __init__(self, hooks: Iterable[Hook] = ()) -> None:
        self._hooks = {hook.cls: hook for hook in hooks}
        self._records: dict[type, Plan | None] = {}
        self.array = ""
        """Path to the first array or tensor that was met, as `Batch.outputs[].logprobs`; empty while there is none."""

    def plan(self, annotation: object, path: str) -> Plan:
        """Plan of values of that type. Raises TypeError with the path to what can't be sent."""
        try:
            return self._plan(annotation, path)
        except _Unsendable:
            raise
        except TypeError as error:
            raise _Unsendable(f"{path}: {error}") from error

    def _plan(self, annotation: object, path: str) -> Plan:
        annotation = unaliased(annotation)
        if annotation is Any or annotation is object:
            return PLAIN
        if isinstance(annotation, NewType):
            return self.plan(annotation.__supertype__, path)
        if isinstance(annotation, type) and get_origin(annotation) is None:
            return self._class_plan(annotation, path)
        return self._numbers_plan(annotation, path) or self._special_plan(annotation, path)

    def _numbers_plan(self, annotation: object, path: str) -> Plan | None:
        """Plan of an array, a tensor, or one of numpy's numbers, which alone is never large."""
        plan = array_plan(annotation) or tensor_plan(annotation)
        if plan is None:
            return number_plan(annotation)
        self.array = self.array or path
        return plan

    def _class_plan(self, cls: type, path: str) -> Plan:
        if cls in self._hooks:
            hook = self._hooks[cls]
            return hook_plan(hook, self.plan(hook.wire, path))
        if cls in _NATIVE:
            return Plan(wire=cls, schema=cls.__name__, classes=(cls,))
        if cls in _BYTES:
            return bytes_plan(cls)
        if cls in _LISTS:
            return PLAIN_LIST if _LISTS[cls] is list else list_plan(_LISTS[cls], PLAIN)
        if cls in _DICTS:
            return PLAIN_DICT
        if issubclass(cls, enum.Enum):
            return _enum_plan(cls)
        if is_record(cls):
            return self._record_plan(cls, path)
        hook_of = built_in(cls)
        if hook_of:
            return hook_plan(hook_of, self.plan(hook_of.wire, path))
        numbers = self._numbers_plan(cls, path)
        if numbers is None:
            raise TypeError(f"{cls.__qualname__} can't be sent: make it a dataclass, or give the codec a Hook for it")
        return numbers

    def _record_plan(self, cls: type, path: str) -> Plan:
        if cls in self._records:
            return self._records[cls] or recursive_plan(cls, lambda: cast("Plan", self._records[cls]))
        self._records[cls] = None  # being made: a record within itself refers to what it will be
        try:
            plan = record_plan(cls, self.plan, path)
        except TypeError:
            del self._records[cls]
            raise
        self._records[cls] = plan
        return plan

    def _special_plan(self, annotation: object, path: str) -> Plan:
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            return self._annotated_plan(arguments[0], arguments[1:], path)
        if origin in {Union, UnionType}:
            return self._union_plan(arguments, path)
        if origin is Literal:
            return Plan(
                wire=annotation, schema=f"one of {arguments}", classes=tuple({type(each) for each in arguments})
            )
        if origin is tuple and arguments[-1:] != (...,):
            return tuple_plan([self.plan(each, f"{path}[{at}]") for at, each in enumerate(arguments)])
        if origin in _LISTS:
            return list_plan(_LISTS[origin], self.plan(arguments[0], f"{path}[]"))
        if origin in _DICTS:
            return dict_plan(self.plan(arguments[0], f"{path} key"), self.plan(arguments[1], f"{path}[]"))
        raise TypeError(f"values of type {annotation} can't be sent")

    def _annotated_plan(self, base: object, marks: tuple[object, ...], path: str) -> Plan:
        if any(mark is TokenIds or isinstance(mark, TokenIds) for mark in marks):
            return ids_plan(base)
        plan = self.plan(base, path)
        bounds = tuple(mark for mark in marks if isinstance(mark, msgspec.Meta))
        return msgspec.structs.replace(plan, wire=Annotated[(plan.wire, *bounds)]) if bounds else plan

    def _union_plan(self, arguments: tuple[object, ...], path: str) -> Plan:
        if Any in arguments or object in arguments:
            return PLAIN
        plans = [self.plan(each, path) for each in arguments if each is not NoneType]
        plan = plans[0] if len(plans) == 1 else union_plan(plans)
        return optional_plan(plan) if len(plans) < len(arguments) else plan


def _enum_plan(cls: type[enum.Enum]) -> Plan:
    """By value where all are texts or all are numbers, as msgspec does, else by name; flags by their number."""
    members = cls.__members__
    if not members:
        raise TypeError(f"{cls.__qualname__} has no members")
    kinds = {type(member.value) for member in cls}
    if kinds in ({int}, {str}):
        valued = ", ".join(f"{name}={member.value!r}" for name, member in members.items())
        if not issubclass(cls, enum.Flag):
            return Plan(wire=cls, schema=f"{cls.__qualname__}({valued})", classes=(cls,))
        hook = Hook(cls=cls, wire=int, lower=lambda member: member.value, lift=cls)
        return hook_plan(hook, Plan(wire=int, schema=valued, classes=(int,)))
    names = Literal[tuple(members)]  # type: ignore[valid-type]
    hook = Hook(cls=cls, wire=names, lower=lambda member: member.name, lift=cls.__getitem__)
    return hook_plan(hook, Plan(wire=names, schema=", ".join(members), classes=(str,)))


def unaliased(annotation: object) -> object:
    """What a name made by a `type` statement (Python 3.12) stands for: numpy's NDArray is one from numpy 2.5 on."""
    origin = get_origin(annotation) or annotation
    value = getattr(origin, "__value__", None)
    if value is None or isinstance(origin, type):
        return annotation
    arguments = get_args(annotation)
    return value[arguments] if arguments else value
