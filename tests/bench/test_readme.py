"""The page's figures are those that were kept."""

import pytest

from bench.markdown import blocks
from bench.readme import PAGE, figures_of_results, page


def test_the_figures_are_those_of_the_kept_results():
    """bench/README.md is what bench/readme.py would write now."""
    text = PAGE.read_text(encoding="utf-8")

    assert page(text) == text


@pytest.mark.parametrize("block", sorted(figures_of_results()))
def test_every_kept_result_has_a_place(block):
    """No kept result is left out of the page."""
    assert block in blocks(PAGE.read_text(encoding="utf-8"))
