r"""A notebook -> Python source whose line numbers are those of the .ipynb file itself.

Jupyter writes one line of source per line of the file (https://nbformat.readthedocs.io/en/latest/format_description.html):

    "source": [
     "import zmq\n",
     "s.recv_pyobj()"
    ]

Each source line is put on the line its string begins on, everything else becomes an empty line, so that a finding's
line can be opened in an editor. A notebook that is laid out otherwise becomes its code cells one after the other.
"""

import ast
import re
from collections.abc import Iterator

import msgspec
from msgspec import Struct, field

from gnomon.io.limits import too_large

_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_KEY = re.compile(rb'"source"\s*:\s*')
# Matched against stripped lines only, so that no run of spaces can be split in many ways.
_MAGIC = re.compile(r"%|!|\?|[\w.,\[\] ]+=\s*[!%]|[\w.*%]+\?{1,2};?$")
_MAX_TRIED = 200_000
"""Characters of a cell up to which parsing it decides whether a line is IPython's."""


class NotNotebook(Exception):
    """A file named .ipynb can't be read as a notebook; the message is the reason, in one line."""


class _Language(Struct):
    language: str = ""
    name: str = ""


class _Metadata(Struct):
    kernelspec: _Language = field(default_factory=_Language)
    language_info: _Language = field(default_factory=_Language)


class _Notebook(Struct):
    cells: list[msgspec.Raw]
    metadata: msgspec.Raw = field(default_factory=lambda: msgspec.Raw(b"{}"))


class _Cell(Struct):
    cell_type: str = ""
    source: msgspec.Raw = field(default_factory=lambda: msgspec.Raw(b'""'))


class _Placed(Struct, frozen=True):
    """A code cell: its source lines, and the 0-based line of the file that each is on (None: not laid out so)."""

    lines: list[str]
    numbers: list[int] | None


def source_of(data: bytes, limit: int) -> bytes:
    """The code cells as Python, "" if they are in another language. Raises NotNotebook, also above `limit` bytes."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        notebook = msgspec.json.decode(data, type=_Notebook)
        if _language(notebook.metadata) not in ("", "python"):
            return b""
        cells = list(_code_cells(data, notebook.cells, limit))
    except RecursionError:
        raise NotNotebook("not a notebook: nested too deeply") from None
    except UnicodeDecodeError:  # raised for the parts that are decoded by themselves
        raise NotNotebook("not a notebook: not UTF-8") from None
    except msgspec.MsgspecError as error:
        raise NotNotebook(f"not a notebook: {str(error)[:120]}") from None
    return _laid_out(cells, data.count(b"\n") + 1).encode("utf-8", "replace")


def _language(raw: msgspec.Raw) -> str:
    try:
        metadata = msgspec.json.decode(raw, type=_Metadata)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return ""
    language = metadata.language_info.name or metadata.kernelspec.language
    return re.sub(r"[\d.]*$", "", language.lower())


def _code_cells(data: bytes, raws: list[msgspec.Raw], limit: int) -> Iterator[_Placed]:
    position, line, size = 0, 0, 0
    for raw in raws:
        text = bytes(raw)
        # Between two cells are a comma and white space only, so that the next match is the cell itself.
        start = data.find(text, position)
        line += data.count(b"\n", position, start)
        cell = msgspec.json.decode(text, type=_Cell)
        if cell.cell_type == "code":
            source = bytes(cell.source)
            size += len(source)
            if size > limit:
                raise NotNotebook(f"code of {too_large(size, limit)}")
            yield _placed(text, source, line)
        position, line = start + len(text), line + text.count(b"\n")


def _placed(cell: bytes, source: bytes, first_line: int) -> _Placed:
    """The cell's lines with their numbers, if each string is one line, on a line of its own."""
    decoded = msgspec.json.decode(source, type=list[str] | str)
    if isinstance(decoded, str):
        return _Placed(_python(decoded.splitlines()), None)
    if not all(text.endswith("\n") for text in decoded[:-1]) or not all(map(_is_line, decoded)):
        return _Placed(_python("".join(decoded).splitlines()), None)
    numbers = []
    line, position = first_line + cell.count(b"\n", 0, _offset(cell, source)), 0
    for match in _STRING.finditer(source):
        line += source.count(b"\n", position, match.start())
        position = match.start()
        numbers.append(line)
    lines = _python([text.rstrip("\r\n") for text in decoded])
    return _Placed(lines, numbers if len(set(numbers)) == len(decoded) else None)


def _is_line(text: str) -> bool:
    body = text.removesuffix("\n").removesuffix("\r")
    return "\n" not in body and "\r" not in body


def _offset(cell: bytes, source: bytes) -> int:
    """Where the source begins in its cell: the same text may occur among the outputs too."""
    return next((key.end() for key in _KEY.finditer(cell) if cell.startswith(source, key.end())), 0)


def _laid_out(cells: list[_Placed], length: int) -> str:
    if any(cell.numbers is None for cell in cells):
        return "\n".join(line for cell in cells for line in cell.lines) + "\n"
    lines = [""] * length
    for cell in cells:
        for number, line in zip(cell.numbers or (), cell.lines, strict=True):
            lines[number] = line
    return "\n".join(lines)


def _python(lines: list[str]) -> list[str]:
    """The lines with what IPython alone understands commented out; of a cell in another language, all of them."""
    if not any(_is_magic(line) for line in lines) or _parses(lines):
        return lines
    first = next((line.lstrip() for line in lines if line.strip()), "")
    kept: list[str] = []
    for line in lines:
        continued = bool(kept) and kept[-1].startswith("#") and kept[-1].endswith("\\")
        kept.append(f"# {line}" if continued else _commented(line) if _is_magic(line) else line)
    if first.startswith("%%") and not _parses(kept):
        return [f"# {line}" for line in lines]
    return kept


def _is_magic(line: str) -> bool:
    return _MAGIC.match(line.strip()) is not None


def _commented(line: str) -> str:
    """`pass` keeps a block that had nothing else in it."""
    bare = line.lstrip()
    indent = line[: len(line) - len(bare)]
    return f"{indent}pass  # {bare}" if indent else f"# {bare}"


def _parses(lines: list[str]) -> bool:
    """True if Python's parser takes the lines; of a very long cell nobody asks."""
    text = "\n".join(lines)
    if len(text) > _MAX_TRIED:
        return False
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
