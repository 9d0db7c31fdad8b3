"""A file's text as it is written, with places found as spans tell them and everything else kept byte for byte."""

import codecs
import io
import re
import tokenize

from gnomon.core.site import Span
from gnomon.fix.protocol import Refusal
from gnomon.python.text import searchable

_LINE_END = re.compile(r"\r\n|\n|\r")
_UTF8 = ("utf-8", "utf-8-sig", "ascii")


class Text:
    """The text of one file. Line ends and a mark are as they were; offsets count characters from 0."""

    def __init__(self, path: str, written: str, mark: bytes = b"") -> None:
        self.path = path
        self.written = written
        self._mark = mark
        ends = [(match.start(), match.end()) for match in _LINE_END.finditer(written)]
        self._starts = [0, *(end for _, end in ends)]
        self._ends = [*(start for start, _ in ends), len(written)]

    @property
    def plain(self) -> str:
        r"""With `\n` at the ends of lines, as parsers want it."""
        return _LINE_END.sub("\n", self.written)

    @property
    def newline(self) -> str:
        """The line end that the file has most often."""
        ends = _LINE_END.findall(self.written)
        return max(("\n", "\r\n", "\r"), key=ends.count)

    @property
    def lines(self) -> int:
        """How many there are; the last may be empty."""
        return len(self._starts)

    def encoded(self) -> bytes:
        """The file's bytes."""
        return self._mark + self.written.encode()

    def line(self, number: int) -> str:
        """A line without its end, 1-based."""
        return self.written[self._starts[number - 1] : self._ends[number - 1]]

    def line_start(self, number: int) -> int:
        """Offset of a line's first character; the text's length for the line after the last."""
        return self._starts[number - 1] if number <= len(self._starts) else len(self.written)

    def bounds(self, span: Span) -> tuple[int, int]:
        """Offsets of a span's first character and of the one after its last. Raises Refusal if it is not in the text.

        An end of 0 columns is before the line's first character.
        """
        start = self._offset(span.line, span.column - 1)
        end = self._offset(span.end_line, span.end_column)
        if end < start:
            raise Refusal(f"{self.path}:{span.line} ends before it begins")
        return start, end

    def code(self, span: Span) -> str:
        """The text of a span as it is written."""
        start, end = self.bounds(span)
        return self.written[start:end]

    def _offset(self, number: int, byte: int) -> int:
        if not 0 < number <= self.lines:
            raise Refusal(f"{self.path} has no line {number}")
        line = self.line(number)
        if line.isascii():
            inside = 0 <= byte <= len(line)
            characters = byte
        else:
            data = line.encode()
            inside = 0 <= byte <= len(data)
            characters = len(data[:byte].decode(errors="ignore")) if inside else 0
            inside = inside and len(line[:characters].encode()) == byte
        if not inside:
            raise Refusal(f"{self.path}:{number} has no column {byte}")
        return self._starts[number - 1] + characters

    def indentation(self, number: int) -> str:
        """The blanks that a line begins with."""
        line = self.line(number)
        return line[: len(line) - len(line.lstrip(" \t"))]

    def replaced(self, edits: list[tuple[int, int, str]]) -> "Text":
        """A text with ranges of characters replaced. Raises Refusal if they overlap."""
        pieces, at = [], 0
        for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
            if start < at:
                raise Refusal(f"{self.path}: two changes overlap")
            pieces += [self.written[at:start], new]
            at = end
        return Text(self.path, "".join([*pieces, self.written[at:]]), self._mark)


def read(path: str, data: bytes) -> Text:
    """The text of a file. Raises Refusal for what is not UTF-8, or is read as other letters than it is written with."""
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    if b"\0" in data or data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        raise Refusal(f"{path} is not UTF-8")
    if path.endswith((".py", ".pyi", ".pyw")):
        _check_declared(path, data)
    try:
        text = Text(path, data.removeprefix(mark).decode(), mark)
    except UnicodeDecodeError:
        raise Refusal(f"{path} is not UTF-8") from None
    if text.plain != searchable(data).decode():
        raise Refusal(f"{path} has letters in its names that stand for others (PEP 3131)")
    return text


def _check_declared(path: str, data: bytes) -> None:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except (SyntaxError, UnicodeError):
        raise Refusal(f"{path} is neither UTF-8 nor in an encoding that it declares") from None
    if encoding not in _UTF8:
        raise Refusal(f"{path} is written in {encoding}, not in UTF-8")
