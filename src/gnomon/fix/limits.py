"""What each style can send, and what a record's annotations make of it."""

from collections.abc import Iterable
from typing import Literal

from gnomon.core.shape import (
    Array,
    Either,
    Failure,
    Keyed,
    Mapping,
    Plain,
    Record,
    RecordKind,
    Row,
    Sequence,
    Shape,
    Standard,
    Unknown,
    parts,
)

TypedStyle = Literal["wire", "msgspec", "json"]
TITLES: dict[TypedStyle, str] = {"wire": "gnomon.wire", "msgspec": "msgspec", "json": "JSON"}
ANYTHING = frozenset({"typing.Any", "object"})
"""Declared types that say nothing."""
_KINDS: dict[TypedStyle, frozenset[RecordKind]] = {
    "wire": frozenset({"dataclass", "struct", "namedtuple", "typeddict", "pydantic", "enum"}),
    "msgspec": frozenset({"dataclass", "struct", "namedtuple", "typeddict", "enum"}),
    "json": frozenset({"dataclass", "struct", "namedtuple", "typeddict", "enum", "pydantic"}),
}
_RUNNING = ("typing.", "collections.abc.", "types.", "threading.", "asyncio.", "multiprocessing.", "queue.", "socket.")
"""Modules whose types stand for what runs in a process, and for generics that are not told."""
_DESCRIPTIONS = frozenset({"torch.Size", "torch.device", "torch.dtype"})
"""What gnomon.wire sends of torch beside tensors."""
_ARRAYS = ("array.", "numpy.", "torch.")
"""Modules whose other types none of the styles has a form for."""
_ROOTS = frozenset({"Exception", "BaseException"})


