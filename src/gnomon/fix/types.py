"""Which types a channel's messages have, what each is called, and which dumps have to say theirs."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from gnomon.core.channel import Dump
from gnomon.core.shape import Array, Keyed, Mapping, Plain, Record, Shape, Standard, Unknown
from gnomon.fix.declarations import Declarations
from gnomon.fix.naming import message_name
from gnomon.fix.sources import Sources


class Type(Struct, frozen=True, kw_only=True):
    """A type of message."""

    name: str
    """As an expression in the module: a class, or the name of an alias."""
    annotation: str
    """As an annotation; the same where it is a class."""
    key: str
    """What a table of types finds it by: the class of its objects where that tells it, else its name."""
    shape: Shape


class Types(Struct, frozen=True, kw_only=True):
    """The types of one channel's messages."""

    all: tuple[Type, ...]
    """Each once, in the order of the dumps."""
    given: tuple[tuple[Shape, str], ...]
    """Name of the type that a dump of a shape has to give: its object's class does not tell it."""
    aliases: tuple[str, ...]
    """Lines that give names to types that are no classes."""


def types_of(dumps: Sequence[Dump], declarations: Declarations, sources: Sources) -> Types:
    """The types of what is dumped; any plain value if there are no dumps."""
    maker = _Maker(declarations, falls_back=declarations.limits.style == "wire")
    shapes = {dump.shape: _hint(dump, sources) for dump in reversed(dumps)}
    choices = {shape: declarations.alternatives(shape) for shape in dict.fromkeys(dump.shape for dump in dumps)}
    dictionaries = {each for found in choices.values() for each in found if _is_dictionary(each)}
    for shape, alternatives in choices.items():
        maker.declare(shape, alternatives, shapes[shape], alone=len(dictionaries) <= 1)
    if not choices:
        unknown = Unknown(why="nothing that is sent is known")
        maker.declare(unknown, (unknown,), "Message", alone=True)
    return Types(all=tuple(maker.types.values()), given=tuple(maker.given.items()), aliases=tuple(maker.aliases))


class _Maker:
    def __init__(self, declarations: Declarations, *, falls_back: bool) -> None:
        self.declarations = declarations
        self.falls_back = falls_back
        """True if what is of no other type is taken for a plain value."""
        self.types: dict[str, Type] = {}
        self.given: dict[Shape, str] = {}
        self.aliases: list[str] = []
        self._named: dict[str, str] = {}

    def declare(self, shape: Shape, alternatives: tuple[Shape, ...], hint: str, *, alone: bool) -> None:
        """Declare what one dump sends: a type for each class that it can have, or one type that it has to name."""
        if all(self._is_told(each, alone=alone) for each in alternatives):
            for each in alternatives:
                key = "dict" if _is_dictionary(each) and not isinstance(each, Unknown) else ""
                self._add(self._by_class(each, hint), self.declarations.annotation(each, hint), each, key)
            return
        texts = dict.fromkeys(self.declarations.annotation(each, hint) for each in alternatives)
        whole = union_of(texts)
        if len(alternatives) > 1:
            problem = self.declarations.limits.union(alternatives)
            self.declarations.impossible.update(dict.fromkeys([problem] if problem else []))
        name = whole if whole in self.declarations.classes else self._alias(whole, hint)
        self._add(name, name, shape if len(alternatives) > 1 else alternatives[0])
        self.given[shape] = name

    def _by_class(self, shape: Shape, hint: str) -> str:
        """The class as an expression."""
        if shape == Plain("None"):
            self.declarations.imports["from types import NoneType"] = None
            return "NoneType"
        if isinstance(shape, Array) and shape.library == "numpy":
            self.declarations.imports["import numpy as np"] = None
            return "np.ndarray"
        return self.declarations.annotation(shape, hint)

    def _alias(self, annotation: str, hint: str) -> str:
        if annotation not in self._named:
            wanted = "PlainValue" if annotation == "Any" else f"{self.declarations.suffix}{hint}"
            name = self._named[annotation] = self.declarations.names.free(wanted)
            self.declarations.imports["from typing import TypeAlias"] = None
            self.aliases.append(f"{name}: TypeAlias = {annotation}")
        return self._named[annotation]

    def _add(self, name: str, annotation: str, shape: Shape, key: str = "") -> None:
        self.types.setdefault(name, Type(name=name, annotation=annotation, shape=shape, key=key or name))

    def _is_told(self, shape: Shape, *, alone: bool) -> bool:
        """True if the class of an object says that it has this shape; `alone` if there is one dictionary at most."""
        match shape:
            case Unknown():
                return alone and self.falls_back
            case Record(kind="typeddict") | Keyed():
                return alone
            case Plain() | Standard() | Array() | Record():
                return True
            case _:
                return False


def _is_dictionary(shape: Shape) -> bool:
    return isinstance(shape, Keyed | Mapping | Unknown) or (isinstance(shape, Record) and shape.kind == "typeddict")


def _hint(dump: Dump, sources: Sources) -> str:
    """What a class for the dumped value is called."""
    value = sources.code(dump.value.path, dump.value.span) if dump.value is not None else ""
    last = value.rpartition(".")[2]
    return message_name(last if last.isidentifier() else "", dump.qualname)


def union_of(texts: Iterable[str]) -> str:
    """A union as an annotation, each once."""
    found = dict.fromkeys(part for text in texts for part in text.split(" | "))
    return "Any" if "Any" in found else " | ".join(sorted(found, key="None".__eq__))
