"""Modules of messages, generated from shapes that are written out, as files of a small package."""

from gnomon.core.channel import Dump
from gnomon.core.shape import (
    Array,
    Either,
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
from gnomon.core.site import CodeSite, Span
from gnomon.core.tree import SourceFile, Tree
from gnomon.fix.messages import Module, Place, module
from gnomon.fix.sections import composed, own_names
from gnomon.fix.sources import Sources

STR, INT, FLOAT, BOOL, NONE, BYTES = (Plain(name) for name in ("str", "int", "float", "bool", "None", "bytes"))
CLASSES = '''"""What is sent."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import NamedTuple, TypedDict

from msgspec import Struct


class Kind(enum.Enum):
    """What is asked for."""

    TEXT = "text"
    IMAGE = "image"


@dataclass
class Job:
    """Something to do."""

    prompt: str
    ids: list[int]
    kind: Kind
    parent: Job | None = None


class Point(NamedTuple):
    """A place."""

    x: int
    y: float


class Load(Struct):
    """How busy a worker is."""

    queued: int
    share: float | None


class Options(TypedDict):
    """How to answer."""

    stream: bool
    stops: list[str]
'''
SERVER = "socket.send_pyobj(answer)\n"


def site(line: int, end: int = 0, path: str = "app/jobs.py", column: int = 1, end_column: int = 1) -> CodeSite:
    """A place in the package."""
    return CodeSite(path=path, span=Span(line=line, column=column, end_line=end or line, end_column=end_column))


KIND = Record(kind="enum", site=site(12, 16), qualname="Kind", fields=(("TEXT", STR), ("IMAGE", STR)))
_INNER = Record(kind="dataclass", site=site(20, 26), qualname="Job")
JOB = Record(
    kind="dataclass",
    site=site(20, 26),
    qualname="Job",
    fields=(
        ("prompt", STR),
        ("ids", Sequence(kind="list", element=INT)),
        ("kind", KIND),
        ("parent", Either(shapes=(_INNER, NONE))),
    ),
)
POINT = Record(kind="namedtuple", site=site(29, 33), qualname="Point", fields=(("x", INT), ("y", FLOAT)))
LOAD = Record(
    kind="struct",
    site=site(36, 40),
    qualname="Load",
    fields=(("queued", INT), ("share", Either(shapes=(FLOAT, NONE)))),
)
OPTIONS = Record(
    kind="typeddict",
    site=site(43, 47),
    qualname="Options",
    fields=(("stream", BOOL), ("stops", Sequence(kind="list", element=STR))),
)
ANSWER = Keyed(
    fields=(
        ("text", STR),
        ("config", Keyed(fields=(("top-k", INT), ("class", BOOL)))),
        ("scores", Mapping(key=INT, value=Row(items=(STR, FLOAT)))),
        ("error", Either(shapes=(STR, NONE))),
    ),
    optional=("error",),
)
ASKED = Keyed(fields=(("method", STR), ("args", Sequence(kind="tuple", element=Either(shapes=(STR, INT))))))
NUMPY, TORCH = Array(library="numpy"), Array(library="torch")
ANYTHING = Unknown(why="`task` is a parameter that nothing gives")
UUID = Standard("uuid.UUID")


def dump(shape: Shape, qualname: str = "Server.send_answer") -> Dump:
    """A dump of `answer` in the package's server."""
    at = site(1, path="app/server.py", column=1, end_column=25)
    value = site(1, path="app/server.py", column=20, end_column=25)
    return Dump(site=at, api="zmq.Socket.send_pyobj", qualname=qualname, shape=shape, value=value)


def place(style: str, touched: str = "app/server.py") -> Place:
    """Where the module goes."""
    files = {"app/__init__.py": '"""A package."""\n', "app/jobs.py": CLASSES, "app/server.py": SERVER}
    sources = Sources(
        Tree(target="app", files=tuple(SourceFile(path=path, data=text.encode()) for path, text in files.items()))
    )
    name = {"wire": "wire_messages", "msgspec": "typed_messages", "json": "json_messages"}[style]
    return Place(path=f"app/{name}.py", tests=f"tests/test_{name}.py", sources=sources, touched=frozenset({touched}))


def made(style: str, *shapes: Shape, name: str = "", payload: bool = False) -> Module:
    """The module for dumps of these shapes."""
    return module(style, name, [dump(shape) for shape in shapes], place(style), payload=payload)


def files(modules: list[Module]) -> dict[str, str]:
    """The package with generated modules in it, by path."""
    sections = [section for each in modules for section in (*each.sections, *each.tests)]
    texts = {"app/__init__.py": '"""A package."""\n', "app/jobs.py": CLASSES}
    return texts | composed(sections, own_names(section.path for section in sections))
