"""A shell script -> one unit: what it starts and exports, as far as its words are plain.

The language: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html. What a variable holds is known
where it is set once, to a text; what is computed, or set in several ways, is not.
"""

import re
from collections.abc import Iterator

from gnomon.deployment.commands import of_script
from gnomon.deployment.facts import Unit, Variable, Word

_FILE = re.compile(r".+\.(sh|bash)|(docker[-_])?entrypoint", re.IGNORECASE)
_HEREDOC = re.compile(r"<<-?\s*([\"']?)([A-Za-z_]\w*)\1")
_EXPORTED = re.compile(r"(?:^|[;&|({]|\b(?:then|do|else))\s*(?:export|declare\s+-\w*x\w*|typeset\s+-\w*x\w*)\s+(.*)")
_ALL = re.compile(r"^\s*set\s+(?:-\w*a\w*|-o\s+allexport)\b", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z_]\w*")
_SET = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_SETTERS = frozenset({"local", "readonly", "declare", "typeset", "export"})
_REFERENCE = re.compile(r"\$\{(\w+)(?::?-[^}]*)?\}|\$([A-Za-z_]\w*)")
_WHOLE = re.compile(rf"(?:--?[\w-]+=)?(?:{_REFERENCE.pattern})")
"""A variable, alone or as the value of an option."""


def is_script(path: str) -> bool:
    """True for a shell script, by its name."""
    return _FILE.fullmatch(path[path.rfind("/") + 1 :]) is not None


def units(data: bytes) -> tuple[Unit, ...]:
    """What a script runs, with the variables that it exports. Raises Unreadable if it is too long."""
    text = _without_documents(data.decode("utf-8", "replace").replace("\r\n", "\n"))
    started = of_script(text, 1)
    commands: list[tuple[Word, ...]] = []
    settings: list[Variable] = []
    for command in started.commands:
        own, rest = _settings(command)
        settings += own
        commands += [rest] if rest else []
    every = (*started.variables, *settings)
    known = {each.name: _one([other for other in every if other.name == each.name]) for each in every}
    exported = frozenset(known) if _ALL.search(text) else _exported(text)
    return (
        Unit(
            commands=tuple(tuple(_filled(word, known) for word in command) for command in commands),
            variables=tuple(
                Variable(each.name, _text(each.name, known[each.name]), each.line)
                for each in every
                if each.name in exported or _is_prefix(each, commands)
            ),
            built_here=True,
        ),
    )


def _without_documents(text: str) -> str:
    """The text with the bodies of here-documents as empty lines: they are what a command reads."""
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        for _, end in [] if lines[at].lstrip().startswith("#") else _HEREDOC.findall(lines[at])[:1]:
            last = next((row for row in range(at + 1, len(lines)) if lines[row].strip() == end), None)
            for row in range(at + 1, last + 1) if last is not None else ():
                lines[row] = ""
        at += 1
    return "\n".join(lines)


def _settings(command: tuple[Word, ...]) -> tuple[list[Variable], tuple[Word, ...]]:
    """Variables that `local NAME=value` and its kin set, and the command that is left."""
    if not command or command[0].text not in _SETTERS:
        return [], command
    pairs = [(match, word.line) for word in command[1:] if (match := _SET.fullmatch(word.text))]
    return [Variable(match[1], match[2], line) for match, line in pairs], ()


def _exported(text: str) -> frozenset[str]:
    """Names that are exported somewhere."""
    rest = (match[1] for line in text.split("\n") for match in [_EXPORTED.search(line)] if match is not None)
    return frozenset(name for words in rest for name in _names(words))


def _names(words: str) -> Iterator[str]:
    for word in words.split():
        name = _NAME.match(word)
        if name is not None and (name.end() == len(word) or word[name.end()] in "=;"):
            yield name[0]


def _is_prefix(variable: Variable, commands: list[tuple[Word, ...]]) -> bool:
    """True for `NAME=value command`: a command stands on the line of the assignment."""
    return not _is_computed(variable.value) and any(command[0].line == variable.line for command in commands)


def _is_computed(value: str) -> bool:
    """True if a command's output is part of it, of which the reading of words leaves the mark alone."""
    return "`" in value or value.endswith("$")


def _one(settings: list[Variable]) -> Variable | None:
    """The setting that counts; None if there are several that differ, or if it is computed."""
    first = settings[0]
    same = all(each.value == first.value for each in settings)
    return first if same and not _is_computed(first.value) else None


def _text(name: str, setting: Variable | None) -> str:
    """The value; a command's output, which nothing takes for a value, if it is not known."""
    return setting.value if setting is not None else f"$({name})"


def _filled(word: Word, known: dict[str, Variable | None]) -> Word:
    """The word with the script's own variables in it; one that has nothing else stands where the value does."""
    match = _WHOLE.fullmatch(word.text)
    own = known.get(match[1] or match[2]) if match is not None else None

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        return _text(name, known[name]) if name in known else found[0]

    return Word(_REFERENCE.sub(value, word.text), own.line if own is not None else word.line)
