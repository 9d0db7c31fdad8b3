"""Outputs are shortened to the lines that were promised, or the promise is broken."""

import pytest

from gnomon.core.tour import Broken, Part, shortened

LINES = ["first", "", "\x1b[31msecond\x1b[0m", "third", "fourth"]


def test_what_is_left_out_is_marked_once():
    """Lines between, before and after the kept ones leave a mark; empty ones do not."""
    assert shortened(LINES, (Part("^first$"), Part("^second$"))) == ["first", LINES[2], "[…]"]
    assert shortened(LINES, (Part("^third$", 2),)) == ["[…]", "third", "fourth"]


@pytest.mark.parametrize("parts", [(Part("^fifth$"),), (Part("^third$"), Part("^second$")), (Part("31m"),)])
def test_a_line_that_is_not_there_breaks_the_promise(parts):
    """Also one that is there, but before another; and colours are no text."""
    with pytest.raises(Broken, match="no line that matches"):
        shortened(LINES, parts)
