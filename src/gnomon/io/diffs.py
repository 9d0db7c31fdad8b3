r"""A unified diff -> what it adds to each file.

Read are the diffs of `git diff`, `git show` and `git format-patch` (https://git-scm.com/docs/diff-format) and plain
`diff -u`: several files, renames, new files, names in C quotes, `\ No newline at end of file`, CRLF line ends.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

_BEGINNINGS = (b"diff ", b"--- ", b"Index: ", b"From ", b"commit ")
_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_MERGE = re.compile(rb"@@@+ -")
_HUNKS = re.compile(rb"^@@@* -\d", re.MULTILINE)
_PREFIXED = re.compile(r"[abciwo]/(?=.)")  # what git puts before names: https://git-scm.com/docs/diff-config
_ESCAPE = re.compile(rb'\\(?:([0-7]{3})|([abtnvfr"\\]))')
_ESCAPED = {b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f", b"r": b"\r"}
_BINARY = re.compile(rb"Binary files .* and (.+) differ")
_NOWHERE = "/dev/null"
MAX_LINE = 1_000_000
"""A hunk further down is not read: no source has so many lines."""


class Hunk(Struct, frozen=True):
    """The new side of one hunk."""

    start: int
    """1-based line of the first one."""
    lines: tuple[bytes, ...]
    """Without line ends."""
    added: frozenset[int]
    """Which line numbers of the new file the hunk adds."""


class Patch(Struct, frozen=True, kw_only=True):
    """What a diff does to one file that exists afterwards."""

    names: tuple[str, ...]
    """What the file may be called, most likely first: a diff does not say whether its names have a prefix."""
    hunks: tuple[Hunk, ...] = ()
    unread: str = ""
    """Why there are changes that can't be told, if so."""


def is_diff(data: bytes) -> bool:
    """True for text that begins as a diff does, and has hunks or describes files."""
    start = data.lstrip()
    return start.startswith(_BEGINNINGS) and (_HUNKS.search(start) is not None or start.startswith(b"diff --git "))


def patches(data: bytes) -> Iterator[Patch]:
    """Each file that the diff leaves changed, in the order of the diff."""
    reader = _Reader(data.split(b"\n"))
    while reader.more():
        patch = reader.patch()
        if patch is not None:
            yield patch


class _Reader:
    """A position in the diff's lines."""

    def __init__(self, lines: list[bytes]) -> None:
        self._lines = lines
        self._at = 0
        self._git = any(line.startswith(b"diff --") for line in lines)

    def more(self) -> bool:
        return self._at < len(self._lines)

    def patch(self) -> Patch | None:
        """The next file; None if it ends here, or is deleted or only renamed."""
        new, renamed, unread = "", "", ""
        hunks: list[Hunk] = []
        started = False
        while self.more():
            line = self._lines[self._at].removesuffix(b"\r")
            if started and (line.startswith((b"diff ", b"Index: ")) or (hunks and self._is_file_header())):
                break
            started = started or line.startswith((b"diff ", b"Index: ", b"--- "))
            self._at += 1
            if line.startswith(b"+++ "):
                new = _name(line[4:])
            elif line.startswith(b"rename to "):
                renamed = _name(line[10:])
            elif _MERGE.match(line):
                unread = "a merge's combined diff; give the diff against one parent"
            elif match := _BINARY.match(line):
                new, unread = _name(match[1]), "the diff takes it for binary"
            elif match := _HUNK.match(line):
                old, start, count = (int(number or 1) for number in match.groups())
                hunk = self._hunk(old, start, count)
                if start + len(hunk.lines) > MAX_LINE:
                    unread = f"a hunk at line {start:,}"
                else:
                    hunks.append(hunk)
        if new in ("", _NOWHERE) or not (hunks or unread):
            return None
        return Patch(
            names=(renamed,) if renamed else _candidates(new, git=self._git), hunks=tuple(hunks), unread=unread
        )

    def _is_file_header(self) -> bool:
        following = self._lines[self._at : self._at + 2]
        return len(following) == 2 and following[0].startswith(b"--- ") and following[1].startswith(b"+++ ")

    def _hunk(self, old: int, start: int, new: int) -> Hunk:
        """The hunk whose head was just read: its counts say where it ends."""
        lines: list[bytes] = []
        added: set[int] = set()
        while self.more() and (old > 0 or new > 0):
            line = self._lines[self._at]
            self._at += 1
            mark = line[:1]
            if mark == b"\\":
                continue
            if mark != b"-":
                if mark == b"+":
                    added.add(start + len(lines))
                lines.append(line[1:])
                new -= 1
            if mark != b"+":
                old -= 1
        return Hunk(start, tuple(lines), frozenset(added))


def _name(field: bytes) -> str:
    """A file's name as it stands in a header, without the time that `diff -u` puts after it."""
    if field.startswith(b'"'):
        field = _ESCAPE.sub(_unescaped, field[1:].rpartition(b'"')[0])
    else:
        field = field.partition(b"\t")[0]
    return field.decode("utf-8", "surrogateescape")


def _unescaped(match: re.Match[bytes]) -> bytes:
    octal, letter = match.groups()
    return bytes([int(octal, 8) & 0xFF]) if octal else _ESCAPED.get(letter, letter)


def _candidates(name: str, *, git: bool) -> tuple[str, ...]:
    """The name without and with the prefix that git may have put before it."""
    if not _PREFIXED.match(name):
        return (name,)
    return (name[2:], name) if git else (name, name[2:])
