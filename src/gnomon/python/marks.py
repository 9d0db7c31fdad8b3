"""The suppression markers of a tree: read only where a finding is, or where the marker's word stands."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from gnomon.core.marker import OWN_WORD, SCANNERS, foreign_markers, own_markers
from gnomon.core.suppression import Placed
from gnomon.core.tree import SourceFile
from gnomon.python.comments import Comment, comments
from gnomon.python.text import searchable

_OWN = OWN_WORD.encode()
_WORDS = (_OWN, *(scanner.word.encode() for scanner in SCANNERS), b"NOQA")
_LONGEST = 50
"""Lines of the longest statement in which a marker is looked for."""


def marks(
    files: Iterable[SourceFile], flagged: Mapping[str, Collection[int]], *, everywhere: bool, foreign: bool
) -> Iterator[Placed]:
    """Markers at statements of the `flagged` lines, by path, and others beside; with `everywhere` every one of our own.

    A file is read token by token only if a line with a marker makes it worth while. Without `foreign`, markers of other
    scanners are only told, and one that is not on a flagged line itself may be left out.
    """
    for file in files:
        lines = flagged.get(file.path, ())
        if lines or (everywhere and _OWN in file.data):
            data = searchable(file.data)
            if any(_speaks(data, lines, everywhere=everywhere, foreign=foreign)):
                for comment in comments(data.decode()):
                    yield from _placed(file.path, comment)


def _speaks(data: bytes, lines: Collection[int], *, everywhere: bool, foreign: bool) -> Iterator[bool]:
    """True for each line that looks as if it had a marker that matters: most `# noqa` are about style, or far away."""
    if any(word in data for word in _WORDS):
        for number, line in enumerate(data.split(b"\n"), start=1):
            if any(word in line for word in _WORDS):
                text = line.decode()
                near = any(abs(number - flagged) <= _LONGEST for flagged in lines)
                yield (near or everywhere) and any(own_markers(text))
                yield (near if foreign else number in lines) and any(foreign_markers(text))


def _placed(path: str, comment: Comment) -> Iterator[Placed]:
    for own in own_markers(comment.text):
        yield Placed(path=path, line=comment.line, first=comment.first, last=comment.last, marker=own)
    for foreign in foreign_markers(comment.text):
        if foreign.above or not comment.above:
            yield Placed(path=path, line=comment.line, first=comment.first, last=comment.last, marker=foreign)
