"""Texts of a command -> its command lines, word by word, and the variables that the shell sets for them."""

import re
import shlex
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from gnomon.deployment.facts import Unreadable, Variable, Word

SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh"})
_ENDS = frozenset({"&&", "||", ";", ";;", "|", "&", "(", ")", "{", "}", "then", "do", "else", "fi", "done", "!"})
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_SETTERS = frozenset({"export", "env", "exec", "sudo", "command", "nohup", "time"})
"""What stands before a program or an assignment."""
_REDIRECTION = re.compile(r"\d?>{1,2}&\d|&>{1,2}|\d>{1,2}")
_HEAD = re.compile(r"[A-Za-z_]\w*=|[^\s'\"\\]+")
"""The beginning of a word that stands in the text as it is: what follows may have been quoted."""
MAX_WORDS = 10_000
"""Words of one command."""
MAX_TEXT = 100_000
"""Characters of one command."""
_NEAR = 50
"""Lines below the last word of a command among which the next one is looked for."""


class Started(Struct, frozen=True):
    """What a command runs."""

    commands: tuple[tuple[Word, ...], ...]
    variables: tuple[Variable, ...]


def of_script(text: str, line: int) -> Started:
    """The command lines of a shell's text that begins at `line`. Raises Unreadable if it is too long."""
    commands: list[tuple[Word, ...]] = []
    variables: list[Variable] = []
    current: list[Word] = []
    for word in [*_split(text, line), Word(";", line)]:
        if word.text in _ENDS:
            if current:
                commands.append(tuple(current))
            current = []
        elif not current and (setting := _ASSIGNMENT.fullmatch(word.text)):
            variables.append(Variable(setting[1], setting[2], word.line))
        elif current or word.text not in _SETTERS:
            current.append(word)
    return Started(tuple(commands), tuple(variables))


def of_words(words: Sequence[Word]) -> Started:
    """The command line of a list of words; what a shell among them is given with `-c` is its text.

    Raises Unreadable if it is too long.
    """
    if len(words) > MAX_WORDS:
        raise Unreadable(f"a command of more than {MAX_WORDS:,} words")
    for at, word in enumerate(words[:3]):
        option = words[at + 1].text if at + 1 < len(words) else ""
        if word.text.rpartition("/")[2] in SHELLS and re.fullmatch(r"-\w*c\w*", option) and at + 2 < len(words):
            script = words[at + 2]
            return of_script(script.text, script.line)
    flat = [part for word in words for part in _parts(word)]
    variables: list[Variable] = []
    while flat and ((setting := _ASSIGNMENT.fullmatch(flat[0].text)) or flat[0].text.rpartition("/")[2] in _SETTERS):
        if setting:
            variables.append(Variable(setting[1], setting[2], flat[0].line))
        flat.pop(0)
    return Started((tuple(flat),) if flat else (), tuple(variables))


def joined(several: Iterable[Started]) -> Started:
    """All of them as one."""
    listed = list(several)
    return Started(
        tuple(command for started in listed for command in started.commands),
        tuple(variable for started in listed for variable in started.variables),
    )


def _parts(word: Word) -> list[Word]:
    """`--host 0.0.0.0` given as one word is two, as people write it in lists; other texts stay whole."""
    if word.text.startswith("-") and " " in word.text.strip():
        return list(_of_line([(word.text[:MAX_TEXT], word.line)]))
    return [word]


def _split(text: str, line: int) -> list[Word]:
    """The words of a shell's text, each line's end an end of a command."""
    if len(text) > MAX_TEXT:
        raise Unreadable(f"a command of more than {MAX_TEXT:,} characters")
    found: list[Word] = []
    logical: list[tuple[str, int]] = []
    for number, physical in enumerate(text.split("\n"), start=line):
        if physical.lstrip().startswith("#"):
            continue
        logical.append((physical.removesuffix("\\"), number))
        if not physical.endswith("\\"):
            found += [*_of_line(logical), Word(";", number)]
            logical = []
        if len(found) > MAX_WORDS:
            raise Unreadable(f"a command of more than {MAX_WORDS:,} words")
    return [*found, *_of_line(logical)]


def _of_line(physical: Sequence[tuple[str, int]]) -> Iterator[Word]:
    """Words of one line that may go over several; where its quotes don't match, its blanks decide."""
    text = _REDIRECTION.sub(" > ", " ".join(part for part, _ in physical))
    lexer = shlex.shlex(text, posix=True, punctuation_chars=";&|()")
    lexer.whitespace_split = True
    try:
        words = list(lexer)
    except ValueError:
        words = text.split()
    at = 0
    for word in words:
        near = range(at, min(at + _NEAR, len(physical)))
        head = _HEAD.match(word)
        at = next((row for row in near if head is None or head[0] in physical[row][0]), at)
        yield Word(word, physical[at][1])
