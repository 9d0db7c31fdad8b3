"""The page's figures are those that were kept."""

import pytest

from bench.markdown import blocks
from bench.readme import PAGE, figures_of_results, page, pictures


def test_the_figures_are_those_of_the_kept_results():
    """bench/README.md is what bench/readme.py would write now."""
    text = PAGE.read_text(encoding="utf-8")

    assert page(text) == text


@pytest.mark.parametrize("block", sorted(figures_of_results()))
def test_every_kept_result_has_a_place(block):
    """No kept result is left out of the page."""
    assert block in blocks(PAGE.read_text(encoding="utf-8"))


def test_the_pictures_are_those_of_the_kept_results():
    """Each picture beside the results is what bench/readme.py would draw now, and the page shows it."""
    text = PAGE.read_text(encoding="utf-8")

    for path, made in pictures().items():
        assert path.read_bytes() == made
        assert f"](results/{path.name})" in text
