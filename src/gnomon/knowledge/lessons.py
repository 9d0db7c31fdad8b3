"""The exercises of `gnomon learn`, read from Markdown files into checked values.

A file begins with TOML between two lines `+++`. Then come sections (`## Story`), and in these files: fenced code whose
opening line has a name after the language. docs/learn.md tells how a lesson is written.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Literal, NoReturn

import msgspec
from msgspec import Struct

from gnomon.core.errors import KnowledgeError
from gnomon.core.lesson import Kind, Lesson, LessonFile, Option, Places, WrongAnswer
from gnomon.knowledge.lesson_check import mistakes
from gnomon.knowledge.lesson_sections import Misplaced, Section, files_of, options_of, sections, wrong_edits

PART = "lessons"
_NAME = re.compile(r"(\d\d)-([a-z0-9]+(?:-[a-z0-9]+)*)\.md")
_FRONT = re.compile(r"\A\+\+\+\n(.*?\n)\+\+\+\n", re.DOTALL)
_REMEDY = "docs/learn.md tells how a lesson is written"
_PROSE = ("Story", "Task", "Answer", "Explanation")
_OTHERS = ("Files", "Solution", "Check")


class _OptionTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    key: str
    text: str
    because: str = ""
    right: bool = False


class _Front(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    title: str
    minutes: int
    goal: str
    kind: Kind
    needs: tuple[Literal["wire", "fix"], ...] = ()
    hints: tuple[str, str, str]
    rules: tuple[str, ...]
    places: Places = Places()
    wrong: tuple[WrongAnswer, ...] = ()
    options: tuple[_OptionTable, ...] = ()
    one_right: bool = False
    shown: tuple[str, ...] = ()


def load() -> tuple[Lesson, ...]:
    """All lessons, by number. Raises KnowledgeError naming file and line."""
    from gnomon.knowledge.load import data_folder

    folder = data_folder() / PART
    if not folder.is_dir():
        return ()
    found = [file for file in folder.iterdir() if file.name.endswith(".md")]
    lessons = [parsed(f"{PART}/{file.name}", file.read_bytes()) for file in sorted(found, key=lambda each: each.name)]
    numbers = [lesson.number for lesson in lessons]
    for lesson in lessons:
        if numbers.count(lesson.number) > 1:
            raise KnowledgeError(f"two lessons have the number {lesson.number}.", remedy="give one of them another")
    return tuple(lessons)


def digest_of(lessons: Sequence[Lesson]) -> str:
    """Identity of all lessons together: `sha256:` and 12 digits."""
    return f"sha256:{sha256(' '.join(lesson.digest for lesson in lessons).encode()).hexdigest()[:12]}"


def parsed(name: str, data: bytes) -> Lesson:
    """The lesson in a file of that name. Raises KnowledgeError naming file and line."""
    named = _NAME.fullmatch(name.rpartition("/")[2])
    if named is None:
        _refuse(name, 0, "a lesson's name is NN-id.md")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        _refuse(name, data[: error.start].count(b"\n") + 1, "not UTF-8")
    front = _FRONT.match(text)
    if front is None:
        _refuse(name, 1, "it does not begin with TOML between two lines `+++`")
    table = _table(name, front[1])
    try:
        parts = sections(text[front.end() :], front[0].count("\n") + 1)
        lesson = _lesson(int(named[1]), named[2], table, parts, sha256(data).hexdigest()[:12])
    except Misplaced as error:
        _refuse(name, error.line, str(error))
    for mistake in mistakes(lesson):
        _refuse(name, _line_of(mistake.near, text), mistake.what)
    return lesson


def _table(name: str, text: str) -> _Front:
    try:
        return msgspec.convert(tomllib.loads(text), _Front)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        _refuse(name, int(at[1]) + 1 if at else 1, f"not TOML: {error}")
    except msgspec.ValidationError as error:
        field = re.search(r"`\$\.(\w+)", str(error)) or re.search(r"unknown field `(\w+)`", str(error))
        _refuse(name, _line_of(field[1] if field else "", text) + 1, str(error))


def _lesson(number: int, id_: str, front: _Front, parts: Sequence[Section], digest: str) -> Lesson:
    by_title = _by_title(parts)
    files = by_title["Files"]
    texts = {table.key: table for table in front.options}
    given = options_of(files)
    for key, section in given.items():
        if key not in texts:
            raise Misplaced(section.line, f"there is no option {key!r} in `[[options]]`")
    options = tuple(
        Option(
            key=table.key,
            text=table.text,
            because=table.because,
            right=table.right,
            files=files_of(given[table.key]) if table.key in given else (),
        )
        for table in front.options
    )
    check = files_of(by_title["Check"]) if "Check" in by_title else ()
    return Lesson(
        number=number,
        id=id_,
        title=front.title,
        minutes=front.minutes,
        goal=front.goal,
        kind=front.kind,
        needs=front.needs,
        hints=front.hints,
        rules=front.rules,
        places=front.places,
        wrong=front.wrong,
        options=options,
        one_right=front.one_right,
        story=by_title["Story"].text,
        task=by_title["Task"].text,
        answer=by_title["Answer"].text,
        explanation=by_title["Explanation"].text,
        files=files_of(files),
        shown=front.shown,
        solution=files_of(by_title["Solution"]) if "Solution" in by_title else (),
        wrong_edits=tuple(wrong_edits(parts)),
        check=_program(check, by_title.get("Check")),
        digest=digest,
    )


def _by_title(parts: Sequence[Section]) -> dict[str, Section]:
    known: dict[str, Section] = {}
    for section in parts:
        if section.title.startswith("Wrong: "):
            continue
        if section.title not in (*_PROSE, *_OTHERS):
            known_titles = ", ".join((*_PROSE, *_OTHERS, "Wrong: …"))
            raise Misplaced(section.line, f"there is no section {section.title!r}; there are {known_titles}")
        if section.title in known:
            raise Misplaced(section.line, f"a second section {section.title!r}")
        known[section.title] = section
    for title in (*_PROSE, "Files"):
        if title not in known:
            raise Misplaced(0, f"there is no section {title!r}")
    return known


def _program(files: Sequence[LessonFile], section: Section | None) -> str:
    if section is None:
        return ""
    if len(files) != 1 or files[0].language != "python":
        raise Misplaced(section.line, "`Check` is one Python file, such as ```python check.py")
    return files[0].text


def _line_of(near: str, text: str) -> int:
    """The first line that has the words, 1-based; 1 if none has."""
    lines: Iterator[int] = (number for number, line in enumerate(text.splitlines(), 1) if near and near in line)
    return next(lines, 1)


def _refuse(name: str, line: int, what: str) -> NoReturn:
    place = f"{name}:{line}" if line else name
    raise KnowledgeError(f"{place}: {what}", remedy=_REMEDY) from None
