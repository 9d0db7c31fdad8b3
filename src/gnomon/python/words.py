"""Which files of a project contain a word: every file's words are collected in one pass."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from gnomon.core.spread import IN_TURN, Spread

_WORD = re.compile(rb"[A-Za-z0-9_]+")
_APART = bytes(byte if _WORD.fullmatch(bytes([byte])) else 0x20 for byte in range(256))
"""Everything that is not part of an ASCII identifier becomes a blank."""
_WORTH_SHARING = 4_000_000
"""Bytes of text; less is collected by one process sooner than by two."""
_ENGINE_BYTES = 1_200_000
"""What another process collects in the time that this one needs to import the engine after `begin`."""

Places = dict[bytes, list[int]]
"""Word -> numbers of the files it stands in, ascending."""


class Words:
    """Word -> files, for the files of one target."""

    def __init__(self, data: Mapping[str, bytes], spread: Spread = IN_TURN) -> None:
        self._data = data
        self._paths = list(data)
        self._spread = spread
        self._share = range(len(self._paths))
        """What is collected here."""
        self._others: Iterable[Places] = ()
        """What other processes collect, for the files that follow."""
        self._parts: list[Places] = []
        """For files in a row each, in their order."""
        self._vocabularies: list[bytes] = []

    def begin(self) -> None:
        """Puts other processes to work, if there are any and there is enough to do: this one may do something else."""
        sizes = [len(text) for text in self._data.values()]
        if self._spread.workers == 1 or sum(sizes) < _WORTH_SHARING:
            return
        self._share, *others = _shares(sizes, self._spread.workers)
        self._others = self._spread(self._words_of, others, Places, lambda share, _: self._words_of(share))

    def files(self, word: str) -> list[str]:
        """Paths of the files in which `word` stands as a whole word, in the order given."""
        return [self._paths[number] for number in self._numbers(word.encode())]

    def containing(self, literal: str) -> list[str]:
        """Paths of the files that contain `literal`, in the order given."""
        needle = literal.encode()
        return [self._paths[number] for number in self._candidates(needle) if needle in self._data[self._paths[number]]]

    def _candidates(self, needle: bytes) -> Iterable[int]:
        """Files that contain the longest word of `needle`: as it is where `needle` shows both its ends."""
        longest = max(_WORD.finditer(needle), key=lambda match: match.end() - match.start(), default=None)
        if longest is None:
            return range(len(self._paths))
        part = longest.group()
        if longest.start() > 0 and longest.end() < len(needle):
            return self._numbers(part)
        self._vocabularies = self._vocabularies or [b"\n".join(places) for places in self._index()]
        line = re.compile(rb"[^\n]*" + part + rb"[^\n]*")
        words = {word for vocabulary in self._vocabularies if part in vocabulary for word in line.findall(vocabulary)}
        return sorted({number for word in words for number in self._numbers(word)})

    def _numbers(self, word: bytes) -> list[int]:
        return [number for places in self._index() for number in places.get(word, ())]

    def _index(self) -> list[Places]:
        self._parts = self._parts or [self._words_of(self._share), *self._others]
        return self._parts

    def _words_of(self, share: range) -> Places:
        places: defaultdict[bytes, list[int]] = defaultdict(list)
        for number in share:
            for word in words_in(self._data[self._paths[number]]):
                places[word].append(number)
        return dict(places)


def words_in(text: bytes) -> set[bytes]:
    """The words of one text; of one that is not ASCII its ASCII parts."""
    return set(text.translate(_APART).split())


def _shares(sizes: list[int], count: int) -> list[range]:
    """Files in a row, in at most `count` parts that take about the same time, the engine's import before the first."""
    shares: list[range] = []
    begin, size, whole = 0, _ENGINE_BYTES, _ENGINE_BYTES + sum(sizes)
    for number, more in enumerate(sizes, 1):
        size += more
        if size * count >= whole * (len(shares) + 1) or number == len(sizes):
            shares.append(range(begin, number))
            begin = number
    return shares
