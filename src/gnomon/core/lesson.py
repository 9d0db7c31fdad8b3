"""An exercise of `gnomon learn`: what is told, what is given, and what its answer is judged by."""

from typing import Literal

from msgspec import Struct

from gnomon.core.endpoint import Reach
from gnomon.core.severity import Severity

Kind = Literal["places", "choice", "edit"]
"""How an exercise is answered: by lines of its files, by one or several of its options, or by changing its files."""


class LessonFile(Struct, frozen=True, kw_only=True):
    """A file of an exercise."""

    name: str
    """A plain name, without folders."""
    language: str
    """As Markdown names it: `python`, `text`."""
    text: str
    line: int
    """Line of the lesson that the text begins at, 1-based."""


class Where(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which findings count; an empty field takes all."""

    reach: tuple[Reach, ...] = ()
    severity: tuple[Severity, ...] = ()


class Places(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a finding's place is in an exercise that asks for places."""

    at: Literal["load", "address"] = "load"
    """The call that is found, or the line that gives its socket the address."""
    where: Where = Where()


class WrongAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An answer that tempts, and what is to be said of it."""

    answer: str
    """A place (`server.py:9`), or keys of options as they are typed (`a c`)."""
    because: str


class Option(Struct, frozen=True, kw_only=True):
    """What can be chosen."""

    key: str
    """What is typed: one lower-case letter."""
    text: str
    because: str = ""
    """Why it is wrong; of a right one, why it is right."""
    right: bool = False
    """Said by the lesson, only where no option has files: otherwise the scanner and the check say it."""
    files: tuple[LessonFile, ...] = ()
    """Instead of those that are given under the same names."""


class WrongEdit(Struct, frozen=True, kw_only=True):
    """A change that tempts; the tests hold that it is refused for the right reason."""

    title: str
    """Why it is tempting."""
    expect: str
    """Part of the reason that the learner reads."""
    files: tuple[LessonFile, ...]
    """Instead of those that are given under the same names."""


class Lesson(Struct, frozen=True, kw_only=True):
    """An exercise, as read from `knowledge/data/lessons/NN-id.md`."""

    number: int
    id: str
    title: str
    minutes: int
    goal: str
    """What the learner can do afterwards, without a full stop."""
    kind: Kind
    needs: tuple[str, ...] = ()
    """Extras of gnomon that its check imports."""
    hints: tuple[str, str, str]
    rules: tuple[str, ...]
    """Whose findings count."""
    places: Places = Places()
    wrong: tuple[WrongAnswer, ...] = ()
    options: tuple[Option, ...] = ()
    one_right: bool = False
    """True if one option alone is right: then the others need not be tried once it was chosen."""
    story: str
    """Markdown, like the three that follow; `render/learn_prose.py` says how much of it."""
    task: str
    answer: str
    explanation: str
    files: tuple[LessonFile, ...]
    shown: tuple[str, ...] = ()
    """Names of the files that are printed with the options, where not all have to be read; empty for all of them."""
    solution: tuple[LessonFile, ...] = ()
    """Of an exercise that is solved by changing files: instead of those that are given under the same names."""
    wrong_edits: tuple[WrongEdit, ...] = ()
    check: str = ""
    """A Python program; "" if the scanner's word is enough."""
    digest: str
    """Of the lesson's file: 12 hexadecimal digits."""

    @property
    def folder(self) -> str:
        """What its folder is called: `01-spot-the-sink`."""
        return f"{self.number:02}-{self.id}"

    @property
    def has_given_right(self) -> bool:
        """True if the lesson itself says which options are right."""
        return not any(option.files for option in self.options)


def laid_over(files: tuple[LessonFile, ...], changed: tuple[LessonFile, ...]) -> dict[str, bytes]:
    """The files by name, with the changed ones in their places."""
    return {file.name: file.text.encode() for file in (*files, *changed)}
