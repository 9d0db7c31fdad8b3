"""One file's text: what stands on a line, and on which lines a word stands."""

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from gnomon.python.headers import Header, headers

_WORD_BYTES = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")
MAX_CODE = 200
"""Characters of a line that are shown."""


class Source:
    """The searchable bytes of one file, and what has been asked about them so far."""

    __slots__ = ("_codes", "_headers", "_lines_with", "_offsets", "_starts", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._starts: array[int] | None = None
        self._lines_with: dict[str, list[int]] = {}
        self._headers: list[Header] | None = None
        self._codes: dict[int, str] = {}
        self._offsets: dict[int, int] = {}
        """An offset in each line that was found by a word: most files are never asked for all of their lines."""

    def lines_with(self, word: str) -> list[int]:
        """1-based lines where `word` stands as a whole word, ascending."""
        known = self._lines_with.get(word)
        if known is None:
            known = self._lines_with[word] = list(self._find(word.encode()))
        return known

    def _find(self, needle: bytes) -> Iterator[int]:
        data = self.data
        size, end = len(needle), len(data)
        line, counted, previous = 1, 0, 0
        at = data.find(needle)
        while at >= 0:
            stop = at + size
            if (at == 0 or data[at - 1] not in _WORD_BYTES) and (stop == end or data[stop] not in _WORD_BYTES):
                line += data.count(b"\n", counted, at)
                counted = at
                if line != previous:
                    self._offsets[line] = at
                    yield line
                    previous = line
            at = data.find(needle, stop)

    def has_between(self, word: str, start: int, end: int) -> bool:
        """True if `word` stands between two byte offsets, be it as a part of another word."""
        return self.data.find(word.encode(), start, end) >= 0

    def headers(self) -> list[Header]:
        """The class statements in the text."""
        if self._headers is None:
            self._headers = list(headers(self.data))
        return self._headers

    def imports(self, module: str) -> bool:
        """True if an import statement's first line has the text in it."""
        needle, data = module.encode(), self.data
        at = data.find(needle)
        while at >= 0:
            start = data.rfind(b"\n", 0, at) + 1
            if data[start:at].lstrip().startswith((b"import ", b"from ", b"import\t", b"from\t")):
                return True
            at = data.find(needle, at + len(needle))
        return False

    def line_at(self, offset: int) -> int:
        """The 1-based line that holds a byte offset."""
        return bisect_right(self._line_starts(), offset)

    def code(self, line: int) -> str:
        """A line, stripped, at most MAX_CODE characters; "" outside the file."""
        known = self._codes.get(line)
        if known is None:
            known = self._codes[line] = self._line(line).decode().strip()[:MAX_CODE]
        return known

    def _line(self, line: int) -> bytes:
        at = self._offsets.get(line)
        if at is not None:
            end = self.data.find(b"\n", at)
            return self.data[self.data.rfind(b"\n", 0, at) + 1 : end if end >= 0 else None]
        starts = self._line_starts()
        return self.data[starts[line - 1] : starts[line]] if 0 < line < len(starts) else b""

    def _line_starts(self) -> "array[int]":
        """Byte offset of each line's start, and of the end."""
        if self._starts is None:
            self._starts = array("Q", accumulate(map(len, self.data.splitlines(keepends=True)), initial=0))
        return self._starts
