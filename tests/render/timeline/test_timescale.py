"""The axis names as many years and months as there is room for."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnomon.render.timeline.timescale import SIZE, timescale
from gnomon.render.timeline.typeset import text_width


@given(days=st.lists(st.dates(), max_size=3), width=st.integers(300, 1000))
def test_names_on_the_axis_are_apart_whatever_the_span(days, width):
    """From one day to ten thousand years: within a row each name ends before the next, and every day is on the axis."""
    scale = timescale(days, 100, 100 + width)

    assert all(100 <= scale.x(day) <= 100 + width for day in days)
    for is_year in (True, False):
        ticks = [tick for tick in scale.ticks if tick.is_year == is_year]
        ends = [tick.x + 4 + text_width(tick.text, SIZE, bold=is_year) for tick in ticks]
        assert all(end <= tick.x + 4 for end, tick in zip(ends, ticks[1:], strict=False))


@pytest.mark.parametrize(
    ("days", "texts"),
    [
        ([date(2025, 3, 10), date(2025, 5, 2)], ["2025", "Mar", "Apr", "May"]),
        ([date(2024, 7, 9), date(2026, 8, 17)], ["2024", "2025", "2026", "Jul", "Sep", "Nov", "Jan"]),
        ([date(1995, 1, 1), date(2035, 1, 1)], ["1995", "2000", "2005", "2010"]),
    ],
)
def test_what_is_named_follows_from_the_span(days, texts):
    """Each month of a spring, every other one of two years, every fifth year alone of four decades."""
    found = [tick.text for tick in timescale(days, 0, 900).ticks]

    assert found[: len(texts)] == texts
