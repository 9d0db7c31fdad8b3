"""What a comment has to say to suppress a finding."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnomon.core.marker import Malformed, Marker, foreign_markers, own_markers


@pytest.mark.parametrize(
    ("comment", "rules", "reason", "until"),
    [
        ("# gnomon: ignore[a] only in the lab", ("a",), "only in the lab", None),
        ("#gnomon:ignore[a,b]lab", ("a", "b"), "lab", None),
        ("# gnomon: ignore[ a , b ] the lab; until=2027-01-31", ("a", "b"), "the lab", date(2027, 1, 31)),
        ("# gnomon: ignore[a] see #123 ;  until = 2027-01-31  ", ("a",), "see #123", date(2027, 1, 31)),
        ("# gnomon: ignore[a] the lab  # noqa: S301", ("a",), "the lab", None),
        ("# noqa: S301  # gnomon: ignore[a] the lab", ("a",), "the lab", None),
    ],
)
def test_a_marker_has_rules_a_reason_and_perhaps_a_last_day(comment, rules, reason, until):
    """Blanks are free; other comments on the line don't matter."""
    assert list(own_markers(comment)) == [Marker(rules=rules, reason=reason, until=until)]


@pytest.mark.parametrize(
    ("comment", "problem"),
    [
        ("# gnomon: ignore", "it does not say ignore[RULE]"),
        ("# gnomon: ingore[a] the lab", "it does not say ignore[RULE]"),
        ("# gnomon: ignore[] the lab", "it names no rule"),
        ("# gnomon: ignore[a,] the lab", "a rule's name is missing"),
        ("# gnomon: ignore[a]", "it gives no reason"),
        ("# gnomon: ignore[a] - …", "it gives no reason"),
        ("# gnomon: ignore[a]  # noqa", "it gives no reason"),
        ("# gnomon: ignore[a] ; until=2027-01-31", "it gives no reason"),
        ("# gnomon: ignore[a] the lab until=2027-01-31", "`;` is missing before until="),
        ("# gnomon: ignore[a] the lab; expires=2027-01-31", "instead of until=YYYY-MM-DD"),
        ("# gnomon: ignore[a] the lab;", "instead of until=YYYY-MM-DD"),
        ("# gnomon: ignore[a] the lab; until=2027-02-30", "'2027-02-30' is no day of the calendar"),
        ("# gnomon: ignore[a] the lab; until=20270131", "'20270131' is no day of the calendar"),
        ("# gnomon: ignore[a] the lab; until=soon", "'soon' is no day of the calendar"),
    ],
)
def test_a_marker_that_lacks_something_says_what(comment, problem):
    """It is not taken for something milder: a mistyped day is no day."""
    [found] = own_markers(comment)

    assert isinstance(found, Malformed)
    assert problem in found.problem


def test_two_markers_in_one_comment_are_two():
    """Each has its own reason."""
    found = list(own_markers("# gnomon: ignore[a] one # gnomon: ignore[b] two"))

    assert found == [Marker(rules=("a",), reason="one"), Marker(rules=("b",), reason="two")]


@pytest.mark.parametrize("comment", ["# see gnomon", "# the gnomon: a rod", "# type: ignore[arg-type]", "# nosec"])
def test_other_comments_are_no_markers_of_ours(comment):
    """The word has to open the comment."""
    assert list(own_markers(comment)) == []


@pytest.mark.parametrize(
    ("comment", "applies"),
    [
        ("# nosec", True),
        ("#nosec", True),
        ("# nosec: we made these bytes ourselves", True),
        ("# nosec B301", True),
        ("# nosec B101,B301", True),
        ("# nosec B403", True),
        ("# nosec B101", False),
        ("# nosec assert_used", False),
        ("# noqa", True),
        ("# NOQA", True),
        ("# noqa: S301", True),
        ("# noqa: E501,S301", True),
        ("# noqa: E501", False),
        ("# noqa:E501", False),
        ("# nosemgrep", True),
        ("# nosem", True),
        ("# nosemgrep: python.lang.security.deserialization.pickle.avoid-pickle", True),
        ("# nosemgrep: python.lang.security.audit.exec-detected", False),
        ("# nosecond thought", False),
        ("# noqaa", False),
        ("# type: ignore", False),
    ],
)
def test_markers_of_other_scanners_count_where_they_would_speak_of_loads(comment, applies):
    """Bare ones, and those that name a test for unsafe loads."""
    assert [marker.text for marker in foreign_markers(comment)] == ([comment] if applies else [])


@given(st.text())
def test_any_text_is_understood_or_refused(text):
    """No comment raises, and a well-formed marker always has a rule and a reason."""
    for found in own_markers(f"# gnomon: ignore[a]{text}"):
        assert isinstance(found, Malformed) or (found.rules and found.reason.strip())
    list(own_markers(text))
    list(foreign_markers(text))
