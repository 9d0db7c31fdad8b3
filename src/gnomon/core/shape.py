"""What a message can be, as far as the code that sends it tells."""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from gnomon.core.site import CodeSite

PlainType = Literal["str", "int", "float", "bool", "None", "bytes"]
RecordKind = Literal["dataclass", "struct", "namedtuple", "typeddict", "pydantic", "enum", "class"]


class Plain(Struct, frozen=True, tag="plain", tag_field="shape"):
    """A text, number, truth value, None or bytes."""

    type: PlainType


StandardType = Literal[
    "datetime.datetime",
    "datetime.date",
    "datetime.time",
    "datetime.timedelta",
    "uuid.UUID",
    "decimal.Decimal",
    "pathlib.Path",
]


class Standard(Struct, frozen=True, tag="standard", tag_field="shape"):
    """A value of a class of the standard library, by the class's full name."""

    type: StandardType


class Record(Struct, frozen=True, kw_only=True, tag="record", tag_field="shape"):
    """An object of a class of the target."""

    kind: RecordKind
    """`class` for one that says nothing of its fields."""
    site: CodeSite
    """The class's definition."""
    qualname: str
    fields: tuple[tuple[str, "Shape"], ...] = ()
    """By annotation, where there are any; none of a record within itself, which is told where it is met first."""
    loose: tuple[str, ...] = ()
    """Why what its fields hold may be more than their annotations allow, such as None by default: clauses."""


class Keyed(Struct, frozen=True, kw_only=True, tag="keyed", tag_field="shape"):
    """A dictionary whose keys are known, and are texts."""

    fields: tuple[tuple[str, "Shape"], ...]
    optional: tuple[str, ...] = ()
    """Keys that some of the dictionaries that are sent do not have."""


class Mapping(Struct, frozen=True, kw_only=True, tag="mapping", tag_field="shape"):
    """A dictionary whose keys are not known."""

    key: "Shape"
    value: "Shape"


class Sequence(Struct, frozen=True, kw_only=True, tag="sequence", tag_field="shape"):
    """A list, tuple or set of any length."""

    kind: Literal["list", "tuple", "set", "frozenset"]
    element: "Shape"


class Row(Struct, frozen=True, kw_only=True, tag="row", tag_field="shape"):
    """A tuple with a known number of items."""

    items: tuple["Shape", ...]


class Array(Struct, frozen=True, kw_only=True, tag="array", tag_field="shape"):
    """A numpy array or torch tensor."""

    library: Literal["numpy", "torch"]


class Failure(Struct, frozen=True, kw_only=True, tag="failure", tag_field="shape"):
    """An exception."""

    name: str = "Exception"


class Either(Struct, frozen=True, kw_only=True, tag="either", tag_field="shape"):
    """One of several; none of them is an Either, and each is there once."""

    shapes: tuple["Shape", ...]


class Unknown(Struct, frozen=True, kw_only=True, tag="unknown", tag_field="shape"):
    """Something that could not be followed."""

    why: str
    """A clause in words, without a full stop. Untrusted text."""
    site: CodeSite | None = None
    declared: str = ""
    """The type that is declared here, if one is: canonical, such as `typing.Any` or `transformers.PretrainedConfig`."""


Shape = Plain | Standard | Record | Keyed | Mapping | Sequence | Row | Array | Failure | Either | Unknown


def parts(shape: Shape) -> tuple[Shape, ...]:
    """The shapes that a shape is directly made of."""
    match shape:
        case Record() | Keyed():
            return tuple(inner for _, inner in shape.fields)
        case Mapping():
            return shape.key, shape.value
        case Sequence():
            return (shape.element,)
        case Row():
            return shape.items
        case Either():
            return shape.shapes
        case _:
            return ()


def within(shape: Shape) -> Iterator[Shape]:
    """The shape and everything in it, each before its parts."""
    yield shape
    for part in parts(shape):
        yield from within(part)


def unknowns(shape: Shape) -> tuple[Unknown, ...]:
    """What of a shape could not be followed; nothing for one that is known as a whole."""
    return tuple(dict.fromkeys(each for each in within(shape) if isinstance(each, Unknown)))
