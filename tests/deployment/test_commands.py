"""Texts of a command become command lines, word by word, with the variables that the shell sets."""

import pytest

from gnomon.deployment.commands import MAX_TEXT, MAX_WORDS, Started, of_script, of_words
from gnomon.deployment.facts import Unreadable, Variable, Word


def _commands(started: Started) -> list[str]:
    return [" ".join(word.text for word in command) for command in started.commands]


@pytest.mark.parametrize(
    ("script", "commands"),
    [
        ("python a.py --host 0.0.0.0", ["python a.py --host 0.0.0.0"]),
        ("cd /srv && exec python a.py || true; ls | wc", ["cd /srv", "python a.py", "true", "ls", "wc"]),
        ("python a.py > log 2>&1 &", ["python a.py > log >"]),
        ("a 'b c' \"d\"", ["a b c d"]),
        ("it's never closed", ["it's never closed"]),
        ("# a comment\na # another\n", ["a"]),
        ("export A=1\nB=2 env C=3 python a.py", ["python a.py"]),
        ("", []),
    ],
)
def test_a_script_is_split_into_commands(script, commands):
    """Operators and line ends separate; quotes, comments and redirections are understood; assignments are none."""
    assert _commands(of_script(script, 1)) == commands


def test_words_keep_their_lines_over_continuations():
    """A command that goes over several lines knows the line of each word."""
    started = of_script("export A=1\npython a.py \\\n  --host \\\n  0.0.0.0\n", 10)

    assert started.variables == (Variable("A", "1", 10),)
    assert [word.line for word in started.commands[0]] == [11, 11, 12, 13]


def test_a_shell_in_a_list_is_given_its_script():
    """`sh -c TEXT` is the text's commands; one word that holds an option and its value is two."""
    inner = of_words([Word("/bin/bash", 1), Word("-euc", 1), Word("A=1 python a.py", 2)])
    option = of_words([Word("/usr/bin/env", 1), Word("B=2", 1), Word("server", 1), Word("--host 0.0.0.0", 3)])

    assert _commands(inner) == ["python a.py"]
    assert inner.variables == (Variable("A", "1", 2),)
    assert [word.text for word in option.commands[0]] == ["server", "--host", "0.0.0.0"]
    assert option.variables == (Variable("B", "2", 1),)


@pytest.mark.parametrize("script", ["a" * (MAX_TEXT + 1), "a\n" * MAX_WORDS])
def test_a_command_beyond_a_bound_is_refused(script):
    """A command that nobody writes is an error, not a command cut short."""
    with pytest.raises(Unreadable, match="a command of more than"):
        of_script(script, 1)
