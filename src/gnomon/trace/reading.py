"""A target's files -> places: only those are parsed whose text can hold a copy, or a load."""

import builtins
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from gnomon.core.signature import Definition, Signature
from gnomon.python.parse import TOO_DEEP, Unparsable, parse
from gnomon.python.words import Words
from gnomon.trace.units import Unit, units

ENOUGH = 0.6
"""Share of a definition's telling names that a file without a load must have to be worth parsing."""
TELLING_LENGTH = 6
"""Letters of a name that not every file has."""
MAX_BYTES = 1_000_000
"""Of a file; a syntax tree and the tokens made of it take some hundred times the memory of its text."""
MAX_LINES = 50_000
"""As MAX_BYTES, for files of very short lines."""
_ORDINARY = frozenset({"load", "open", "connect", "recv", "decode", "Server", "feed"})
"""Names that many libraries have."""
_EVERYWHERE = frozenset({"append", "encode", "format", "update", "extend", "warning", "remove", "values", "replace"})
"""Methods of Python's own types."""


def worth_parsing(
    texts: Mapping[str, bytes], words: Words, sinks: frozenset[str], signatures: Iterable[Signature]
) -> list[str]:
    """Paths of files that can hold a load, or enough of a definition of a signature, in the order given."""
    found = {path for sink in sinks for path in _naming(sink, texts, words)}
    for names in {_telling(definition) for each in signatures for definition in each.definitions} - {()}:
        counts = Counter(path for name in names for path in words.files(name))
        found.update(path for path, count in counts.items() if count >= ENOUGH * len(names))
    return [path for path in texts if path in found]


def _telling(definition: Definition) -> tuple[str, ...]:
    names = (name for name in definition.names if len(name) >= TELLING_LENGTH and not hasattr(builtins, name))
    return tuple(name for name in names if name not in _EVERYWHERE)


def _naming(sink: str, texts: Mapping[str, bytes], words: Words) -> Iterator[str]:
    """Files that can call it by their text; a name that many libraries have must follow the module's."""
    owner, _, name = sink.partition(".")
    holding = words.files(name)
    if not owner:
        yield from holding
        return
    owning = set(words.files(owner))
    for path in holding:
        if path in owning and (name not in _ORDINARY or sink.encode() in texts[path]):
            yield path


def units_of(path: str, data: bytes, sinks: frozenset[str]) -> tuple[tuple[Unit, ...], str]:
    """One file's units, and why it, or a part of it, could not be read ("" if all was). `data` is searchable text."""
    lines = data.count(b"\n")
    if len(data) > MAX_BYTES or lines > MAX_LINES:
        return (), f"too large to compare: {len(data):,} bytes, {lines:,} lines"
    try:
        parsed = parse(data.decode())
        found = units(parsed.tree, path, sinks)
    except Unparsable as error:
        return (), str(error)
    except RecursionError:
        return (), f"{TOO_DEEP} to compare"
    return tuple(found), parsed.shortfall if parsed.masked else ""
