"""Annotations of what is sent, and the classes and imports that they need."""

import keyword
import re
from collections.abc import Iterable

from gnomon.core.merging import NOTHING, keyed, merged, of_any_length
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
    within,
)
from gnomon.fix.homes import Homes
from gnomon.fix.limits import Limits
from gnomon.fix.naming import Names, camel
from gnomon.fix.text import quoted

_RESERVED = (
    *("Any", "Callable", "Codec", "Exception", "Hook", "Literal", "Messages", "NDArray", "NoneType", "NotRequired"),
    *("Mapping", "TypeAlias", "TypedDict", "UUID", "Decimal", "Path", "date", "datetime", "time", "timedelta"),
)


class Declarations:
    """The declarations of one channel's messages; what is said here is what a person has to look at."""

    def __init__(self, limits: Limits, homes: Homes, suffix: str = "") -> None:
        self.limits = limits
        self.homes = homes
        self.suffix = camel(suffix)
        """Makes the names of classes those of this channel."""
        self.imports: dict[str, None] = {}
        """Whole lines."""
        self.classes: dict[str, str] = {}
        """Source of each generated class by its name; what a class refers to comes before it."""
        self.keyed: dict[str, Keyed] = {}
        """The dictionaries that they stand for."""
        self.late: dict[str, tuple[str, str]] = {}
        """Imports that can't be made at the top of the module: the name that each binds, and why."""
        self.why: dict[str, None] = {}
        self.impossible: dict[str, None] = {}
        self.names = Names(_RESERVED)
        self._dictionaries: dict[Keyed, str] = {}
        self._records: dict[tuple[str, str], str] = {}

    def annotation(self, shape: Shape, hint: str) -> str:
        """The shape as an annotation; `hint` is what a class for it is called."""
        match shape:
            case Plain(type="None"):
                return "None"
            case Plain():
                return shape.type
            case Standard():
                return self._standard(shape)
            case Unknown():
                self.why.setdefault(f"{shape.why}: plain values alone are declared for it")
                return self._any()
            case Array():
                return self._array(shape)
            case Failure():
                self._refuse(self.limits.failure(shape))
                return "Exception"
            case Record():
                return self._record(shape)
            case Keyed():
                return self.dictionary(shape, hint)
            case Mapping():
                return self._mapping(shape, hint)
            case Sequence() | Row():
                return self._several(shape, hint)
            case Either():
                return self._either(shape, hint)

    def dictionary(self, shape: Keyed, hint: str) -> str:
        """Name of the TypedDict for a dictionary."""
        known = self._dictionaries.get(shape)
        if known is not None:
            return known
        name = self._dictionaries[shape] = self.names.free(f"{self.suffix}{hint}")
        fields: list[tuple[str, str]] = []
        for key, inner in shape.fields:
            annotation = self.annotation(inner, camel(key) or hint)
            if key in shape.optional:
                self.imports["from typing import NotRequired"] = None
                annotation = f"NotRequired[{annotation}]"
            fields.append((key, annotation))
        self.imports["from typing import TypedDict"] = None
        self.classes[name] = _typed_dict(name, fields)
        self.keyed[name] = shape
        return name

    def _any(self) -> str:
        self.imports["from typing import Any"] = None
        return "Any"

    def _standard(self, shape: Standard) -> str:
        module, _, name = shape.type.rpartition(".")
        self.imports[f"from {module} import {name}"] = None
        self._refuse(self.limits.standard(shape))
        return name

    def _array(self, shape: Array) -> str:
        self._refuse(self.limits.array(shape))
        if shape.library == "torch":
            self.imports["import torch"] = None
            return "torch.Tensor"
        self.imports["from numpy.typing import NDArray"] = None
        return f"NDArray[{self._any()}]"

    def _record(self, shape: Record) -> str:
        why, impossible = self.limits.record(shape)
        self.why.update(dict.fromkeys(why))
        self.impossible.update(dict.fromkeys(impossible))
        key = (shape.site.path, shape.qualname)
        if key not in self._records:
            outer, _, inner = shape.qualname.partition(".")
            home = self.homes.of(shape)
            self._refuse(home.problem)
            bound = self.names.free(outer)
            if home.circle:
                self.late[home.line(bound)] = (bound, home.circle)
            else:
                self.imports[home.line(bound)] = None
            self._records[key] = f"{bound}.{inner}" if inner else bound
        return self._records[key]

    def _mapping(self, shape: Mapping, hint: str) -> str:
        key = shape.key if shape.key != NOTHING else Plain("str")
        problem = self.limits.key(key)
        if problem:
            self.why.setdefault(problem)
            return self._any()
        return f"dict[{self.annotation(key, hint)}, {self._content(shape.value, hint)}]"

    def _several(self, shape: Sequence | Row, hint: str) -> str:
        self._refuse(self.limits.several(shape))
        if isinstance(shape, Row):
            return f"tuple[{', '.join(self.annotation(item, f'{hint}Item') for item in shape.items) or '()'}]"
        element = self._content(shape.element, f"{hint}Item")
        return f"tuple[{element}, ...]" if shape.kind == "tuple" else f"{shape.kind}[{element}]"

    def _content(self, shape: Shape, hint: str) -> str:
        if shape == NOTHING:
            self.why.setdefault("what is put into an empty list or dictionary could not be followed")
            return self._any()
        return self.annotation(shape, hint)

    def _either(self, shape: Either, hint: str) -> str:
        alternatives = self.alternatives(shape)
        texts = dict.fromkeys(self.annotation(each, hint) for each in alternatives)
        if "Any" in texts:
            return "Any"
        self._refuse(self.limits.union(alternatives))
        return " | ".join(sorted(texts, key="None".__eq__))

    def alternatives(self, shape: Shape) -> tuple[Shape, ...]:
        """What a value can be, so that its class tells which: one kind of dictionary, and one of tuple."""
        shapes = list(shape.shapes) if isinstance(shape, Either) else [shape]
        dictionaries = [each for each in shapes if isinstance(each, Keyed)]
        while len(dictionaries) > 1:
            one, other = dictionaries[:2]
            dictionaries[:2] = [keyed(one, other)]
        rows = [each for each in shapes if isinstance(each, Row)]
        tuples = [of_any_length(each) for each in rows] if len(rows) > 1 else rows
        others = [each for each in shapes if not isinstance(each, Keyed | Row)]
        made = merged([*dictionaries, *tuples, *others])
        found = made.shapes if isinstance(made, Either) else (made,)
        unknown = [each for each in found if isinstance(each, Unknown)]
        if unknown and not all(is_plain(each) for each in found):
            # Any would take in the others, which are no plain values
            self.why.update(dict.fromkeys(f"{each.why}: it is not declared, and refused" for each in unknown))
            found = tuple(each for each in found if not isinstance(each, Unknown))
        return found

    def refuse_late(self, texts: Iterable[str]) -> None:
        """Classes that are imported late can't be part of what is defined at the top of the module."""
        for name, circle in self.late.values():
            if any(re.search(rf"\b{name}\b", text) for text in texts):
                self._refuse(circle)

    def _refuse(self, problem: str) -> None:
        if problem:
            self.impossible.setdefault(problem)


def is_plain(shape: Shape) -> bool:
    """True if it is a value without a declared type: no tuple, set or object of a class is in it."""
    return all(
        isinstance(each, Plain | Keyed | Mapping | Array | Either | Unknown)
        or (isinstance(each, Sequence) and each.kind == "list")
        for each in within(shape)
    )


def _typed_dict(name: str, fields: list[tuple[str, str]]) -> str:
    """A class, or a call where a key is no name."""
    if all(key.isidentifier() and not keyword.iskeyword(key) and not key.startswith("__") for key, _ in fields):
        lines = [f"    {key}: {annotation}" for key, annotation in fields] or ["    pass"]
        return "\n".join([f"class {name}(TypedDict):", '    """A dictionary with these keys."""', "", *lines])
    entries = [f"        {quoted(key)}: {annotation}," for key, annotation in fields]
    return "\n".join([f"{name} = TypedDict(", f'    "{name}",', "    {", *entries, "    },", ")"])
