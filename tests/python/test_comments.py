"""Each comment is found with the lines of the statement that it stands at."""

import textwrap

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gnomon.python.comments import Comment, comments


def _spans(text: str) -> dict[str, tuple[int, int, bool]]:
    return {each.text.lstrip("# "): (each.first, each.last, each.above) for each in comments(textwrap.dedent(text))}


def test_a_comment_speaks_of_its_statement():
    """On any line of it, within its brackets, or on the lines directly above."""
    assert _spans(
        """\
        # one
        # two
        obj = load(  # three
            # four
            data,
        )  # five
        """
    ) == {
        "one": (3, 6, True),
        "two": (3, 6, True),
        "three": (3, 6, False),
        "four": (3, 6, False),
        "five": (3, 6, False),
    }


def test_a_blank_line_parts_a_comment_from_what_follows():
    """Then, and at the end of the file, it speaks of its own line alone."""
    assert _spans("# one\n\nx = 1\n# two\n") == {"one": (1, 1, False), "two": (4, 4, False)}


def test_of_a_compound_statement_only_the_header_counts():
    """A comment at `if` says nothing about the block."""
    assert _spans(
        """\
        if ready:  # one
            # two
            load()
        else:  # three
            pass
        """
    ) == {"one": (1, 1, False), "two": (3, 3, True), "three": (4, 4, False)}


def test_text_in_strings_is_no_comment():
    """Nor in f-strings and docstrings."""
    assert _spans('"""\n# one\n"""\nx = "# two", f"# {y}"  # three\n') == {"three": (4, 4, False)}


@pytest.mark.parametrize("broken", ["x = (((\n", "x = '''\n", "  x\n y\n", "x = \x00\n", "$ ?\n\tif\n  x\n"])
def test_a_file_that_is_no_python_is_read_by_lines(broken):
    """Comments before and after what is broken are found, with the line below or their own."""
    found = comments(f"# one\nload()  # two\n\n# three\n\n{broken}y = 1  # four\n")

    assert found[:3] == [
        Comment("# one", 1, 2, 2, above=True),
        Comment("# two", 2, 2, 2, above=False),
        Comment("# three", 4, 4, 4, above=False),
    ]
    assert found[-1].text == "# four"


@example("\\\n#\n")
@given(st.text(alphabet="# \n\t()x=':\\\"\x00if"))
def test_any_text_gives_comments_within_itself(text):
    """Nothing raises, and every comment lies in the lines of its statement or above them."""
    for found in comments(text):
        assert found.text.startswith("#")
        assert 1 <= found.first <= found.last <= text.count("\n") + 1
        assert found.line <= found.last
