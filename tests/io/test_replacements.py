"""An assistant's replacements, made or found again, and the lines they put new text on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnomon.io.events import Replacement
from gnomon.io.replacements import MAX_PLACES, found, replaced


@pytest.mark.parametrize(
    ("text", "replacements", "result", "added"),
    [
        ("a\nb\nc\n", [Replacement("b", "x\ny")], "a\nx\ny\nc\n", {2, 3}),
        ("a\nb\nc\n", [Replacement("b\n", "x\n")], "a\nx\nc\n", {2}),
        ("a\na\n", [Replacement("a", "b", replace_all=True)], "b\nb\n", {1, 2}),
        ("a\na\n", [Replacement("a", "b")], "b\na\n", {1}),
        ("a\nb\nc\n", [Replacement("c", "z"), Replacement("a", "x\ny")], "x\ny\nb\nz\n", {1, 2, 4}),
        ("a\nb\n", [Replacement("a\n", "")], "b\n", set()),
        ("a\r\nb\n", [Replacement("x", "y")], None, None),
        ("", [Replacement("", "new\n")], "new\n", None),
        ("a\n", [Replacement("", "new\n")], None, None),
    ],
)
def test_replacements_are_made_and_their_lines_told(text, replacements, result, added):
    """One after the other; None if a passage is not there."""
    made = replaced(text, replacements)

    if result is None:
        assert made is None
    else:
        assert (made.text, None if made.added is None else set(made.added)) == (result, added)


def test_after_the_edit_the_new_text_is_found_again():
    """Each place the new text stands counts; if a formatter changed it, every line counts."""
    assert set(found("a\nx\nb\nx\n", [Replacement("q", "x")]).added) == {2, 4}
    assert found("a\n", [Replacement("q", "x")]).added is None


def test_very_many_places_are_not_counted():
    """Replacing every blank of a large file stays quick; then all lines count."""
    made = replaced("a " * 200_000, [Replacement(" ", "\n", replace_all=True)])

    assert made.text.count("\n") == 200_000
    assert made.added is None
    assert found("\n".join("x" * (MAX_PLACES + 1)), [Replacement("", "x")]).added is None


@given(st.text(alphabet="ab\n", max_size=40), st.text(alphabet="ab\n", min_size=1, max_size=4), st.text(max_size=5))
def test_the_lines_told_hold_all_that_changed(text, old, new):
    """Lines outside of those told are lines of the old text, in order."""
    made = replaced(text, [Replacement(old, new.replace("\r", ""))])

    if made is not None and made.added is not None:
        kept = [line for number, line in enumerate(made.text.split("\n"), 1) if number not in made.added]
        rest = iter(text.split("\n"))
        assert all(any(line in before for before in rest) for line in kept if line)
