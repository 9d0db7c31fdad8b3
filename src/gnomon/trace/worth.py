"""What code can be a copy of a signature, or load, by its words: only that is parsed and compared."""

import ast
import builtins
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import NamedTuple

from gnomon.core.signature import Definition, Signature
from gnomon.python.words import Words, words_in
from gnomon.trace.normal import DefinitionNode, imports_of
from gnomon.trace.units import first_line, outermost

ENOUGH = 0.6
"""Share of a definition's telling names that a file without a load must have to be worth parsing."""
ENOUGH_INSIDE = 0.5
"""The same for a function or class in such a file; less, since a copy may have been split."""
FEWEST = 3
"""Telling names; a definition with fewer is known by its own name, or by a load."""
TELLING_LENGTH = 6
"""Letters of a name that not every file has."""
_ORDINARY = frozenset({"load", "open", "connect", "recv", "decode", "Server", "feed"})
"""Names that many libraries have."""
_EVERYWHERE = frozenset({"append", "encode", "format", "update", "extend", "warning", "remove", "values", "replace"})
"""Methods of Python's own types."""


class _Sink(NamedTuple):
    """A sink's token, taken apart."""

    token: bytes
    owner: str
    """"" for a method of whatever object."""
    name: str

    def is_told(self, text: bytes) -> bool:
        """False for a name that many libraries have, if it does not follow its module's in the text."""
        return self.name not in _ORDINARY or self.token in text


class Worth:
    """Made of signatures and sinks once, asked about files, and about what is defined in them."""

    def __init__(self, sinks: frozenset[str], signatures: Iterable[Signature]) -> None:
        definitions = [definition for signature in signatures for definition in signature.definitions]
        self._sinks = [_Sink(sink.encode(), *sink.split(".")) for sink in sorted(sinks)]
        self._telling = sorted({names for definition in definitions if len(names := _telling(definition)) >= FEWEST})
        self._holders: dict[bytes, list[int]] = defaultdict(list)
        """Telling name -> numbers of the definitions that have it."""
        for number, names in enumerate(self._telling):
            for name in names:
                self._holders[name.encode()].append(number)
        self._named = frozenset(definition.qualname.partition(".")[0] for definition in definitions)

    @property
    def version(self) -> str:
        """The same for those that choose the same code: 16 hexadecimal digits."""
        asked = repr((self._sinks, self._telling, sorted(self._named)))
        return blake2b(asked.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()

    def files(self, texts: Mapping[str, bytes], words: Words) -> list[str]:
        """Paths of files that can hold a load, or enough of a definition of a signature, in the order given."""
        found = {path for sink in self._sinks for path in _calling(sink, texts, words)}
        for names in self._telling:
            counts = Counter(path for name in names for path in words.files(name))
            found.update(path for path, count in counts.items() if count >= ENOUGH * len(names))
        for name in self._named:
            found.update(path for path in words.files(name) if _defines(texts[path], name.encode()))
        return [path for path in texts if path in found]

    def wanted(self, tree: ast.Module, path: str, data: bytes) -> list[DefinitionNode]:
        """The outermost functions and classes of such a file that can be copies, or load; its outline is enough."""
        lines = data.split(b"\n")
        here = words_in(data) | {b""}
        sinks = [(sink.name.encode(), sink) for sink in self._sinks if sink.owner.encode() in here]
        renamed = {local: meant for local, meant in _imported(tree, path) if local != meant}

        def can_be(node: DefinitionNode) -> bool:
            text = b"\n".join(lines[first_line(node) - 1 : node.end_lineno])
            words = words_in(text)
            words.update(renamed[word] for word in words.intersection(renamed))
            return any(name in words and sink.is_told(text) for name, sink in sinks) or self._can_be(words)

        # what a repair has changed beyond likeness is known by its name
        return [node for node in outermost(tree) if node.name in self._named or can_be(node)]

    def _can_be(self, words: set[bytes]) -> bool:
        counts = Counter(number for word in words.intersection(self._holders) for number in self._holders[word])
        return any(count >= ENOUGH_INSIDE * len(self._telling[number]) for number, count in counts.items())


def _imported(tree: ast.Module, path: str) -> Iterator[tuple[bytes, bytes]]:
    """Local names, and what they are called where they come from."""
    for local, meant in imports_of(tree, path).items():
        yield local.encode("utf-8", "surrogatepass"), meant.rpartition(".")[2].encode("utf-8", "surrogatepass")


def _telling(definition: Definition) -> tuple[str, ...]:
    names = (name for name in definition.names if len(name) >= TELLING_LENGTH and not hasattr(builtins, name))
    return tuple(name for name in names if name not in _EVERYWHERE)


def _calling(sink: _Sink, texts: Mapping[str, bytes], words: Words) -> Iterator[str]:
    """Files that can call it by their text."""
    owning = set(words.files(sink.owner)) if sink.owner else set(texts)
    for path in words.files(sink.name):
        if path in owning and sink.is_told(texts[path]):
            yield path


def _defines(text: bytes, name: bytes) -> bool:
    return b"def %s(" % name in text or b"class %s(" % name in text or b"class %s:" % name in text
