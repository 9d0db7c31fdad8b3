"""A shell script becomes a unit: what it starts and exports where its words are plain, and nothing computed."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnomon.deployment.facts import Unit, Unreadable, Variable
from gnomon.deployment.reading import units
from gnomon.scan.deployments import resolved


def _unit(text: str, path: str = "docker/start.sh") -> Unit:
    (unit,) = units(path, text.encode())
    return unit


def _commands(text: str) -> list[str]:
    return [" ".join(word.text for word in command) for command in _unit(text).commands]


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("exec python a.py --host 0.0.0.0\n", ["python a.py --host 0.0.0.0"]),
        ("HOST=0.0.0.0\npython a.py --host $HOST\n", ["python a.py --host 0.0.0.0"]),
        ("HOST=0.0.0.0\npython a.py --host=${HOST} \\\n  --port 1\n", ["python a.py --host=0.0.0.0 --port 1"]),
        ('HOST="${HOST:-0.0.0.0}"\npython a.py --host "$HOST"\n', ["python a.py --host ${HOST:-0.0.0.0}"]),
        ("python a.py --host ${HOST:-0.0.0.0}\n", ["python a.py --host ${HOST:-0.0.0.0}"]),
        ("if true; then\n  exec python a.py\nfi\n", ["if true", "python a.py"]),
        ("cat <<EOF\npython no.py\nEOF\npython a.py\n", ["cat <<EOF", "python a.py"]),
        ("# python no.py\npython a.py  # why\n", ["python a.py"]),
        ("A=1 nohup python a.py &\n", ["python a.py"]),
        ("local A=1\nexport B=2\n", []),
    ],
)
def test_what_is_started(text: str, commands: list[str]) -> None:
    """Plain words, the script's own variables and defaults; comments and here-documents are no commands."""
    assert _commands(text) == commands


@pytest.mark.parametrize(
    "text",
    [
        "HOST=$(hostname -i)\npython a.py --host $HOST\n",
        "HOST=`hostname`\npython a.py --host ${HOST:-0.0.0.0}\n",
        "HOST=0.0.0.0\n[ -n x ] && HOST=10.0.0.1\npython a.py --host $HOST\n",
        "python a.py --host $1\n",
        "python a.py --host $(hostname -i)\n",
    ],
)
def test_what_is_computed_is_not_known(text: str) -> None:
    """The output of a command, an argument, or what is set in several ways is no value, whatever its default."""
    words = [word.text for command in _unit(text).commands for word in command]
    value = words[words.index("--host") + 1]

    assert resolved(value, _unit(text).variables) == ""


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("export A=1\n", (Variable("A", "1", 1),)),
        ("A=1\nexport A\n", (Variable("A", "1", 1),)),
        ("A=1\npython a.py\n", ()),
        ("A=1 python a.py\n", (Variable("A", "1", 1),)),
        ("set -a\nA=1\n", (Variable("A", "1", 2),)),
        ("if x; then export A=1; fi\n", (Variable("A", "1", 1),)),
    ],
)
def test_only_what_is_exported_reaches_the_program(text: str, variables: tuple[Variable, ...]) -> None:
    """A shell's own variable is none of what it starts."""
    assert _unit(text).variables == variables


def test_lines() -> None:
    """A word is where it stands, and one that is a variable's value where that is written."""
    (command,) = _unit("\nHOST=0.0.0.0\nexec python a.py \\\n  --host $HOST\n").commands

    assert [word.line for word in command] == [3, 3, 4, 2]


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="aA=$(){}\"'`;|&<> \n\\#E0.:-", max_size=60))
def test_anything_is_read_or_unreadable(text: str) -> None:
    """No script makes it fail otherwise."""
    with contextlib.suppress(Unreadable):
        assert len(units("entrypoint", text.encode())) == 1
