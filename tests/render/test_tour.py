"""The demo's text: commands as they are typed, outputs as they came, nothing that a terminal would obey."""

import shlex

from gnomon.render.page import Style
from gnomon.render.tour import COLUMNS, command, output

PLAIN, COLOURED = Style(width=COLUMNS), Style(width=COLUMNS, color=True)


def test_a_long_command_goes_on_as_a_shell_takes_it():
    """It is broken between groups, with a backslash, and a shell reads the same words."""
    groups = ["KEYS='a b'", f"gnomon guard -p {'p' * 40}", "-- python server.py &"]
    shown = command(groups, PLAIN)

    assert all(len(line) <= COLUMNS for line in shown.splitlines())
    assert shown.count(" \\\n") == 1
    assert shlex.split(shown.strip().removeprefix("$ ").replace("\\\n", "")) == shlex.split(" ".join(groups))


def test_colours_are_handed_on_and_nothing_else_is():
    """Sequences that move the cursor, set a title or ring become visible; without colour no sequence is left."""
    line = "\x1b[1;31mred\x1b[0m \x1b[2Jgone \x1b]0;title\x07"

    assert output([line], COLOURED) == "  \x1b[1;31mred\x1b[0m \\x1b[2Jgone \\x1b]0;title\\x07\n"
    assert output([line], PLAIN) == "  red \\x1b[2Jgone \\x1b]0;title\\x07\n"


def test_a_line_that_nobody_wrapped_is_wrapped():
    """What came by standard error, in words."""
    shown = output(["word " * 40], PLAIN).splitlines()

    assert len(shown) > 2
    assert all(len(line) <= COLUMNS for line in shown)


def test_lines_are_drawn_with_what_can_be_encoded():
    """As on every other page."""
    assert output(["│ role • bind"], Style(width=COLUMNS, ascii=True)) == "  | role * bind\n"
