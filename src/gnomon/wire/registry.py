"""The types of messages that an end knows: each has a number, which says its name and its fields."""

from collections.abc import Callable, Iterable
from hashlib import blake2b
from types import GenericAlias
from typing import Any, is_typeddict

from msgspec import Struct
from msgspec.msgpack import Decoder

from gnomon.wire.errors import EncodeError
from gnomon.wire.hooks import Hook
from gnomon.wire.plain import PLAIN
from gnomon.wire.plan import Buffer, Lift, Lower, Plan, kind_of
from gnomon.wire.planning import Planner

VERSION = 1
"""First byte of every message's head."""
PREFIX_BYTES = 5
"""The version, and the type's number."""


class Kind(Struct, frozen=True, kw_only=True):
    """A registered type."""

    name: str
    prefix: bytes
    """What a head of this type begins with."""
    lower: Lower | None
    lift: Lift | None
    decode: Callable[[Buffer], Any]
    """msgpack, held to the plan's wire type; that and the numbers of small arrays, if it is not `alone`."""
    unbounded: bool
    alone: bool
    """Its objects never have buffers beside the value."""


class Registry:
    """Registered types by what an object is, and by what a head begins with.

    Raises TypeError for a type that can't be sent, with the path to the field that prevents it, and ValueError for two
    types whose numbers are the same.
    """

    def __init__(self, types: Iterable[object], hooks: Iterable[Hook]) -> None:
        planner = Planner(hooks)
        self.by_class: dict[object, Kind] = {}
        """Types that an object's class tells; where it does not, ask `of_object`."""
        self.by_prefix: dict[bytes, Kind] = {}
        """Types by the first PREFIX_BYTES bytes of a head."""
        self._by_type: dict[object, Kind] = {}
        self._plain: Kind | None = None
        for each in dict.fromkeys(types):
            name = _name(each)
            plan = planner.plan(each, name)
            kind = _kind(name, plan)
            taken = self.by_prefix.setdefault(kind.prefix, kind)
            if taken is not kind:
                raise ValueError(f"{taken.name} and {name} have the same number; rename one of them")
            self._by_type[each] = kind
            self.by_class[dict if is_typeddict(each) else each] = kind
            if plan is PLAIN:
                self._plain = kind
        self.array = planner.array
        """Path to the first array or tensor that the types declare; empty if they declare none."""
        if self._plain:
            for cls in (dict, list):
                self.by_class.setdefault(cls, self._plain)

    def of_object(self, value: object) -> Kind:
        """The type of an object. Raises EncodeError if it is not registered."""
        kind = self.by_class.get(type(value)) or self._plain
        if kind is None:
            raise EncodeError("is not of a registered type", kind_of(value))
        return kind

    def of_type(self, annotation: object) -> Kind:
        """What was registered as that type. Raises EncodeError if nothing was."""
        kind = self._by_type.get(annotation)
        if kind is None:
            raise EncodeError("is not a registered type", _name(annotation))
        return kind


def prefix_of(name: str, schema: str) -> bytes:
    """The version, then the type's number: four bytes of BLAKE2b-256 of its name and its fields."""
    return bytes((VERSION,)) + blake2b(f"{name}\n{schema}".encode(), digest_size=32).digest()[:4]


def _name(annotation: object) -> str:
    return annotation.__qualname__ if isinstance(annotation, type) else str(annotation)


def _kind(name: str, plan: Plan) -> Kind:
    try:
        decoder = Decoder(GenericAlias(tuple, (plan.wire, bytes)) if plan.apart else plan.wire)
    except TypeError as error:
        raise TypeError(f"{name}: {error}") from error
    return Kind(
        name=name,
        prefix=prefix_of(name, plan.schema),
        lower=plan.lower,
        lift=plan.lift,
        decode=decoder.decode,
        unbounded=plan.unbounded,
        alone=not plan.apart,
    )
