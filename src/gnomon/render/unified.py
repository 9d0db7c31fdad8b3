"""Changed files as a unified diff that git applies: https://git-scm.com/docs/diff-format."""

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from gnomon.render.fix_outcome import FileChange

_CONTEXT = 3
_EXACT_LINES = 5_000
_ESCAPED = {ord('"'): b'\\"', ord("\\"): b"\\\\", ord("\n"): b"\\n", ord("\t"): b"\\t", ord("\r"): b"\\r"}


def diff(changes: Iterable[FileChange], prefix: str = "") -> bytes:
    """The changes, the files' bytes as they are; `prefix` stands before each path."""
    return b"".join(part for change in changes for part in _file(change, prefix + change.path))


def _file(change: FileChange, path: str) -> Iterator[bytes]:
    if change.before == change.after:
        return
    old, new = _lines(change.before or b""), _lines(change.after)
    before, after = _quoted(f"a/{path}"), _quoted(f"b/{path}")
    yield b"diff --git %s %s\n" % (before, after)
    if change.before is None:
        yield b"new file mode 100644\n"
    yield b"--- %s\n" % (b"/dev/null" if change.before is None else before)
    yield b"+++ %s\n" % after
    for group in _matcher(old, new).get_grouped_opcodes(_CONTEXT):
        first, last = group[0], group[-1]
        yield b"@@ -%s +%s @@\n" % (_range(first[1], last[2]), _range(first[3], last[4]))
        for tag, start, end, new_start, new_end in group:
            if tag == "equal":
                yield from (_line(b" ", line) for line in old[start:end])
                continue
            yield from (_line(b"-", line) for line in old[start:end])
            yield from (_line(b"+", line) for line in new[new_start:new_end])


def _matcher(old: list[bytes], new: list[bytes]) -> SequenceMatcher[bytes]:
    """Without its guess of what is junk, which makes diffs longer, where that does not take quadratic time."""
    return SequenceMatcher(None, old, new, autojunk=max(len(old), len(new)) > _EXACT_LINES)


def _lines(data: bytes) -> list[bytes]:
    lines = data.split(b"\n")
    ended = [line + b"\n" for line in lines[:-1]]
    return [*ended, lines[-1]] if lines[-1] else ended


def _line(mark: bytes, line: bytes) -> bytes:
    return mark + (line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n")


def _range(start: int, end: int) -> bytes:
    count = end - start
    if count == 1:
        return b"%d" % (start + 1)
    return b"%d,%d" % (start + (count > 0), count)


def _quoted(path: str) -> bytes:
    """A path as git writes it: in quotes, with octal escapes, if it has more than plain characters."""
    data = path.encode("utf-8", "surrogateescape")
    if all(0x20 <= byte < 0x7F and byte not in (0x22, 0x5C) for byte in data):
        return data
    return b'"' + b"".join(_ESCAPED.get(byte) or _octal(byte) for byte in data) + b'"'


def _octal(byte: int) -> bytes:
    return bytes([byte]) if 0x20 <= byte < 0x7F else b"\\%03o" % byte
