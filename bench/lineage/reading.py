"""A tree -> the product's units of all its files; what was read once is kept, by the code that read it."""

import ast
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from hashlib import sha256
from pathlib import Path

import msgspec

import gnomon.trace
from bench.lineage.sources import Sources, Tree
from gnomon.knowledge.load import load
from gnomon.python.parse import Unparsable, parse
from gnomon.python.text import searchable
from gnomon.trace.copies import Place
from gnomon.trace.reading import units_of
from gnomon.trace.sinks import sink_tokens

DEPTH = 6_000
"""Frames: generated code nests deeper than Python's default."""


@cache
def sinks() -> frozenset[str]:
    """The modelled deserializers, as tokens."""
    return sink_tokens(load().models)


def place(wanted: Tree, path: str, sources: Sources) -> Place | None:
    """One file, if it is there and parses."""
    data = sources.files(wanted).get(path, b"")
    found, _ = units_of(path, searchable(data), sinks())
    return Place(path, found) if found else None


def places(wanted: Tree, sources: Sources, kept: Path) -> tuple[Place, ...]:
    """Every file that parses, by path."""
    path = kept / f"{wanted.name.replace('/', '+')}-{_reader()}.msgpack"
    if path.exists():
        return msgspec.msgpack.decode(path.read_bytes(), type=tuple[Place, ...])
    found = tuple(_places(sources.files(wanted)))
    kept.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(msgspec.msgpack.encode(found))
    part.rename(path)
    return found


def read_all(wanted: Iterable[Tree], sources: Sources, kept: Path, jobs: int) -> None:
    """Reads trees that were not read before, several at once."""
    with ProcessPoolExecutor(jobs) as pool:
        for done in [pool.submit(_kept, each, sources, kept) for each in wanted]:
            done.result()


def _kept(wanted: Tree, sources: Sources, kept: Path) -> None:
    places(wanted, sources, kept)


def _places(files: dict[str, bytes]) -> Iterator[Place]:
    deep()
    for path, data in sorted(files.items()):
        found, _ = units_of(path, searchable(data), sinks())
        if found:
            yield Place(path, found)


@cache
def _reader() -> str:
    """Eight digits for the code that reads."""
    code = sha256(repr(sorted(sinks())).encode())
    for path in sorted(Path(gnomon.trace.__file__).parent.glob("*.py")):
        if path.stem in ("hashing", "normal", "reading", "sinks", "units"):
            code.update(path.read_bytes())
    return code.hexdigest()[:8]


def deep() -> None:
    """Lets this process parse code that is nested as deeply as generated code is."""
    sys.setrecursionlimit(max(DEPTH, sys.getrecursionlimit()))


def parsed(data: bytes) -> ast.Module | None:
    """The file's syntax tree, as the product reads it; None if it can't."""
    try:
        return parse(searchable(data).decode()).tree
    except (Unparsable, RecursionError):
        return None
