"""The commands in the documents are what the command line accepts, and those that need nothing do what they should."""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import pytest

from gnomon.cli import main
from gnomon.core.errors import GnomonError
from gnomon.guard import command as guard

FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>sh|console)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL
)
STARTS = {"gnomon", ".venv/bin/gnomon"}
SEPARATORS = {"|", "||", "&&", ";", "&", ">", ">>", "<"}


def test_every_command_in_a_document_is_accepted(root, documents):
    """Each `gnomon …` line in a block of shell parses: the verb is there, options have the values that they take."""
    commands = {(path.relative_to(root).as_posix(), words) for path in documents for words in _commands(path)}
    verbs = {words[0] for _, words in commands if words}

    refused = [
        f"{name}: gnomon {' '.join(words)}: {why}" for name, words in sorted(commands) if (why := _refused(words))
    ]

    assert refused == []
    assert verbs >= set(main.VERBS), "some verb has no example"


def test_what_is_wrong_is_refused():
    """An option that is not there, a value that an option doesn't take, a missing argument and a missing verb."""
    wrong = [
        "scan . --sinc main",
        "scan . --format pdf",
        "keys show",
        "keys list keys",
        "scna .",
        "guard -p policy.json vllm serve",
    ]

    assert [words for words in wrong if not _refused(tuple(words.split()))] == []


RUN = [
    ("docs/start.md", "gnomon scan examples/toy", 1, "CRITICAL pickle-over-network"),
    ("docs/start.md", "gnomon explain pickle-over-network", 0, "Real cases"),
    ("docs/maintainers.md", "gnomon explain deny-list", 0, "How it is completed"),
    ("docs/researchers.md", "gnomon explain CVE-2025-30165", 0, "Affected releases"),
    ("docs/start.md", "gnomon fix examples/toy", 1, "automatic: "),
    ("docs/keys.md", "gnomon keys new --folder keys", 0, ""),
]


@pytest.mark.parametrize(("page", "line", "code", "said"), RUN, ids=[line for _, line, _, _ in RUN])
def test_commands_that_need_nothing_do_what_they_should(root, tmp_path, page, line, code, said):
    """Run as they stand on their page, beside the examples, they end with the code and say what readers look for."""
    shutil.copytree(root / "examples" / "toy", tmp_path / "examples" / "toy")
    command = [sys.executable, "-m", *shlex.split(line)]

    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert tuple(shlex.split(line)[1:]) in set(_commands(root / page))
    assert (result.returncode, result.stderr if result.returncode > 1 else "") == (code, "")
    assert said in result.stdout


def _commands(document: Path) -> Iterator[tuple[str, ...]]:
    """What follows `gnomon` in each line of shell; in a console, those behind a prompt."""
    for block in FENCE.finditer(document.read_text(encoding="utf-8")):
        for line in block["text"].replace("\\\n", " ").splitlines():
            if block["language"] == "sh" or line.lstrip().startswith("$ "):
                yield from _in_line(line.lstrip().removeprefix("$ "))


def _in_line(line: str) -> Iterator[tuple[str, ...]]:
    reader = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
    reader.whitespace_split = True
    words: list[str] = []
    for word in [*reader, ";"]:
        if word not in SEPARATORS:
            words.append(word)
            continue
        while words and re.match(r"[A-Z_]+=", words[0]):
            words.pop(0)
        if words and words[0] in STARTS:
            yield tuple(words[1:])
        words = []


def _refused(words: Sequence[str]) -> str:
    """Why the command line does not take these words; "" if it does."""
    try:
        _parse(main.command, "gnomon", list(words), None)
    except (click.ClickException, GnomonError, guard.GuardError) as error:
        return str(error)
    except (click.exceptions.Exit, SystemExit):  # a help page
        return ""
    return ""


def _parse(command: click.Command, name: str, words: list[str], parent: click.Context | None) -> None:
    if name == "guard":
        _parse_guard(words)
        return
    with command.make_context(name, words, parent=parent) as context:
        rest = [*getattr(context, "_protected_args", ()), *context.args]
        if isinstance(command, click.Group) and rest:
            inner, found, left = command.resolve_command(context, rest)
            assert found is not None
            _parse(found, str(inner), left, context)


def _parse_guard(words: list[str]) -> None:
    verb = words[0] if words and words[0] in guard.VERBS else ""
    guard._asked(guard.parsers()[verb], words[1:] if verb else words)
