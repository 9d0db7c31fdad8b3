"""The names that pickles of a shape ask for, as far as they are known: what an exact allow-list needs.

What the standard library's classes ask for was read from pickles of Python 3.9 to 3.13 in protocols 3 to 5.
"""

import builtins

from msgspec import Struct

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
_TENSOR = "a torch tensor's pickle has `torch.storage._load_from_bytes` unpickle its storage, by no list"


class Named(Struct, frozen=True, kw_only=True):
    """Names, and what is not known of them."""

    names: frozenset[Name] = frozenset()
    guessed: tuple[str, ...] = ()
    """Why there may be more: clauses. Untrusted text."""
    impossible: tuple[str, ...] = ()
    """Why no list would hold: clauses."""


def named(shape: Shape, sources: Sources) -> Named:
    """What pickles of a shape ask for."""
    match shape:
        case Plain():
            return Named()
        case Record():
            own = Named(names=_of_record(shape, sources), guessed=_of_fields(shape))
            return together(own, *(named(field, sources) for _, field in shape.fields))
        case Keyed(fields=fields):
            return together(*(named(field, sources) for _, field in fields))
        case Mapping(key=key, value=value):
            return together(named(key, sources), named(value, sources))
        case Sequence(element=element, kind=kind):
            old = frozenset({("builtins", kind)}) if kind in ("set", "frozenset") else frozenset()  # before protocol 4
            return together(Named(names=old), named(element, sources))
        case Row(items=shapes) | Either(shapes=shapes):
            return together(*(named(item, sources) for item in shapes))
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


def _of_fields(record: Record) -> tuple[str, ...]:
    if record.kind == "class":
        return (f"{record.qualname} ({at(record.site)}) does not say what its attributes are", *record.loose)
    return record.loose


def _of_failure(name: str) -> Named:
    if name == "Exception":  # what a handler catches may be any
        return Named(names=EXCEPTIONS, guessed=("exceptions that are not Python's own are refused",))
    found = getattr(builtins, name, None)
    if not isinstance(found, type) or not issubclass(found, BaseException):
        return Named(guessed=(f"it is not known which module {name} is of",))
    return Named(names=frozenset({("builtins", name)}))
