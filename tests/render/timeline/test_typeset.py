"""Widths of text are reckoned without drawing it."""

from hypothesis import given
from hypothesis import strategies as st

from gnomon.render.timeline.typeset import fitted, text_width


def test_widths_are_helveticas():
    """The sum of the letters' widths in thousandths of the size; wide characters are as wide as they are high."""
    assert text_width("Will", 10) == 16.1
    assert text_width("推理", 10) == 20
    assert text_width("e\u0301", 10) == text_width("e", 10)


@given(text=st.text(max_size=60), room=st.floats(40, 300))
def test_fitted_text_fits_and_is_visible(text, room):
    """Whatever it holds, it takes no more room than there is, and keeps what fits."""
    shown = fitted(text, room, 12)

    assert text_width(shown, 12) <= room
    assert shown.isprintable()


def test_text_is_shortened_in_its_middle():
    """Both ends of a name stay, as much as fits."""
    shown = fitted("Scheduler.recv_requests_from_the_tokenizer", 150, 12)

    assert shown.startswith("Scheduler")
    assert shown.endswith("tokenizer")
    assert text_width(shown, 12) > 135
