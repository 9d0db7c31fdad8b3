"""The names that pickles of a shape ask for, as far as they are known: what an exact allow-list needs.

What the standard library's classes ask for was read from pickles of Python 3.9 to 3.13 in protocols 3 to 5.
"""

import builtins
from collections.abc import Mapping as Table
from types import MappingProxyType

from msgspec import Struct

from gnomon.core.channel import Dump, Holding
from gnomon.core.shape import (
    Array,
    Either,
    Failure,
    Keyed,
    Mapping,
    Plain,
    Record,
    Row,
    Sequence,
    Shape,
    Standard,
    Unknown,
)
from gnomon.fix import modules
from gnomon.fix.payload.wording import at
from gnomon.fix.sources import Sources

Name = tuple[str, str]
"""Module and qualified name, as a pickle has them."""
Place = tuple[str, int]
"""Path and line."""

NUMPY: frozenset[Name] = frozenset(
    (module, name)
    for version in ("numpy.core", "numpy._core")  # before and since numpy 2.0
    for module, name in (
        (f"{version}.multiarray", "_reconstruct"),
        (f"{version}.multiarray", "scalar"),
        (f"{version}.numeric", "_frombuffer"),  # protocol 5
        ("numpy", "dtype"),
        ("numpy", "ndarray"),
    )
)
"""What pickles of arrays and of numbers from them ask for: numpy/core/src/multiarray/methods.c, `array_reduce`."""
LOADS_AGAIN: frozenset[Name] = frozenset(
    {
        ("torch.storage", "_load_from_bytes"),  # https://github.com/pytorch/pytorch/blob/v2.6.0/torch/storage.py
        ("_pickle", "load"),
        ("_pickle", "loads"),
        ("dill._dill", "load"),
        ("dill._dill", "loads"),
        ("pickle", "load"),
        ("pickle", "loads"),
    }
)
"""Functions that unpickle what they are given, by no list: who may ask for one may ask for anything."""
_TIME = frozenset({("datetime", "timedelta"), ("datetime", "timezone")})
_STANDARD: dict[str, frozenset[Name]] = {
    "datetime.datetime": _TIME | {("datetime", "datetime")},
    "datetime.date": frozenset({("datetime", "date")}),
    "datetime.time": _TIME | {("datetime", "time")},
    "datetime.timedelta": frozenset({("datetime", "timedelta")}),
    "uuid.UUID": frozenset({("uuid", "UUID"), ("uuid", "SafeUUID")}),
    "decimal.Decimal": frozenset({("decimal", "Decimal")}),
    "pathlib.Path": frozenset(
        (module, name) for module in ("pathlib", "pathlib._local") for name in ("PosixPath", "WindowsPath")
    ),  # `_local` in Python 3.13
}
EXCEPTIONS: frozenset[Name] = frozenset(
    ("builtins", name)
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, Exception) and kind.__name__ == name
)
"""Python's own exceptions: they hold what they are given, and do nothing with it."""
_SHOWN = 5
"""Attributes that are named, of those whose content is not known."""
_TENSOR = "a torch tensor's pickle has `torch.storage._load_from_bytes` unpickle its storage, by no list"


class Named(Struct, frozen=True, kw_only=True):
    """Names, and what is not known of them."""

    names: frozenset[Name] = frozenset()
    guessed: tuple[str, ...] = ()
    """Why there may be more: clauses. Untrusted text."""
    impossible: tuple[str, ...] = ()
    """Why no list would hold: clauses."""


def of_dump(dump: Dump, sources: Sources) -> Named:
    """What the pickles of a dump ask for: of its shape, and of what objects in it hold.

    What a class does not declare, and was read from what is put into its objects, is a guess; that no list could hold
    it is one, too: it may never be sent.
    """
    known = {_place(each.record): each for each in dump.holdings}
    held = (_held(each, sources, known) for each in dump.holdings)
    return together(named(dump.shape, sources, known), *held)


