"""A value in a deployment file as text: changed where it stands, and held against what the file says afterwards."""

import re
from collections.abc import Iterator, Mapping

from gnomon.core.patch import Replacement
from gnomon.core.site import Span
from gnomon.deployment.facts import Unreadable
from gnomon.deployment.reading import units
from gnomon.deployment.scripts import is_script
from gnomon.fix.sources import Sources

_COMMENT = re.compile(r"(?:^|\s)#")
_VARIABLE = re.compile(r"[A-Za-z_]\w*=")
_REFERENCE = r"(?:\$\{\w+:?-)?"


def changed(path: str, line: int, name: str, values: Mapping[str, str], sources: Sources) -> Replacement | str:
    """The one value of `values` that is set for `name` on a line, replaced by what it stands for; else why not.

    `name` may stand on a line above, as in a list of words or in `name:` and `value:` pairs.
    """
    text = sources.text(path)
    lines = text.split("\n")
    if not 0 < line <= len(lines):
        return f"{path} has no line {line}"
    found = list(_places(lines[line - 1], name, values))
    if len(found) != 1:
        return f"the value of `{name}` does not stand on {path}:{line} in a way that can be changed"
    start, end, value = found[0]
    new = values[value]
    lines[line - 1] = lines[line - 1][:start] + new + lines[line - 1][end:]
    problem = _differs(path, text, "\n".join(lines), value, new)
    if problem:
        return problem
    before = len(text.split("\n")[line - 1][:start].encode())
    span = Span(line=line, column=before + 1, end_line=line, end_column=before + len(value.encode()))
    return Replacement(path=path, span=span, pieces=(new,))


def _places(line: str, name: str, values: Mapping[str, str]) -> Iterator[tuple[int, int, str]]:
    """(first character, character after the last, value) of each value that can be meant."""
    choice = "|".join(map(re.escape, sorted(values, key=len, reverse=True)))
    end = r"(?![\w.:*-])"
    if name in line:
        gap = r"[\"']?(?:\s*[=:,]\s*|\s+)(?:&\w+\s+)?[\"']?"
        pattern = rf"(?<![\w-]){re.escape(name)}{gap}{_REFERENCE}({choice}){end}"
    else:
        pattern = rf"(?<![\w.:\[]){_REFERENCE}({choice}){end}"
    stop = min((match.start() for match in _COMMENT.finditer(line)), default=len(line))
    for match in re.finditer(pattern, line):
        if match.start() < stop:
            yield match.start(1), match.end(1), match[1]


def _differs(path: str, old: str, new: str, value: str, replacement: str) -> str:
    """Why the changed text does not say the same but for that value; "" if it does."""
    try:
        before, after = _meaning(path, old), _meaning(path, new)
    except Unreadable as error:
        return f"{path} can't be read: {error}"
    changes = {(one, other) for one, other in zip(before, after, strict=False) if one != other}
    settings = {pair for pair in changes if not (is_script(path) and _is_word_of(pair, changes))}
    meant = len(before) == len(after) and len(settings) == 1  # one setting, however many units share it
    if meant and all(_with(one, value, replacement, other) for one, other in changes):
        return ""
    return f"{path} would say something else than was meant"


def _is_word_of(pair: tuple[str, str], changes: set[tuple[str, str]]) -> bool:
    """True for a word, or an option's value, that is what a variable of the same script holds: it changes with it."""
    before, after = (text.rpartition("=")[2] for text in pair)
    set_ = ((one, other) for one, other in changes if _VARIABLE.match(one))
    return not _VARIABLE.match(pair[0]) and any(
        one.endswith(f"={before}") and other.endswith(f"={after}") for one, other in set_
    )


def _with(one: str, value: str, replacement: str, other: str) -> bool:
    """True if a value of one, replaced once, gives the other."""
    places = (match.start() for match in re.finditer(re.escape(value), one))
    return any(one[:at] + replacement + one[at + len(value) :] == other for at in places)


def _meaning(path: str, text: str) -> list[str]:
    """Every word and variable of the file, in order."""
    found: list[str] = []
    for unit in units(path, text.encode()):
        found += [word.text for command in unit.commands for word in command]
        found += [f"{variable.name}={variable.value}" for variable in unit.variables]
        found += [f"{port.interface}:{port.number}" for port in unit.ports]
    return found