class Limits:
    """What a style can't send, as clauses; "" for what it can."""

    def __init__(self, style: TypedStyle) -> None:
        self.style = style
        self._title = TITLES[style]
        self._checked: dict[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...]]] = {}

    def failure(self, shape: Failure) -> str:
        """Exceptions are told by name and text by gnomon.wire alone."""
        if self.style == "wire":
            return ""
        return f"an exception ({shape.name}) is sent, which {self._title} has no form for: send its text"

    def standard(self, shape: Standard) -> str:
        """JSON has no dates and identifiers, msgspec no paths."""
        if self.style == "json" or (self.style == "msgspec" and shape.type == "pathlib.Path"):
            return f"a {shape.type} is sent, which {self._title} has no form for"
        return ""

    def array(self, shape: Array) -> str:
        """gnomon.wire takes arrays as they lie in memory, msgspec those of numpy as bytes."""
        if self.style == "wire" or (self.style == "msgspec" and shape.library == "numpy"):
            return ""
        return f"an array of {shape.library} is sent, which {self._title} has no form for"

    def several(self, shape: Sequence | Row) -> str:
        """JSON has no sets."""
        if self.style == "json" and isinstance(shape, Sequence) and shape.kind in ("set", "frozenset"):
            return f"a {shape.kind} is sent, which JSON has no form for"
        return ""

    def key(self, shape: Shape) -> str:
        """What a dictionary's keys can be, where they are declared."""
        if isinstance(shape, Plain) and shape.type in ("str", "int"):
            return ""
        if self.style != "json" and isinstance(shape, Plain) and shape.type == "float":
            return ""
        plain_row = isinstance(shape, Row) and all(
            isinstance(item, Plain) and item.type in ("str", "int") for item in shape.items
        )
        if self.style == "wire" and plain_row:
            return ""
        told = shape.why if isinstance(shape, Unknown) else "they are no texts or whole numbers"
        return f"the keys of a dictionary are not declared ({told})"

    def union(self, shapes: Iterable[Shape]) -> str:
        """What of several types can't be told apart where it arrives."""
        if self.style != "msgspec":
            return ""
        groups: list[str] = []
        for shape in shapes:
            group = _group(shape)
            if group and group in groups:
                return f"one of several {group} is sent, which msgspec can't tell apart inside a message"
            groups.append(group)
        if any(isinstance(shape, Array) for shape in shapes) and len(set(groups) - {"None"}) > 1:
            return "an array or something else is sent, which msgspec can't tell apart inside a message"
        return ""

    def record(self, shape: Record) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """(what is loose, what prevents it) in a class and what its fields are declared to be."""
        key = (shape.site.path, shape.qualname)
        if key not in self._checked:
            self._checked[key] = ((), ())  # a class within itself
            why: dict[str, None] = dict.fromkeys(shape.loose)
            bad: dict[str, None] = {}
            if shape.kind not in _KINDS[self.style] and not (self.style != "wire" and _is_made_of_fields(shape)):
                bad[f"`{shape.qualname}` ({_place(shape)}) is {_SAID.get(shape.kind, 'no record')}, {self._told}"] = (
                    None
                )
            if shape.kind == "enum":
                self._enum(shape, bad)
            else:
                for name, inner in shape.fields:
                    self._field(f"`{shape.qualname}.{name}` ({_place(shape)})", inner, why, bad)
            self._checked[key] = (tuple(why), tuple(bad))
        return self._checked[key]

    @property
    def _told(self) -> str:
        return f"which {self._title} can't send: make it a dataclass"

    def _enum(self, shape: Record, bad: dict[str, None]) -> None:
        kinds = {inner for _, inner in shape.fields}
        if self.style == "msgspec" and kinds not in ({Plain("int")}, {Plain("str")}):
            bad[f"`{shape.qualname}` ({_place(shape)}) has members that are neither all texts nor all numbers"] = None

    def _field(self, name: str, shape: Shape, why: dict[str, None], bad: dict[str, None]) -> None:
        """What is wrong with a field's declaration, which the generated module has to take as it is."""
        problem = self._declaration(shape)
        if problem:
            bad[f"{name} can't be sent by {self._title}: {problem}"] = None
        elif isinstance(shape, Unknown) and shape.declared not in _DESCRIPTIONS:
            why[self._doubt(name, shape)] = None
        if isinstance(shape, Record):
            more, worse = self.record(shape)
            why.update(dict.fromkeys(more))
            bad.update(dict.fromkeys(worse))
        else:
            for each in (shape.value,) if isinstance(shape, Mapping) else parts(shape):
                self._field(name, each, why, bad)

    def _declaration(self, shape: Shape) -> str:
        """Why a value that is declared so can't be sent, as far as its own part goes."""
        match shape:
            case Unknown(declared=declared):
                if declared in ANYTHING or (self.style == "wire" and declared in _DESCRIPTIONS):
                    return ""
                if declared and self.style != "json" and not declared.startswith((*_RUNNING, *_ARRAYS)):
                    return ""
                return f"it is declared `{declared}`" if declared else shape.why
            case Failure():
                return self.failure(shape) or ("" if shape.name in _ROOTS else f"it is declared `{shape.name}`")
            case Standard():
                return self.standard(shape)
            case Array():
                return self.array(shape)
            case Mapping():
                plain = isinstance(shape.key, Unknown) and shape.key.declared in ANYTHING and self.style != "json"
                return "" if plain else self.key(shape.key)
            case Sequence():
                return self.several(shape)
            case Either():
                return self.union(shape.shapes)
            case _:
                return ""

    def _doubt(self, name: str, shape: Unknown) -> str:
        if shape.declared in ANYTHING:
            return f"{name} is declared to be anything: plain values alone go through"
        told = f"{name} is declared `{shape.declared}`, of a library"
        return f"{told}: whether {self._title} can send that shows when the module is imported"


_SAID: dict[RecordKind, str] = {
    "class": "a class that does not say what its fields are",
    "pydantic": "a pydantic model",
}


def _is_made_of_fields(shape: Record) -> bool:
    """True for a class that says its fields, and is made of them: attrs."""
    return shape.kind == "class" and bool(shape.fields)


def _place(shape: Record) -> str:
    return f"{shape.site.path}:{shape.site.line}"


def _group(shape: Shape) -> str:
    """What msgspec takes for one thing in a union."""
    match shape:
        case Keyed() | Mapping():
            return "dictionaries and records"
        case Record(kind="namedtuple") | Sequence() | Row():
            return "lists and tuples"
        case Record(kind="enum"):
            return "texts" if (Plain("str") in [inner for _, inner in shape.fields]) else "numbers"
        case Record():
            return "dictionaries and records"
        case Plain(type="str" | "bytes") | Standard():
            return "texts"
        case Plain(type="int"):
            return "numbers"
        case Plain():
            return shape.type
        case _:
            return ""
