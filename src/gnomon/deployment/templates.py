r"""Helm's templates -> text that YAML can read, with `{{ … }}` filled in; what still is none, line by line.

The format: https://helm.sh/docs/chart_template_guide/. What an action puts in is not known here, but most of a
template is plain text. A line that is nothing but actions goes; another keeps `PLACEHOLDER` in their place.
"""

import re

from gnomon.deployment.commands import Started, joined, of_script, of_words
from gnomon.deployment.facts import PLACEHOLDER, Unit, Variable, Word

_ONLY_ACTIONS = re.compile(rb"[ \t]*(- )?(%s[ \t]*)+" % PLACEHOLDER.encode())
_ENTRY = re.compile(r"[ \t]*(?:- +)*(?:[\"']?(?P<key>[A-Za-z_][\w.-]*)[\"']?[ \t]*:(?:[ \t]+|$))?(?P<value>.*)")


def is_template(data: bytes) -> bool:
    """True if the text has an action."""
    return b"{{" in data


def filled(data: bytes) -> bytes:
    """The text with its actions replaced; each line stays on its line."""
    parts: list[bytes] = []
    at = 0
    while (start := data.find(b"{{", at)) >= 0 and (end := data.find(b"}}", start)) >= 0:
        parts += [data[at:start], PLACEHOLDER.encode(), b"\n" * data.count(b"\n", start, end)]
        at = end + 2
    text = b"".join([*parts, data[at:]])
    return b"\n".join(b"" if _ONLY_ACTIONS.fullmatch(line) else line for line in text.split(b"\n"))


def unit(data: bytes) -> Unit:
    """What can be read line by line of a text that is no YAML: variables, items as one command, lines of scripts."""
    variables: list[Variable] = []
    words: list[Word] = []
    scripts: list[Started] = []
    name = ""
    for number, line in enumerate(filled(data).decode("utf-8", "replace").split("\n"), start=1):
        if line.lstrip().startswith("#"):
            continue
        match = _ENTRY.fullmatch(line.rstrip("\r"))
        key, value = (match["key"], match["value"].strip().strip("\"'")) if match is not None else (None, "")
        if key == "name":
            name = value
        elif key == "value" and name:
            variables.append(Variable(name, value, number))
        elif key is not None and value:
            variables.append(Variable(key, value, number))
        elif key is None and line.lstrip().startswith("- "):
            words.append(Word(value, number))
        elif key is None and value and PLACEHOLDER not in value:
            scripts.append(of_script(value, number))
    started = joined([of_words(words), *scripts])
    return Unit(commands=started.commands, variables=(*variables, *started.variables))
