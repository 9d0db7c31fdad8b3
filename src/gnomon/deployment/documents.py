"""YAML -> plain nodes with line numbers, without constructing an object, within bounds that hold for hostile text.

PyYAML gives the events (https://yaml.org/spec/1.1/#id861060) and the nodes are joined here, without recursion: its own
composer calls itself once a level, which ends the process where the text is deep enough. A node that an alias repeats
is shared, counted as often as it is repeated, and never holds itself.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from gnomon.deployment.facts import Unreadable

if TYPE_CHECKING:
    from yaml._yaml import Mark as CMark
    from yaml.error import Mark
    from yaml.events import Event, ScalarEvent

MAX_DEPTH = 100
"""Lists and mappings inside one another."""
MAX_NODES = 50_000
"""Nodes of one file, each counted as often as aliases repeat it."""
MAX_DOCUMENTS = 1_000
"""Documents of one file."""
MAX_MERGES = 4
"""Mappings merged into one that is merged into one …"""


class Scalar(Struct, frozen=True, kw_only=True):
    """A text."""

    text: str
    line: int
    end: int
    """1-based last line."""
    block: bool = False
    """True if it is written as a block, `|` or `>`, below its mark."""
    weight: int = 1
    height: int = 1


class Listing(Struct, frozen=True, kw_only=True):
    """A sequence."""

    items: "tuple[Node, ...]"
    line: int
    weight: int
    """How many nodes it stands for."""
    height: int


class Mapping(Struct, frozen=True, kw_only=True):
    """Keys and values in order."""

    pairs: "tuple[tuple[Scalar, Node], ...]"
    """Keys that are no texts are left out."""
    line: int
    weight: int
    height: int

    def get(self, key: str, depth: int = 0) -> "Node | None":
        """The value of a key, also of one that `<<` merges in; None without it."""
        merged: list[Node] = []
        for name, value in self.pairs:
            if name.text == key:
                return value
            if name.text == "<<":
                merged += value.items if isinstance(value, Listing) else (value,)
        if depth >= MAX_MERGES:
            return None
        inner = (node.get(key, depth + 1) for node in merged if isinstance(node, Mapping))
        return next((node for node in inner if node is not None), None)


Node = Scalar | Listing | Mapping


class _Open:
    """A collection whose end has not come yet."""

    __slots__ = ("anchor", "children", "height", "is_mapping", "line", "weight")

    def __init__(self, line: int, anchor: str | None, *, is_mapping: bool) -> None:
        self.line = line
        self.anchor = anchor
        self.is_mapping = is_mapping
        self.children: list[Node | None] = []
        self.weight = 1
        self.height = 1

    def add(self, node: Node | None) -> None:
        self.children.append(node)
        if node is not None:
            self.weight += node.weight
            self.height = max(self.height, node.height + 1)

    def closed(self) -> Listing | Mapping:
        if not self.is_mapping:
            items = tuple(node for node in self.children if node is not None)
            return Listing(items=items, line=self.line, weight=self.weight, height=self.height)
        pairs = zip(self.children[::2], self.children[1::2], strict=False)
        kept = tuple((key, value) for key, value in pairs if isinstance(key, Scalar) and value is not None)
        return Mapping(pairs=kept, line=self.line, weight=self.weight, height=self.height)


def documents(data: bytes) -> tuple[Node, ...]:
    """The root of each document that has one. Raises Unreadable if it is no YAML, or more than the bounds allow."""
    import yaml  # here, since few scans have a question for a deployment file

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return tuple(_joined(yaml.parse(data, Loader=loader)))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark is not None else ""
        raise Unreadable(f"not YAML{where}") from None
    except (ValueError, RecursionError):  # of the decoder, of the pure-Python scanner
        raise Unreadable("not YAML") from None


def _joined(events: "Iterator[Event]") -> Iterator[Node]:
    """Nodes from events, document by document."""
    import yaml

    stack: list[_Open] = []
    anchors: dict[str, Node] = {}
    seen = began = 0
    for event in events:
        node: Node | None = None
        match event:
            case yaml.DocumentStartEvent():
                began += 1
                anchors = {}
                continue
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                is_mapping = isinstance(event, yaml.MappingStartEvent)
                stack.append(_Open(_line(event.start_mark), event.anchor, is_mapping=is_mapping))
                seen += 1
                _check(len(stack), seen, began)
                continue
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                done = stack.pop()
                node = done.closed()
                if done.anchor:
                    anchors[done.anchor] = node
            case yaml.ScalarEvent():
                node = _scalar(event)
                seen += 1
                if event.anchor:
                    anchors[event.anchor] = node
            case yaml.AliasEvent():
                node = anchors.get(event.anchor or "")  # None within the node it names
                seen += node.weight if node is not None else 1
            case _:
                continue
        _check(len(stack) + (node.height if node is not None else 0), seen, began)
        if stack:
            stack[-1].add(node)
        elif node is not None:
            yield node


def _scalar(event: "ScalarEvent") -> Scalar:
    return Scalar(
        text=event.value,
        line=_line(event.start_mark),
        end=_line(event.end_mark),
        block=event.style in ("|", ">"),
    )


def _line(mark: "Mark | CMark | None") -> int:
    return mark.line + 1 if mark is not None else 0


def _check(depth: int, seen: int, began: int) -> None:
    if depth > MAX_DEPTH:
        raise Unreadable(f"nested more than {MAX_DEPTH} levels deep")
    if seen > MAX_NODES:
        raise Unreadable(f"more than {MAX_NODES:,} values, repeated ones counted")
    if began > MAX_DOCUMENTS:
        raise Unreadable(f"more than {MAX_DOCUMENTS:,} documents")
