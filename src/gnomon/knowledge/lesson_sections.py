"""The Markdown of a lesson, taken apart: sections by their headings, and files by their fences."""

import re
import tomllib
from collections.abc import Iterator, Sequence

from msgspec import Struct

from gnomon.core.lesson import LessonFile, WrongEdit

_FENCE = re.compile(r"(?P<marks>`{3,})(?P<language>[\w+-]*)(?: (?P<name>\S.*))?")
_PLAIN = re.compile(r"[A-Za-z_][\w.-]*")
_OPTION = re.compile(r"Option ([a-z])")
_WRONG = "Wrong: "


class Misplaced(Exception):
    """Something in a lesson is not where it belongs; `line` is the file's, 0 for the file as a whole."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line


class Section(Struct, frozen=True, kw_only=True):
    """What stands below a heading, up to the next of the same level."""

    title: str
    line: int
    """The heading's, 1-based in the file."""
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The section as it is written, without the empty lines around it."""
        return "\n".join(self.lines).strip("\n")


class _Fenced(Struct, frozen=True, kw_only=True):
    language: str
    name: str
    line: int
    lines: tuple[str, ...]


def sections(text: str, first_line: int) -> tuple[Section, ...]:
    """The sections of level two; `first_line` is the number of the text's first line in the file."""
    before, parts = _split(text.split("\n"), "## ", first_line)
    for number, line in enumerate(before, first_line):
        if line.strip():
            raise Misplaced(number, "text before the first section `## …`")
    return parts


def files_of(section: Section) -> tuple[LessonFile, ...]:
    """The files that stand in the section itself, above its options. Raises Misplaced."""
    lines, _ = _split(section.lines, "### ", section.line + 1)
    found: list[LessonFile] = []
    for fence in _fences(lines, section.line + 1):
        if not _PLAIN.fullmatch(fence.name):
            raise Misplaced(fence.line, "a file needs a plain name after the language: ```python server.py")
        if fence.name in [file.name for file in found]:
            raise Misplaced(fence.line, f"a second file {fence.name} in one section")
        text = "".join(f"{line}\n" for line in fence.lines)
        found.append(LessonFile(name=fence.name, language=fence.language, text=text, line=fence.line + 1))
    return tuple(found)


def options_of(section: Section) -> dict[str, Section]:
    """The parts `### Option a` by their letters. Raises Misplaced."""
    _, parts = _split(section.lines, "### ", section.line + 1)
    found: dict[str, Section] = {}
    for part in parts:
        named = _OPTION.fullmatch(part.title)
        if named is None or named[1] in found:
            raise Misplaced(part.line, "below `Files` there are `### Option a`, `### Option b`, …, each once")
        found[named[1]] = part
    return found


def wrong_edits(parts: Sequence[Section]) -> Iterator[WrongEdit]:
    """The sections `Wrong: …`: a line `expect = "…"`, and files. Raises Misplaced."""
    for section in parts:
        if not section.title.startswith(_WRONG):
            continue
        outside = [line for line in _outside(section.lines) if line.strip()]
        try:
            table = tomllib.loads("\n".join(outside))
        except tomllib.TOMLDecodeError:
            table = {}
        expect = table.get("expect")
        if list(table) != ["expect"] or not isinstance(expect, str) or not expect:
            raise Misplaced(section.line, 'beside its files a section `Wrong: …` has one line: expect = "part of …"')
        yield WrongEdit(title=section.title.removeprefix(_WRONG), expect=expect, files=files_of(section))


def _split(lines: Sequence[str], mark: str, first_line: int) -> tuple[tuple[str, ...], tuple[Section, ...]]:
    """The lines before the first heading that begins with `mark`, and a section for each heading; code has none."""
    code = {number for fence, end in _spans(lines, first_line) for number in range(fence, end + 1)}
    starts = [at for at, line in enumerate(lines) if line.startswith(mark) and at not in code]
    ends = [*starts, len(lines)][1:]
    found = tuple(
        Section(
            title=lines[start].removeprefix(mark).strip(),
            line=first_line + start,
            lines=tuple(lines[start + 1 : end]),
        )
        for start, end in zip(starts, ends, strict=True)
    )
    return tuple(lines[: starts[0]] if starts else lines), found


def _spans(lines: Sequence[str], first_line: int) -> Iterator[tuple[int, int]]:
    """Where fenced code begins and ends: indices of its two fences. Raises Misplaced if one stays open."""
    at = 0
    while at < len(lines):
        opening = _FENCE.fullmatch(lines[at])
        if opening is not None:
            marks = opening["marks"]
            end = next((n for n in range(at + 1, len(lines)) if lines[n].rstrip() == marks), None)
            if end is None:
                raise Misplaced(first_line + at, f"no line {marks} ends the code that begins here")
            yield at, end
            at = end
        at += 1


def _fences(lines: Sequence[str], first_line: int) -> Iterator[_Fenced]:
    for start, end in _spans(lines, first_line):
        opening = _FENCE.fullmatch(lines[start])
        if opening is not None:
            yield _Fenced(
                language=opening["language"],
                name=opening["name"] or "",
                line=first_line + start,
                lines=tuple(lines[start + 1 : end]),
            )


def _outside(lines: Sequence[str]) -> Iterator[str]:
    code = {number for start, end in _spans(lines, 0) for number in range(start, end + 1)}
    return (line for number, line in enumerate(lines) if number not in code)
