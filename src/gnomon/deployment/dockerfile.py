"""A Dockerfile or Containerfile -> a unit a stage.

The format: https://docs.docker.com/reference/dockerfile/. Libraries that parse it give lines without their words, or
read from disk; what is needed here is small: where a stage begins, and five instructions.
"""

import json
import re
from collections.abc import Iterator

from msgspec import Struct

from gnomon.deployment.commands import Started, joined, of_script, of_words
from gnomon.deployment.facts import Port, Unit, Unreadable, Variable, Word

MAX_INSTRUCTIONS = 10_000
"""Instructions of one Dockerfile that are looked at."""
_HEREDOCS = 10
"""Here-documents of one instruction."""
_NEAR = 50
"""Lines below a word of a list among which the next one is looked for."""
_ESCAPE = re.compile(r"#\s*escape\s*=\s*(\S)\s*$", re.IGNORECASE)
_HEREDOC = re.compile(r"<<-?\s*([\"']?)([A-Za-z_]\w*)\1")
_INSTRUCTION = re.compile(r"\s*([A-Za-z]+)\s+(.*)", re.DOTALL)
_PAIR = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_KEPT = frozenset({"FROM", "ENV", "CMD", "ENTRYPOINT", "EXPOSE"})


class _Instruction(Struct, frozen=True):
    """One instruction: its name, what follows, and the line it begins on."""

    name: str
    rest: str
    line: int


def units(data: bytes) -> tuple[Unit, ...]:
    """One unit a stage, in order. Raises Unreadable if it has no stage, or more than the bounds allow."""
    stages: list[list[_Instruction]] = []
    for instruction in _instructions(data.decode("utf-8", "replace")):
        if instruction.name == "FROM":
            stages.append([])
        elif stages:
            stages[-1].append(instruction)
    if not stages and data.strip():
        raise Unreadable("not a Dockerfile: nothing in it says FROM")
    return tuple(_unit(stage) for stage in stages)


def _instructions(text: str) -> Iterator[_Instruction]:
    """Every instruction of a kind that is looked at; bodies of here-documents are passed over."""
    lines = text.replace("\r\n", "\n").split("\n")
    directive = _ESCAPE.match(lines[0])
    escape = directive[1] if directive else "\\"
    at = count = 0
    while at < len(lines):
        began, whole = at, _logical(lines, at, escape)
        at += whole.count("\n") + 1
        match = _INSTRUCTION.fullmatch(whole)
        name = match[1].upper() if match is not None else ""
        for _, end in _HEREDOC.findall(whole)[:_HEREDOCS] if name in ("RUN", "COPY", "ADD") else ():
            at = _after(lines, at, end)
        if match is not None and name in _KEPT:
            count += 1
            if count > MAX_INSTRUCTIONS:
                raise Unreadable(f"more than {MAX_INSTRUCTIONS:,} instructions")
            yield _Instruction(name, match[2], began + 1 + whole.count("\n", 0, match.start(2)))


def _logical(lines: list[str], at: int, escape: str) -> str:
    """The line that begins at `at` with those that continue it; comments and blank lines among them are empty."""
    parts: list[str] = []
    for row in range(at, len(lines)):
        line = lines[row]
        stripped = line.strip()
        if stripped.startswith("#") or (parts and not stripped):
            parts.append("")
            if len(parts) == 1:
                break
        else:
            continued = stripped.endswith(escape)
            parts.append(line.rstrip().removesuffix(escape) if continued else line)
            if not continued:
                break
    return "\n".join(parts)


def _after(lines: list[str], at: int, end: str) -> int:
    """The line after the here-document that ends with a line of that word, or with the file."""
    return next((row + 1 for row in range(at, len(lines)) if lines[row].strip() == end), len(lines))


def _unit(stage: list[_Instruction]) -> Unit:
    variables: list[Variable] = []
    ports: list[Port] = []
    started: dict[str, _Instruction] = {}
    for instruction in stage:
        match instruction.name:
            case "ENV":
                variables += _set(instruction)
            case "EXPOSE":
                ports += _exposed(instruction)
            case _:
                started[instruction.name] = instruction  # the last one counts
    run = _started(started.get("ENTRYPOINT"), started.get("CMD"))
    return Unit(commands=run.commands, variables=(*variables, *run.variables), ports=tuple(ports), built_here=True)


def _started(entrypoint: _Instruction | None, command: _Instruction | None) -> Started:
    """What runs: an ENTRYPOINT in exec form is followed by the words of CMD, one in shell form is not."""
    listed = _listed(entrypoint) if entrypoint is not None else []
    if entrypoint is not None and listed is None:
        return of_script(_one_line(entrypoint), entrypoint.line)
    if command is None:
        return of_words(listed or [])
    following = _listed(command)
    if following is not None:
        return of_words([*(listed or []), *following])
    script = of_script(_one_line(command), command.line)
    return joined([of_words(listed), script]) if listed else script


def _one_line(instruction: _Instruction) -> str:
    """The rest of an instruction with its line ends escaped, as a shell reads them."""
    return instruction.rest.replace("\n", "\\\n")


def _listed(instruction: _Instruction) -> list[Word] | None:
    """The words of an exec form with their lines; None for a shell form."""
    if not instruction.rest.lstrip().startswith("["):
        return None
    try:
        words = json.loads(instruction.rest)
    except (ValueError, RecursionError):
        return None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        return None
    lines = instruction.rest.split("\n")
    found: list[Word] = []
    at = 0
    for word in words:
        quoted = json.dumps(word, ensure_ascii=False)
        at = next((row for row in range(at, min(at + _NEAR, len(lines))) if quoted in lines[row]), at)
        found.append(Word(word, instruction.line + at))
    return found


def _set(instruction: _Instruction) -> Iterator[Variable]:
    """`ENV name=value …` and the older `ENV name value`."""
    words = of_script("_ " + _one_line(instruction), instruction.line).commands
    pairs = [(match, word.line) for word in (words[0][1:] if words else ()) if (match := _PAIR.fullmatch(word.text))]
    head, _, tail = instruction.rest.partition(" ")
    if "=" not in head:
        yield Variable(head.strip(), tail.strip().strip("\"'"), instruction.line)
        return
    yield from (Variable(match[1], match[2], line) for match, line in pairs)


def _exposed(instruction: _Instruction) -> Iterator[Port]:
    for row, text in enumerate(instruction.rest.split("\n")):
        for word in text.split():
            number = word.partition("/")[0]
            if number.isdecimal() and len(number) <= 5:
                yield Port(int(number), "exposed", "", instruction.line + row)
