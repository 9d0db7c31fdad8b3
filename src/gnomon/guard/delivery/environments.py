"""Which Python environments a command belongs to, so that guard can be put into them.

The command itself says it most of the time: `python3`, or a console script whose first line names its interpreter. For
what is no Python (`sh`, `env`, `nice`, `uv`) its arguments are tried, then the Python on PATH. VIRTUAL_ENV counts too.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import dropwhile
from pathlib import Path
from typing import NamedTuple

from ..errors import DeliveryError
from .settings import VARIABLE

OLDEST = (3, 11)
_ASK = (
    "import json, platform, site, sys;"
    "print('\\n' + json.dumps([platform.python_implementation(), list(sys.version_info[:2]), site.getsitepackages()]))"
)
_ASKED_SECONDS = 60
_PYTHON = re.compile(r"python(\d+(\.\d+)?t?)?$")
# pip writes the first for interpreters whose path is too long for a first line or has spaces, uv the second:
# https://github.com/pypa/distlib/blob/master/distlib/scripts.py (_build_shebang)
_TRAMPOLINE = re.compile(rb"""^'''exec' (?:"(?P<quoted>[^"$]+)"|(?P<plain>[^"$ ]+)) "\$0" """, re.MULTILINE)
_BESIDE = re.compile(rb"""^'''exec' "\$\(dirname -- "\$\(realpath -- "\$0"\)"\)"/'(?P<name>[^'/]+)' """, re.MULTILINE)


class Environment(NamedTuple):
    """An interpreter and the folder in which it looks for `.pth` files."""

    python: str
    packages: str


def found(
    command: Sequence[str], explicit: Sequence[Path], variables: Mapping[str, str], tell: Callable[[str], None]
) -> list[Environment]:
    """The environments of the command, each once; what is only guessed and does not fit is told, not raised.

    Raises DeliveryError if a named environment, or the interpreter that the command itself names, can't be guarded.
    """
    path = variables.get("PATH")
    sure = [_named(folder) for folder in explicit] or [python for python, _ in _interpreters(command, path)][:1]
    guesses = [] if explicit else _guesses(sure, variables)
    environments = [_asked(python, variables) for python in sure]
    for python in guesses:
        try:
            environments.append(_asked(python, variables))
        except DeliveryError as error:
            tell(f"{error.problem} Its processes are reached by PYTHONPATH alone, and end if they are that old.")
    return [*{environment.packages: environment for environment in environments}.values()]


def program(command: Sequence[str], variables: Mapping[str, str]) -> str:
    """The file that the command starts. Raises DeliveryError if there is none."""
    if not command:
        raise DeliveryError("there is no command to run.", remedy="gnomon guard -- vllm serve MODEL")
    file = shutil.which(command[0], path=variables.get("PATH"))
    if file is None:
        raise DeliveryError(
            f"the command {command[0]!a} is not on PATH, or no program.",
            remedy=f"`command -v {shlex.quote(command[0])}` must find it in the shell that starts guard.",
        )
    return os.path.abspath(file)


def options(command: Sequence[str], variables: Mapping[str, str]) -> str:
    """Letters of the options that the command gives to its Python: `Is` for `python -Is`."""
    return next((letters for _, letters in _interpreters(command, variables.get("PATH"))), "")


def _named(folder: Path) -> str:
    for python in (folder, folder / "bin" / "python3", folder / "bin" / "python"):
        if python.is_file() and os.access(python, os.X_OK):
            return os.path.abspath(python)
    raise DeliveryError(
        f"{str(folder)!a} is no Python environment: it has no bin/python3.",
        remedy="--environment takes the folder of a virtual environment, or an interpreter.",
    )


def _guesses(sure: list[str], variables: Mapping[str, str]) -> Iterator[str]:
    active = variables.get("VIRTUAL_ENV")
    if active and os.access(python := os.path.join(active, "bin", "python"), os.X_OK):
        yield python
    if not sure:
        on_path = (shutil.which(name, path=variables.get("PATH")) for name in ("python", "python3"))
        yield from [python for python in on_path if python][:1]


def _interpreters(command: Sequence[str], path: str | None) -> Iterator[tuple[str, str]]:
    """Of the words of a command those that start Python: interpreter and letters; text for a shell is taken apart."""
    shell = os.path.basename(command[0]) in {"sh", "bash", "dash", "zsh", "ash", "ksh"}
    for at, word in enumerate(command):
        if shell and " " in word:
            yield from _interpreters(_words(word), path)
        elif (file := shutil.which(word, path=path)) and (found := _interpreter(file, path, command[at + 1 :])):
            yield found


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text, comments=True) or [""]
    except ValueError:
        return text.split() or [""]


def _interpreter(file: str, path: str | None, arguments: Sequence[str]) -> tuple[str, str] | None:
    """The Python that runs a program's file, itself or the one that its first lines name, and its letters."""
    if _PYTHON.match(os.path.basename(file)):
        return file, _letters(arguments)
    try:
        with open(file, "rb") as script:
            head = script.read(1024)
    except OSError:  # may be run but not read
        return None
    if not head.startswith(b"#!"):
        return None
    if trampoline := _TRAMPOLINE.search(head):
        return os.fsdecode(trampoline["quoted"] or trampoline["plain"]), ""
    if beside := _BESIDE.search(head):
        return os.path.join(os.path.dirname(os.path.realpath(file)), os.fsdecode(beside["name"])), ""
    words = os.fsdecode(head[2:].split(b"\n", 1)[0]).split()
    if words and os.path.basename(words[0]) == "env":
        words = [*dropwhile(lambda word: word.startswith("-") or "=" in word, words[1:])]
    named = shutil.which(words[0], path=path) if words else None
    return (named, _letters(words[1:])) if named and _PYTHON.match(os.path.basename(named)) else None


def _letters(arguments: Sequence[str]) -> str:
    """Options of Python before its program: letters alone, without what follows -W and -X."""
    letters, rest = "", iter(arguments)
    for word in rest:
        if not word.startswith("-") or word in {"-", "--"}:
            break
        flags = re.match(r"-(?P<plain>[^-cmWX]*)(?P<last>[cmWX]?)(?P<value>.*)", word)
        if flags is None:  # --help and its like
            continue
        letters += flags["plain"]
        if flags["last"] in {"c", "m"}:
            break
        if flags["last"] and not flags["value"]:
            next(rest, None)
    return letters


def _asked(python: str, variables: Mapping[str, str]) -> Environment:
    """What the interpreter says of itself: pyenv's Pythons, for one, are not where they seem to be."""
    try:
        answer = subprocess.run(
            [python, "-I", "-c", _ASK],
            env={name: value for name, value in variables.items() if name != VARIABLE},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_ASKED_SECONDS,
            check=True,
        )
        implementation, version, folders = json.loads(answer.stdout.splitlines()[-1])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError) as error:
        raise DeliveryError(
            f"{python!a} does not say where its packages are ({type(error).__name__}).",
            remedy=f"`{shlex.quote(python)} -I -c 'import site'` must work; --environment names another one.",
        ) from error
    if implementation != "CPython" or tuple(version) < OLDEST:
        raise DeliveryError(
            f"{python!a} is {implementation} {version[0]}.{version[1]}; guard needs CPython 3.11 or newer.",
            remedy="Run the server with a newer Python, or name the environment that it runs in: --environment FOLDER.",
        )
    existing = [folder for folder in folders if os.path.isdir(folder)]
    return Environment(python, (existing or folders)[0])
