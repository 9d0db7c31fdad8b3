"""The command line finds what was meant, and every error becomes a message and an exit code."""

import difflib
import os
import subprocess
import sys

import pytest

from gnomon import __version__
from gnomon.cli.main import VERBS, run


@pytest.mark.parametrize(
    ("arguments", "problem", "remedy"),
    [
        (["explian", "x"], f"there is no verb 'explian'; there are: {', '.join(VERBS)}.", "gnomon explain x"),
        (["zzz"], f"there is no verb 'zzz'; there are: {', '.join(VERBS)}.", "gnomon --help"),
        (["/some/where"], "'/some/where' is a target, not a verb.", "gnomon scan /some/where"),
        (["pypi:vllm==0.6.6"], "'pypi:vllm==0.6.6' is a target, not a verb.", "gnomon scan pypi:vllm==0.6.6"),
        (["."], "'.' is a target, not a verb.", "gnomon scan ."),
        (["--verion"], "No such option '--verion'. Did you mean '--version'?", "gnomon --help"),
        (["\x1b[2J"], rf"there is no verb '\x1b[2J'; there are: {', '.join(VERBS)}.", "gnomon --help"),
        (
            ["explain", "pickle-over-netwrk"],
            "there is no rule, advisory or kind of incomplete fix 'pickle-over-netwrk'.",
            "gnomon explain pickle-over-network",
        ),
    ],
)
def test_wrong_usage_is_told_with_what_to_type(capsys, arguments, problem, remedy):
    """The problem in one line, the remedy in the next, exit code 2."""
    code = run(arguments)

    told = capsys.readouterr().err.splitlines()
    assert (code, len(told)) == (2, 2)
    assert told[0].startswith(f"gnomon: {problem}")
    assert told[1].startswith("try: ")
    assert remedy in told[1]


def test_a_bug_is_told_as_a_bug(capsys, monkeypatch):
    """An unexpected exception ends with its traceback, escaped, and how to report it; exit code 70."""
    monkeypatch.setattr(difflib, "get_close_matches", _raising(RuntimeError("\x1b[2J")))

    code = run(["explian"])

    told = capsys.readouterr().err
    assert code == 70
    assert "Traceback" in told
    assert r"RuntimeError: \x1b[2J" in told
    assert f"gnomon {__version__}" in told


def test_an_interruption_is_no_bug(capsys, monkeypatch):
    """Ctrl-C ends with 130 and one line."""
    monkeypatch.setattr(difflib, "get_close_matches", _raising(KeyboardInterrupt()))

    assert run(["explian"]) == 130
    assert capsys.readouterr().err == "gnomon: interrupted.\n"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(capsys, verb):
    """`-h` works everywhere."""
    assert run([verb, "-h"]) == 0
    assert f"gnomon {verb}" in capsys.readouterr().out


def test_a_closed_pipe_is_quiet():
    """A reader that goes away ends the run with 141 and no message."""
    reading, writing = os.pipe()
    os.close(reading)

    result = subprocess.run(
        [sys.executable, "-m", "gnomon", "explain"], stdout=writing, stderr=subprocess.PIPE, check=False
    )

    os.close(writing)
    assert (result.returncode, result.stderr) == (141, b"")


@pytest.mark.parametrize(
    ("redirection", "code", "told"),
    [
        (">/dev/full", 2, "gnomon: the answer can't be written: No space left on device.\ntry: --output FILE\n"),
        (">&-", 0, ""),
        (">/dev/null 2>&-", 0, ""),
    ],
)
def test_output_that_can_not_be_written_is_no_bug(redirection, code, told):
    """A full disk is told; streams closed by the caller are respected."""
    command = f'"{sys.executable}" -m gnomon explain {redirection}'

    result = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, text=True, check=False)

    assert (result.returncode, result.stderr) == (code, told)


def test_importing_the_command_line_is_light():
    """Nothing that a verb may need is loaded before the verb is known."""
    program = "import sys, gnomon.cli.main; print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    heavy = {"rich", "jsonschema", "packaging", "platformdirs", "pathlib", "tomllib", "msgspec", "json"}
    loaded = set(result.stdout.split())
    assert heavy & loaded == set()
    assert {name for name in loaded if name.startswith("gnomon.")} == {
        "gnomon.cli", "gnomon.cli.main", "gnomon.core", "gnomon.core.errors",
    }  # fmt: skip


def _raising(error: BaseException):
    def fail(*_arguments, **_named):
        raise error

    return fail