def _held(holding: Holding, sources: Sources, known: Table[Place, Holding]) -> Named:
    """Names of what objects of a class hold, with one clause for all that is not known of it."""
    record = holding.record
    parts = [(name, named(inner, sources, known)) for name, inner in holding.attributes]
    classes = {clause for each in known.values() for clause in _of_fields(each.record, known)}
    unsure = [name for name, part in parts if part.impossible or set(part.guessed) - classes]
    told = f"{', '.join(f'`{name}`' for name in unsure[:_SHOWN])}{', …' if len(unsure) > _SHOWN else ''}"
    clause = f"what {record.qualname} ({at(record.site)}) holds is not known as a whole: {told}"
    return Named(names=frozenset().union(*(part.names for _, part in parts)), guessed=(clause,) if unsure else ())


def named(shape: Shape, sources: Sources, known: Table[Place, Holding] = MappingProxyType({})) -> Named:
    """What pickles of a shape ask for; `known` has what objects hold, by where their class is defined."""
    match shape:
        case Plain():
            return Named()
        case Record():
            own = Named(names=_of_record(shape, sources), guessed=_of_fields(shape, known))
            return together(own, *(named(field, sources, known) for _, field in shape.fields))
        case Keyed(fields=fields):
            return together(*(named(field, sources, known) for _, field in fields))
        case Mapping(key=key, value=value):
            return together(named(key, sources, known), named(value, sources, known))
        case Sequence(element=element, kind=kind):
            old = frozenset({("builtins", kind)}) if kind in ("set", "frozenset") else frozenset()  # before protocol 4
            return together(Named(names=old), named(element, sources, known))
        case Row(items=shapes) | Either(shapes=shapes):
            return together(*(named(item, sources, known) for item in shapes))
        case Array(library="numpy"):
            return Named(names=NUMPY)
        case Array():
            return Named(impossible=(_TENSOR,))
        case Standard(type=type_):
            return Named(names=_STANDARD[type_])
        case Failure(name=name):
            return _of_failure(name)
        case Unknown(why=why, site=site):
            place = at(site) if site is not None else ""
            return Named(guessed=(why if place in why else f"{why} ({place})",))


def together(*parts: Named) -> Named:
    """All of them."""
    return Named(
        names=frozenset().union(*(part.names for part in parts)),
        guessed=tuple(dict.fromkeys(clause for part in parts for clause in part.guessed)),
        impossible=tuple(dict.fromkeys(clause for part in parts for clause in part.impossible)),
    )


def _of_record(record: Record, sources: Sources) -> frozenset[Name]:
    if record.kind == "typeddict":
        return frozenset()  # a dictionary
    own = {(modules.dotted(record.site.path, sources), record.qualname)}
    if "__main__" in sources.text(record.site.path):
        own.add(("__main__", record.qualname))  # where the file is the program
    if record.kind == "struct":
        own.add(("msgspec._utils", "rebuild"))  # of those with keyword-only fields
    return frozenset(own)


def _of_fields(record: Record, known: Table[Place, Holding]) -> tuple[str, ...]:
    if record.kind != "class":
        return record.loose
    held = known.get(_place(record))
    told = f"{record.qualname} ({at(record.site)}) does not say what its attributes are"
    if held is not None:
        told += f": {held.why}" if held.why else ": they were read from what is assigned to them"
    return (told, *record.loose)


def _place(record: Record) -> Place:
    return record.site.path, record.site.line


def _of_failure(name: str) -> Named:
    if name == "Exception":  # what a handler catches may be any
        return Named(names=EXCEPTIONS, guessed=("exceptions that are not Python's own are refused",))
    found = getattr(builtins, name, None)
    if not isinstance(found, type) or not issubclass(found, BaseException):
        return Named(guessed=(f"it is not known which module {name} is of",))
    return Named(names=frozenset({("builtins", name)}))
