"""The class statements of a file, read from its text without parsing it."""

import re
from collections.abc import Iterator

_CLASS = re.compile(rb"class[ \t]+(\w+)[ \t]*(?:\(([^:]*))?:")
_WORD = re.compile(rb"\w+")


class Header:
    """A class statement, and the text up to the next one: the class's body, and perhaps what follows it."""

    __slots__ = ("bases", "end", "name", "start")

    def __init__(self, name: str, bases: frozenset[str], start: int, end: int) -> None:
        self.name = name
        self.bases = bases
        """Every word between the parentheses."""
        self.start = start
        """Byte offset of the class's name."""
        self.end = end
        """Byte offset of the next class statement, or of the end of the file."""


def headers(data: bytes) -> Iterator[Header]:
    """What looks like a class statement; also one in a string."""
    found = list(_CLASS.finditer(data))
    ends = (*(match.start() for match in found[1:]), len(data))
    for match, end in zip(found, ends, strict=False):
        bases = frozenset(word.decode() for word in _WORD.findall(match.group(2) or b""))
        yield Header(match.group(1).decode(), bases, match.start(1), end)
