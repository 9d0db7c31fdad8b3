"""Pages are wrapped at the width of what they are shown on, and painted only on demand."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnomon.render.page import Page, Style, Words, cells, wrapped

SENTENCES = st.lists(st.text("ab推é-", min_size=1, max_size=12), min_size=1, max_size=30).map(" ".join)


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("推理", 4), ("e\u0301", 1), ("ａ", 2), ("", 0)])
def test_cells_are_terminal_columns(text, columns):
    """East Asian wide and full-width characters take two columns, combining marks none."""
    assert cells(text) == columns


@given(SENTENCES, st.integers(24, 60))
def test_no_row_is_wider_than_the_page(sentence, width):
    """Rows fit, and joined by blanks they are the sentence again."""
    rows = ["".join(word.text for word in row) for row in wrapped([Words(sentence)], width)]

    assert all(cells(row) <= width for row in rows)
    assert " ".join(rows) == sentence


def test_a_word_longer_than_the_page_is_kept_whole():
    """A path is not cut: an editor could no longer link it."""
    rows = list(wrapped([Words("at "), Words("a/" * 30), Words(" in f")], 20))

    assert [[word.text for word in row if word.text != " "] for row in rows] == [["at"], ["a/" * 30], ["in", "f"]]


def test_styles_do_not_break_a_word():
    """A parenthesis stays with the path that it closes."""
    rows = list(wrapped([Words("see "), Words("(", "dim"), Words("path.py:1", "place"), Words(")", "dim")], 12))

    assert ["".join(word.text for word in row) for row in rows] == ["see", "(path.py:1)"]


def test_further_rows_are_indented_as_asked():
    """`rest` begins every further row."""
    page = Page(Style(width=30))

    page.line(Words("one two three four five six seven"), first=Words("1. "), rest=Words(" | "))

    assert page.text() == "1. one two three four five six\n | seven\n"


def test_a_pipe_gets_one_line_and_no_colour():
    """Without a width nothing is wrapped, without colour nothing is painted."""
    page = Page(Style())

    page.line(Words("word " * 60, "bad"))

    assert page.text() == ("word " * 60).rstrip() + "\n"


def test_colour_adds_nothing_but_escape_sequences():
    """The painted page without its escape sequences is the plain page."""
    pages = [Page(Style(width=40, color=color)) for color in (True, False)]
    for page in pages:
        page.line(Words("some ", "bad"), Words("\x1b[31mwords", "strong"), Words(" " * 3), first=Words("> ", "dim"))

    painted, plain = (page.text() for page in pages)
    assert "\x1b[31msome" in painted
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted).rstrip() == plain.rstrip() == r"> some \x1b[31mwords"


@pytest.mark.parametrize(
    ("words", "shown"),
    [((":", ": no copy"), r"\x3a: no copy"), (("a #", "#", "[x]"), r"a \x23#[x]"), ((":: ", ":", ":"), r"\x3a: \x3a:")],
)
def test_a_command_that_begins_in_one_word_and_goes_on_in_the_next_is_shown(words, shown):
    """What stands beside a name is ours, and must not complete what the name begins."""
    page = Page(Style())

    page.line(*map(Words, words))

    assert page.text() == f"{shown}\n"
