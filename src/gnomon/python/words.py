"""Which files of a project contain a word: every file's words are collected in one pass."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

_WORD = re.compile(rb"[A-Za-z0-9_]+")
_APART = bytes(byte if _WORD.fullmatch(bytes([byte])) else 0x20 for byte in range(256))
"""Everything that is not part of an ASCII identifier becomes a blank."""


class Words:
    """Word -> files, for the files of one target."""

    def __init__(self, data: Mapping[str, bytes]) -> None:
        self._data = data
        self._paths = list(data)
        self._numbers: dict[bytes, list[int]] | None = None
        self._vocabulary = b""

    def files(self, word: str) -> list[str]:
        """Paths of the files in which `word` stands as a whole word, in the order given."""
        return [self._paths[number] for number in self._index().get(word.encode(), ())]

    def containing(self, literal: str) -> list[str]:
        """Paths of the files that contain `literal`, in the order given."""
        needle = literal.encode()
        return [self._paths[number] for number in self._candidates(needle) if needle in self._data[self._paths[number]]]

    def _candidates(self, needle: bytes) -> Iterable[int]:
        """Files that contain the longest word of `needle`: as it is where `needle` shows both its ends."""
        longest = max(_WORD.finditer(needle), key=lambda match: match.end() - match.start(), default=None)
        if longest is None:
            return range(len(self._paths))
        index, part = self._index(), longest.group()
        if longest.start() > 0 and longest.end() < len(needle):
            return index.get(part, ())
        self._vocabulary = self._vocabulary or b"\n".join(index)
        words = re.findall(rb"[^\n]*" + part + rb"[^\n]*", self._vocabulary) if part in self._vocabulary else ()
        return sorted({number for word in words for number in index[word]})

    def _index(self) -> dict[bytes, list[int]]:
        if self._numbers is None:
            numbers: defaultdict[bytes, list[int]] = defaultdict(list)
            for number, path in enumerate(self._paths):
                for word in set(self._data[path].translate(_APART).split()):
                    numbers[word].append(number)
            self._numbers = dict(numbers)
        return self._numbers
