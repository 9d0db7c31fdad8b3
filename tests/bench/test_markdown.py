"""Tables are valid Markdown, whatever is in the cells."""

import pytest

from bench.markdown import blocks, filled, printable, share, table


def test_a_cell_cannot_break_its_row():
    """Bars and line breaks in a cell stay in the cell."""
    assert table(("a", "b"), [("x|y", "1\n2")]).splitlines()[2] == "| x\\|y | 1 2 |"


def test_shares_name_both_numbers():
    """A share shows part, whole and percent, and a dash where there is nothing to divide."""
    assert share(19, 20) == "19/20 (95 %)"
    assert share(0, 0) == "-"


def test_a_block_is_replaced_and_the_rest_kept():
    """Only the text between a block's marks changes, and backslashes survive."""
    page = "# T\n<!-- a:begin -->\nold\n<!-- a:end -->\nafter\n"

    assert filled(page, "a", "n\\1w") == "# T\n<!-- a:begin -->\nn\\1w\n<!-- a:end -->\nafter\n"
    assert blocks(page) == ("a",)


def test_a_missing_block_is_an_error():
    """A table that has no place in the page is not dropped silently."""
    with pytest.raises(ValueError, match="b:begin"):
        filled("", "b", "text")


def test_control_characters_are_written_out():
    """A path with terminal escapes can't act on the terminal it is printed to."""
    assert printable("a\x1b[31mb\u202e") == "a\\x1b[31mb\\u202e"
